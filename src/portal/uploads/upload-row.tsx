import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  FileUp,
  Folder,
  History,
  Pause,
  Play,
  RotateCw,
  X,
} from 'lucide-react';
import { memo, useState } from 'react';
import { FileTrigger, ProgressBar } from 'react-aria-components';
import { usePortal } from '../shell/portal-context.js';
import { Button, IconButton } from '../ui/button.js';
import type { UploadItem } from './upload-item.js';
import type { UploadsState } from './upload-queue.js';
import { toItemWords, toUploadRefusal } from './upload-words.js';

/** Below this, there is nothing to pause: it would be over before the button is found. */
const minPausableBytes = 5 * 1024 * 1024;

export interface UploadRowProps {
  readonly item: UploadItem;
  readonly all: Pick<UploadsState, 'isPaused' | 'isOffline'>;
}

export function UploadRow({ item, all: { isPaused, isOffline } }: UploadRowProps) {
  return <Row item={item} isPaused={isPaused} isOffline={isOffline} />;
}

/** Thousands of rows may be there while one of them moves. */
const Row = memo(function Row({ item, isPaused, isOffline }: { item: UploadItem } & UploadRowProps['all']) {
  const { uploads } = usePortal();
  const { key, kind, name, phase, sizeBytes, sentBytes } = item;
  const isMoving = phase === 'sending' && kind === 'file';
  const refusal = phase === 'failed' ? toUploadRefusal(item.error, item) : undefined;
  const words = toItemWords(item, { isPaused, isOffline });
  const isWhole = sentBytes === sizeBytes;
  const percent = sizeBytes === 0 ? 0 : Math.floor((sentBytes / sizeBytes) * 100);
  return (
    <li className={`upload upload-${phase}`}>
      <PhaseIcon item={item} />
      <div className="upload-words">
        <span className="upload-name" title={[...item.path, name].join(' / ')}>
          {name}
        </span>
        {words !== '' && !isMoving && <span className="upload-says">{words}</span>}
        {refusal !== undefined && (
          <span className="upload-refusal">
            {refusal.title}. <span className="upload-advice">{refusal.advice}</span>
          </span>
        )}
        {isMoving && (
          <ProgressBar
            className="upload-progress"
            value={percent}
            isIndeterminate={isWhole}
            aria-label={`${name}: ${words}`}
          >
            <span className="upload-says">{words}</span>
            <progress
              className="progress-bar"
              aria-hidden
              {...(isWhole ? {} : { value: percent, max: 100 })}
            />
          </ProgressBar>
        )}
        {phase === 'interrupted' && <ChooseAgain item={item} />}
      </div>
      {isMoving && sizeBytes >= minPausableBytes && !isWhole && !isPaused && (
        <IconButton
          icon={item.isPaused ? Play : Pause}
          label={item.isPaused ? `Go on with ${name}` : `Pause ${name}`}
          onPress={() => uploads.setPaused(key, !item.isPaused)}
        />
      )}
      {refusal?.canRetry && (
        <IconButton icon={RotateCw} label={`Try ${name} again`} onPress={() => uploads.retry(key)} />
      )}
      <IconButton
        icon={X}
        label={phase === 'done' || phase === 'failed' ? `Hide ${name}` : `Cancel ${name}`}
        onPress={() => uploads.remove(key)}
      />
    </li>
  );
});

function PhaseIcon({ item: { kind, phase } }: { item: UploadItem }) {
  const icons = {
    waiting: CircleDashed,
    sending: kind === 'folder' ? Folder : FileUp,
    done: CircleCheck,
    failed: CircleAlert,
    interrupted: History,
  };
  const Icon = icons[phase];
  return (
    <span className="upload-icon">
      <Icon aria-hidden size={20} />
    </span>
  );
}

/** The browser has let go of the file with the page; storage has kept its parts. */
function ChooseAgain({ item }: { item: UploadItem }) {
  const { uploads } = usePortal();
  const [isOther, setIsOther] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) setIsOther(!uploads.chooseAgain(item.key, file));
  };
  return (
    <>
      {isOther && (
        <span role="alert" className="upload-refusal">
          That is another file, or it was changed since.{' '}
          <span className="upload-advice">
            Choose {item.name} as it was, or cancel this and upload it anew.
          </span>
        </span>
      )}
      <FileTrigger onSelect={take}>
        <Button icon={FileUp}>Choose it again</Button>
      </FileTrigger>
    </>
  );
}

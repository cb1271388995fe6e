import { Pause, Play, X } from 'lucide-react';
import { ProgressBar } from 'react-aria-components';
import type { UploadPrompt } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import type { Attempt } from '../state/answering.js';
import { Button } from '../ui/button.js';
import { toSize } from '../words/size.js';
import { toTimeLeft } from '../words/time.js';
import { FileRow } from './file-row.js';

/** Below this, there is nothing to pause: it would be over before the button is found. */
const minPausableBytes = 5 * 1024 * 1024;

type SendingAttempt = Extract<Attempt, { phase: 'sending' }>;

export function Sending({ prompt, attempt }: { prompt: UploadPrompt; attempt: SendingAttempt }) {
  const { answering } = usePortal();
  const { files, sentBytes, totalBytes, isPaused } = attempt;
  const isWhole = sentBytes === totalBytes;
  const percent = totalBytes === 0 ? 0 : Math.floor((sentBytes / totalBytes) * 100);
  return (
    <div className="stage">
      <ul className="files" aria-label="Files being sent">
        {files.map((chosen) => (
          <FileRow key={chosen.key} prompt={prompt} chosen={chosen} />
        ))}
      </ul>
      <ProgressBar
        className="progress"
        value={percent}
        isIndeterminate={isWhole}
        aria-label={toWords(attempt)}
      >
        <span className="progress-words">
          <span>{toWords(attempt)}</span>
          <span className="progress-percent">{isWhole ? '' : `${percent} %`}</span>
        </span>
        <progress className="progress-bar" aria-hidden {...(isWhole ? {} : { value: percent, max: 100 })} />
      </ProgressBar>
      <div className="actions">
        {totalBytes >= minPausableBytes && !isWhole && (
          <Button
            icon={isPaused ? Play : Pause}
            onPress={() => (isPaused ? answering.resume(prompt.id) : answering.pause(prompt.id))}
          >
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
        )}
        <Button icon={X} onPress={() => answering.cancel(prompt.id)}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

function toWords({ sentBytes, totalBytes, isPaused, rate }: SendingAttempt): string {
  if (sentBytes === totalBytes) return 'Checking that it has arrived whole…';
  const amount = `${toSize(sentBytes)} of ${toSize(totalBytes)}`;
  if (isPaused) return `Paused · ${amount}`;
  if (rate === undefined) return `Sending · ${amount}`;
  return `${amount} · ${toSize(rate.bytesPerSecond)}/s · ${toTimeLeft(rate.secondsLeft)}`;
}

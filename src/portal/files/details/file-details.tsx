import { Eye } from 'lucide-react';
import { Button } from '../../ui/button.js';
import { ReplaceFile } from '../../uploads/replace-file.js';
import type { EntryAct } from '../acts.js';
import { EntryMenu } from '../entry-menu.js';
import type { Entry } from '../entry.js';
import { EntryIcon } from '../file-icon.js';
import { canPreview } from '../preview/kinds.js';
import { ScanWords } from '../scan-mark.js';
import { Thumbnail } from '../thumbnail.js';
import type { FileActions } from '../file-actions.js';
import type { DetailedFile } from '../use-file-details.js';
import { DescriptionField } from './description-field.js';
import { Facts } from './facts.js';
import { Generated } from './generated-facts.js';
import { TextInside } from './text-inside.js';

export interface FileDetailsProps {
  readonly file: DetailedFile;
  readonly acts: readonly EntryAct[];
  readonly onAct: (act: EntryAct, entry: Entry) => void;
  readonly onPreview: () => void;
  readonly actions: FileActions;
  /** The space that it is in, where it may be replaced. */
  readonly replaceIn: string | undefined;
}

/** All that is known of a file, and what can be done with it. */
export function FileDetails({ file, acts, onAct, onPreview, actions, replaceIn }: FileDetailsProps) {
  const entry = { kind: 'file', id: file.id, file } as const;
  const icon = <EntryIcon entry={entry} size={56} />;
  return (
    <div className="details-body">
      <div className="details-picture" aria-hidden>
        {file.processing.hasThumbnail ? <Thumbnail fileId={file.id} instead={icon} /> : icon}
      </div>
      <div className="details-acts">
        {canPreview(file) && (
          <Button look="primary" icon={Eye} onPress={onPreview}>
            Preview
          </Button>
        )}
        {replaceIn !== undefined && <ReplaceFile asset={file} spaceId={replaceIn} />}
        {/* The details are open already. */}
        <EntryMenu entry={entry} acts={acts.filter((act) => act !== 'open')} onAct={onAct} />
      </div>
      {/* Heard when it changes: people wait for it. */}
      <p role="status" className="details-scan">
        <ScanWords file={file} />
      </p>
      <DescriptionField
        key={file.description}
        file={file}
        canEdit={acts.includes('rename')}
        onSave={(text) => actions.describe(file, text)}
      />
      <Facts file={file} onCopy={(text, name) => void actions.copy(text, name)} />
      {(file.executionId ?? file.provider) !== null && <Generated file={file} />}
      <TextInside processing={file.processing} />
    </div>
  );
}

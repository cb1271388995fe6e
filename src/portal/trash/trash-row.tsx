import { RotateCcw, Trash2 } from 'lucide-react';
import { Checkbox, GridListItem, Text } from 'react-aria-components';
import { FileIcon } from '../files/file-icon.js';
import { IconButton } from '../ui/button.js';
import { toSize } from '../words/size.js';
import { isUrgent, toTimeToRestore, type Trashed } from './trash-words.js';

export interface TrashRowProps {
  readonly file: Trashed;
  readonly place: string;
  /** In ms since 1970. */
  readonly now: number;
  readonly onRestore: () => void;
  readonly onPurge: () => void;
}

export function TrashRow({ file, place, now, onRestore, onPurge }: TrashRowProps) {
  const { id, filename, sizeBytes, restorableUntil } = file;
  return (
    <GridListItem id={id} textValue={filename} className="entry trashed">
      <Checkbox slot="selection" className="check entry-check">
        <span className="check-box" aria-hidden />
      </Checkbox>
      <span className="entry-picture">
        <FileIcon file={file} size={22} />
      </span>
      <span className="entry-words">
        <Text className="entry-name">{filename}</Text>
        <span className="entry-path">{place}</span>
      </span>
      <span className="entry-size">{toSize(sizeBytes)}</span>
      <span className={isUrgent(restorableUntil, now) ? 'trashed-left trashed-urgent' : 'trashed-left'}>
        {toTimeToRestore(restorableUntil, now)}
      </span>
      <span className="trashed-acts">
        <IconButton icon={RotateCcw} label={`Restore ${filename}`} onPress={onRestore} />
        <IconButton icon={Trash2} label={`Delete ${filename} for good`} onPress={onPurge} />
      </span>
    </GridListItem>
  );
}

import { GripVertical } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, Checkbox, GridListItem, Text } from 'react-aria-components';
import { usePortal } from '../shell/portal-context.js';
import { toSize } from '../words/size.js';
import { toName, type Entry, type StoredFile } from './entry.js';
import { EntryIcon } from './file-icon.js';
import type { Layout } from './layout.js';
import { ScanMark } from './scan-mark.js';
import { Thumbnail } from './thumbnail.js';
import { toDuration, toShortDate } from './words.js';

export interface EntryRowProps {
  readonly entry: Entry;
  readonly layout: Layout;
  readonly isOpen: boolean;
  readonly hasPath: boolean;
  /** Without it, a click selects. */
  readonly onOpen: (() => void) | undefined;
  readonly menu: ReactNode;
}

export function EntryRow({ entry, layout, isOpen, hasPath, onOpen, menu }: EntryRowProps) {
  const { now } = usePortal();
  const name = toName(entry);
  const changedAt = entry.kind === 'folder' ? entry.folder.updatedAt : entry.file.createdAt;
  return (
    <GridListItem
      id={entry.id}
      value={entry}
      textValue={name}
      {...(onOpen && { onAction: onOpen })}
      className={isOpen ? 'entry entry-open' : 'entry'}
      data-kind={entry.kind}
    >
      {({ allowsDragging }) => (
        <>
          {allowsDragging && (
            <AriaButton slot="drag" className="entry-drag">
              <GripVertical aria-hidden size={16} />
            </AriaButton>
          )}
          <Checkbox slot="selection" className="check entry-check">
            <span className="check-box" aria-hidden />
          </Checkbox>
          <Picture entry={entry} size={layout === 'list' ? 22 : 40} />
          <span className="entry-words">
            <Text className="entry-name">{name}</Text>
            {hasPath && entry.kind === 'file' && <Path file={entry.file} />}
          </span>
          {entry.kind === 'file' && <ScanMark file={entry.file} />}
          <span className="entry-facts">
            {entry.kind === 'file' && <span className="entry-size">{toSize(entry.file.sizeBytes)}</span>}
            <time className="entry-date" dateTime={changedAt}>
              {toShortDate(changedAt, now())}
            </time>
          </span>
          <span className="entry-menu">{menu}</span>
        </>
      )}
    </GridListItem>
  );
}

function Picture({ entry, size }: { entry: Entry; size: number }) {
  const seconds = entry.kind === 'file' ? entry.file.processing.durationSeconds : null;
  return (
    <span className="entry-picture">
      {entry.kind === 'file' && entry.file.processing.hasThumbnail ? (
        <Thumbnail fileId={entry.id} instead={<EntryIcon entry={entry} size={size} />} />
      ) : (
        <EntryIcon entry={entry} size={size} />
      )}
      {seconds !== null && <span className="entry-duration">{toDuration(seconds)}</span>}
    </span>
  );
}

/** The folder that a found file is in. */
function Path({ file: { path, filename } }: { file: StoredFile }) {
  const folder = path?.slice(0, -filename.length - 1);
  return folder === undefined || folder === '' ? null : <span className="entry-path">{folder}</span>;
}

import { useState, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { GridList, type DragAndDropHooks, type Key } from 'react-aria-components';
import type { Entry } from './entry.js';
import { EntryRow } from './entry-row.js';
import type { Layout } from './layout.js';

export interface FileListProps {
  readonly label: string;
  readonly entries: readonly Entry[];
  readonly layout: Layout;
  readonly selected: ReadonlySet<Key>;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onOpen: (entry: Entry) => void;
  /** Whose details are shown. */
  readonly openId: string | undefined;
  /** Whether rows say where their files are, because they are in several folders. */
  readonly hasPaths: boolean;
  readonly toMenu: (entry: Entry) => ReactNode;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly dragAndDropHooks?: DragAndDropHooks<Entry> | undefined;
  readonly emptyState: ReactNode;
  readonly ref: RefObject<HTMLDivElement | null>;
}

/**
 * Folders and files, as rows or as pictures. A click opens; a click with Ctrl or Shift selects, and so does every
 * click once something is selected. With the keyboard: arrows, Enter opens, the space bar selects.
 */
export function FileList(props: FileListProps) {
  const { label, entries, layout, selected, onSelect, onOpen, openId, hasPaths, toMenu, ref } = props;
  const { onKeyDown, dragAndDropHooks, emptyState } = props;
  // While nothing is selected the list takes every click for an opening, unless there is nothing to open.
  const [isSelecting, setIsSelecting] = useState(false);
  /** Before the list itself hears of the press. */
  const take = (isForSelection: boolean) => {
    if (isForSelection !== isSelecting) flushSync(() => setIsSelecting(isForSelection));
  };

  return (
    <div
      onPointerDownCapture={({ ctrlKey, metaKey, shiftKey }: PointerEvent) =>
        take(ctrlKey || metaKey || shiftKey)
      }
      onKeyDownCapture={() => take(false)}
      onKeyDown={onKeyDown}
    >
      <GridList
        ref={ref}
        aria-label={label}
        className={layout === 'list' ? 'entries' : 'entries entries-grid'}
        layout={layout === 'list' ? 'stack' : 'grid'}
        items={entries}
        dependencies={[layout, openId, hasPaths, toMenu, isSelecting]}
        selectionMode="multiple"
        selectedKeys={selected}
        // As it comes: it knows where a range began.
        onSelectionChange={(keys) => onSelect(keys === 'all' ? new Set(entries.map(({ id }) => id)) : keys)}
        {...(dragAndDropHooks && { dragAndDropHooks })}
        renderEmptyState={() => emptyState}
      >
        {(entry) => (
          <EntryRow
            entry={entry}
            layout={layout}
            isOpen={entry.id === openId}
            hasPath={hasPaths}
            onOpen={isSelecting ? undefined : () => onOpen(entry)}
            menu={toMenu(entry)}
          />
        )}
      </GridList>
    </div>
  );
}

import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject } from 'react';
import { GridList, type DragAndDropHooks, type Selection } from 'react-aria-components';
import type { Entry } from './entry.js';
import { EntryRow } from './entry-row.js';
import type { Layout } from './layout.js';

export interface FileListProps {
  readonly label: string;
  readonly entries: readonly Entry[];
  readonly layout: Layout;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
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
  const wantsSelection = useRef(false);

  const select = (keys: Selection) =>
    onSelect(new Set(keys === 'all' ? entries.map(({ id }) => id) : [...keys].map(String)));
  const act = (entry: Entry) => {
    // While nothing is selected, the list takes every click for an opening.
    if (wantsSelection.current) onSelect(new Set([entry.id]));
    else onOpen(entry);
  };

  return (
    <div
      onPointerDownCapture={({ ctrlKey, metaKey, shiftKey }: PointerEvent) => {
        wantsSelection.current = ctrlKey || metaKey || shiftKey;
      }}
      onKeyDownCapture={() => {
        wantsSelection.current = false;
      }}
      onKeyDown={onKeyDown}
    >
      <GridList
        ref={ref}
        aria-label={label}
        className={layout === 'list' ? 'entries' : 'entries entries-grid'}
        layout={layout === 'list' ? 'stack' : 'grid'}
        items={entries}
        dependencies={[layout, openId, hasPaths, toMenu]}
        selectionMode="multiple"
        selectedKeys={selected}
        onSelectionChange={select}
        {...(dragAndDropHooks && { dragAndDropHooks })}
        renderEmptyState={() => emptyState}
      >
        {(entry) => (
          <EntryRow
            entry={entry}
            layout={layout}
            isOpen={entry.id === openId}
            hasPath={hasPaths}
            onOpen={() => act(entry)}
            menu={toMenu(entry)}
          />
        )}
      </GridList>
    </div>
  );
}

import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import type { DragAndDropHooks, Key } from 'react-aria-components';
import type { Entry } from './entry.js';
import { FileList } from './file-list.js';
import type { Layout } from './layout.js';
import { ListEnd } from './list-end.js';
import { ListHead } from './list-head.js';
import { ListSkeleton } from './list-skeleton.js';
import { Failure } from './not-there.js';
import { NothingHere } from './nothing-here.js';
import type { Place } from './place.js';
import type { useFiles } from './use-files.js';
import type { View } from './view.js';

export interface BrowsedListProps {
  readonly place: Place;
  readonly view: View;
  readonly onChange: (change: Partial<View>) => void;
  readonly onWiden: () => void;
  readonly found: ReturnType<typeof useFiles>;
  readonly entries: readonly Entry[];
  readonly layout: Layout;
  readonly selection: ReadonlySet<Key>;
  readonly selectedCount: number;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onOpen: (entry: Entry) => void;
  readonly openId: string | undefined;
  readonly hasPaths: boolean;
  readonly toMenu: (entry: Entry) => ReactNode;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly dragAndDropHooks: DragAndDropHooks<Entry>;
  readonly list: RefObject<HTMLDivElement | null>;
}

/** A list in each of its states: not read yet, failed, empty, there, and longer than what was read. */
export function BrowsedList(props: BrowsedListProps) {
  const { place, view, onChange, onWiden, found, entries, selectedCount, onSelect, list, ...rest } = props;
  const { selection, ...shown } = rest;
  if (found.files === undefined) {
    if (found.error === null) return <ListSkeleton />;
    return <Failure error={found.error} onAgain={() => void found.refetch()} />;
  }
  return (
    <div className={found.isPlaceholderData ? 'is-stale' : undefined} aria-busy={found.isPlaceholderData}>
      <ListHead
        place={place}
        view={view}
        onChange={onChange}
        entries={entries}
        hasMore={found.hasNextPage}
        selectedCount={selectedCount}
        onSelectAll={(isAll) => onSelect(new Set(isAll ? entries.map(({ id }) => id) : []))}
      />
      <FileList
        {...shown}
        ref={list}
        label="Files"
        entries={entries}
        selected={selection}
        onSelect={onSelect}
        emptyState={<NothingHere place={place} view={view} onWiden={onWiden} />}
      />
      <ListEnd
        hasMore={found.hasNextPage}
        isLoading={found.isFetchingNextPage}
        error={found.isFetchNextPageError ? found.error : undefined}
        onMore={() => void found.fetchNextPage()}
      />
    </div>
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronLeft, RotateCcw, Trash2, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { GridList } from 'react-aria-components';
import { Link } from 'wouter';
import { ListEnd } from '../files/list-end.js';
import { ListSkeleton } from '../files/list-skeleton.js';
import { Failure } from '../files/not-there.js';
import { overviewPath } from '../files/place.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { useMemories } from '../vault/use-memories.js';
import { usePortal } from '../shell/portal-context.js';
import { Button, IconButton } from '../ui/button.js';
import { useToasts } from '../ui/toasts.js';
import { Trash } from './generated/documents.js';
import { PurgeDialog } from './purge-dialog.js';
import { makeTrashActs } from './trash-acts.js';
import { trashKey } from './trash-pages.js';
import { TrashRow } from './trash-row.js';
import { toPlaceWords, type Trashed } from './trash-words.js';
import { useLiveTrash } from './use-live-trash.js';
import './trash.css';

const pageSize = 50;
const nothing: ReadonlySet<string> = new Set();

/** What was deleted, and can be taken back for a while: of spaces and of the person's memories alike. */
export function TrashPage() {
  const { client, queries, now } = usePortal();
  const toasts = useToasts();
  const acts = useMemo(() => makeTrashActs({ client, queries, toasts }), [client, queries, toasts]);
  const memories = useMemories();
  const agentNames = useMemo(
    () => new Map(memories.data?.map(({ urn, agent }) => [urn, agent.name])),
    [memories.data],
  );
  const found = useInfiniteQuery({
    queryKey: trashKey,
    queryFn: async ({ pageParam: after, signal }) =>
      (await client.query(Trash, { first: pageSize, after }, { signal })).trash,
    initialPageParam: null as string | null, // its type is wider than that of its first value
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    // What has just been deleted is looked for here.
    staleTime: 0,
  });
  useLiveTrash();
  const files = found.data?.pages.flatMap(({ nodes }) => nodes);
  const [selection, setSelection] = useState(nothing);
  const [purging, setPurging] = useState<readonly Trashed[]>();
  const [isBusy, setIsBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const area = useKeptFocus(heading);
  const at = useMinute(now);
  // What has gone meanwhile is not meant any more.
  const selected = files?.filter(({ id }) => selection.has(id)) ?? [];

  async function restore(chosen: readonly Trashed[]): Promise<void> {
    setIsBusy(true);
    await acts.restore(chosen, agentNames);
    setIsBusy(false);
  }

  return (
    <div ref={area}>
      <Link href={overviewPath} className="trash-back">
        <ChevronLeft aria-hidden size={16} />
        Files
      </Link>
      <h1 ref={heading} tabIndex={-1} className="page-title trash-title">
        Trash
      </h1>
      <p className="trash-about">
        What you delete stays here for a while, and counts toward the space of your organization. What was in
        a folder that is gone comes back to the root of its space.
      </p>
      {found.error !== null && files === undefined ? (
        <Failure error={found.error} onAgain={() => void found.refetch()} />
      ) : files === undefined ? (
        <ListSkeleton />
      ) : (
        <>
          <GridList
            aria-label="Trash"
            className="entries"
            items={files}
            dependencies={[at, agentNames, isBusy]}
            selectionMode="multiple"
            selectedKeys={selection}
            onSelectionChange={(keys) =>
              setSelection(new Set(keys === 'all' ? files.map(({ id }) => id) : [...keys].map(String)))
            }
            renderEmptyState={() => <EmptyTrash />}
          >
            {(file) => (
              <TrashRow
                file={file}
                place={toPlaceWords(file, agentNames)}
                now={at}
                onRestore={() => void restore([file])}
                onPurge={() => setPurging([file])}
              />
            )}
          </GridList>
          <ListEnd
            hasMore={found.hasNextPage}
            isLoading={found.isFetchingNextPage}
            error={found.isFetchNextPageError ? found.error : undefined}
            onMore={() => void found.fetchNextPage()}
          />
        </>
      )}
      {selected.length > 0 && (
        <div className="selection" role="toolbar" aria-label="With what is selected">
          <IconButton icon={X} label="Select nothing" onPress={() => setSelection(nothing)} />
          <span className="selection-count">{selected.length} selected</span>
          <div className="selection-acts">
            <Button look="quiet" icon={RotateCcw} isPending={isBusy} onPress={() => void restore(selected)}>
              Restore
            </Button>
            <Button look="quiet" icon={Trash2} onPress={() => setPurging(selected)}>
              Delete for good
            </Button>
          </div>
        </div>
      )}
      {purging && (
        <PurgeDialog
          files={purging}
          onClose={() => setPurging(undefined)}
          onPurge={async () => void (await acts.purge(purging))}
        />
      )}
    </div>
  );
}

function EmptyTrash() {
  return (
    <div className="browse-note">
      <Trash2 aria-hidden size={36} />
      <p className="browse-note-title">The trash is empty</p>
      <p>Files that you delete can be taken back from here for a while.</p>
    </div>
  );
}

/** The time by the service's clock, in ms since 1970, as of this minute. */
function useMinute(now: () => number): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), 30_000);
    return () => clearInterval(timer);
  }, [now]);
  return at;
}

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { filesKey, listFiles } from './list-files.js';
import type { Place } from './place.js';
import type { View } from './view.js';

/** A lost event delays what is told about a file that is being checked by this much at most. */
const pendingCheckMs = 15_000;

/** The files of a place as it is viewed, a page at a time. */
export function useFiles(place: Place, view: View) {
  const { client } = usePortal();
  const query = useInfiniteQuery({
    queryKey: filesKey(place, view),
    queryFn: ({ pageParam, signal }) => listFiles(client, place, view, { after: pageParam, signal }),
    initialPageParam: null as string | null, // its type is wider than that of its first value
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    // Until what is asked for is there, what was is better than nothing.
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ nodes }) => nodes.some(isUnfinished)) ? pendingCheckMs : false,
  });
  const files = useMemo(() => {
    const all = query.data?.pages.flatMap(({ nodes }) => nodes);
    // One that an event has put where the next page begins comes with that, too.
    return all && [...new Map(all.map((file) => [file.id, file])).values()];
  }, [query.data]);
  return { ...query, files };
}

function isUnfinished(file: { scanStatus: string; processing: { status: string } }): boolean {
  return file.scanStatus === 'PENDING' || file.processing.status === 'PENDING';
}

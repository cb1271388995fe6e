import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { useMemories } from '../vault/use-memories.js';
import { TrashEvents, TrashSpaces } from './generated/documents.js';
import { changeTrash, trashKey, type TrashPages } from './trash-pages.js';

/** Keeps the trash true, whoever deletes, restores or purges: of the spaces and memories that it tells of. */
export function useLiveTrash(): void {
  const { client } = usePortal();
  const queries = useQueryClient();
  const spaces = useQuery({
    queryKey: ['files', 'trash-spaces'],
    queryFn: async ({ signal }) =>
      (await client.query(TrashSpaces, {}, { signal })).viewer.organization.spaces,
  });
  const memories = useMemories();
  // As text, so that the same places, read again, are not watched anew.
  const spaceIds = spaces.data
    ?.filter(({ viewerPermissions }) => viewerPermissions.includes('ASSETS_DELETE'))
    .map(({ id }) => id)
    .join(' ');
  const memoryUrns = memories.data?.map(({ urn }) => urn).join(' ');

  useEffect(() => {
    const owners = [
      ...split(spaceIds).map((spaceId) => ({ spaceId })),
      ...split(memoryUrns).map((memoryUrn) => ({ memoryUrn })),
    ];
    const refresh = () => void queries.invalidateQueries({ queryKey: trashKey });
    const stops = owners.map((owner) =>
      client.watch(TrashEvents, owner, {
        onEvent: ({ assetEvents }) =>
          queries.setQueryData<TrashPages>(trashKey, (pages) => pages && changeTrash(pages, assetEvents)),
        onGap: refresh,
        // Whatever it is, reading tells it, too, and is shown.
        onError: refresh,
      }),
    );
    // What was deleted while nobody watched yet.
    if (owners.length > 0) refresh();
    return () => {
      for (const stop of stops) stop();
    };
  }, [client, queries, spaceIds, memoryUrns]);
}

const split = (text = ''): string[] => text.split(' ').filter((one) => one !== '');

import { queryOptions, useQuery } from '@tanstack/react-query';
import type { PortalClient } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';
import { FolderPlace, SpaceRoot } from './generated/documents.js';
import type { FolderFieldsFragment, SpaceFieldsFragment } from './generated/types.js';
import { getThere } from './list-files.js';

/** A step on the way to a folder. */
export interface Crumb {
  readonly id: string;
  readonly name: string;
}

/** Where in a space one is: what stands around the files. */
export interface SpacePlace {
  readonly space: SpaceFieldsFragment;
  /** The way from the space's root to the folder that is shown, which comes last; none in the root. */
  readonly crumbs: readonly Crumb[];
  /** By name. */
  readonly folders: readonly FolderFieldsFragment[];
}

const placeKey = (spaceId: string, folderId: string) => ['files', 'place', spaceId, folderId] as const;

/** How the space and the folder, or the root without one, are read: with the folders in it. */
export function spacePlaceQuery(client: Reader, spaceId: string, folderId: string | undefined) {
  return queryOptions({
    queryKey: placeKey(spaceId, folderId ?? 'root'),
    queryFn: ({ signal }) =>
      folderId === undefined
        ? readRoot(client, spaceId, signal)
        : readFolder(client, { spaceId, folderId }, signal),
  });
}

export function useSpacePlace(spaceId: string, folderId: string | undefined) {
  const { client } = usePortal();
  return useQuery(spacePlaceQuery(client, spaceId, folderId));
}

type Reader = Pick<PortalClient, 'query'>;

async function readRoot(client: Reader, spaceId: string, signal: AbortSignal): Promise<SpacePlace> {
  const space = getThere((await client.query(SpaceRoot, { spaceId }, { signal })).space);
  return { space, crumbs: [], folders: space.rootFolders };
}

async function readFolder(
  client: Reader,
  { spaceId, folderId }: { spaceId: string; folderId: string },
  signal: AbortSignal,
): Promise<SpacePlace> {
  const folder = getThere((await client.query(FolderPlace, { folderId }, { signal })).folder);
  const { space, folders, ancestors, id, name } = getThere(folder.space.id === spaceId ? folder : null);
  return { space, crumbs: [...ancestors, { id, name }], folders };
}

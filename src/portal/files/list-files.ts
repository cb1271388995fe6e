import { AskfileError, type PortalClient } from '../../client/index.js';
import { FilesOfFolder, FilesOfMemory, FilesOfSpace, FoundFiles } from './generated/documents.js';
import type { FilePageFragment } from './generated/types.js';
import { toOwner, type Place } from './place.js';
import { isNarrowed, toFilter, type View } from './view.js';

export const pageSize = 50;

/** What lists of files are cached under; `toOwner`'s part is the same for all lists of a space or memory. */
export function filesKey(place: Place, view: View) {
  return ['files', 'list', toOwner(place), place, view] as const;
}

/** One page of the place as it is viewed. Throws `AskfileError`: NOT_FOUND, PERMISSION_DENIED, … */
export async function listFiles(
  client: Pick<PortalClient, 'query'>,
  place: Place,
  view: View,
  { after, signal }: { after: string | null; signal: AbortSignal },
): Promise<FilePageFragment> {
  const page = { first: pageSize, after };
  if (place.kind === 'memory') {
    const { type = null, search = null, orderBy } = view;
    const variables = { agentUrn: place.agentUrn, type, search, orderBy, ...page };
    return (await client.query(FilesOfMemory, variables, { signal })).agentAssets;
  }
  const { orderBy } = view;
  if (isNarrowed(view)) {
    const variables = { filter: toFilter(place, view), orderBy, ...page };
    return (await client.query(FoundFiles, variables, { signal })).assets;
  }
  if (place.folderId !== undefined) {
    const variables = { folderId: place.folderId, orderBy, ...page };
    return getThere((await client.query(FilesOfFolder, variables, { signal })).folder).assets;
  }
  const variables = { spaceId: place.spaceId, orderBy, ...page };
  return getThere((await client.query(FilesOfSpace, variables, { signal })).space).assets;
}

/** Throws NOT_FOUND for what there is not, or is not for this person. */
export function getThere<T>(found: T | null): T {
  if (found === null) throw new AskfileError('NOT_FOUND', 'This is not there, or not for you.');
  return found;
}

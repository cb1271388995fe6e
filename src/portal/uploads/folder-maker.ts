import { AskfileError, type PortalClient } from '../../client/index.js';
import { retrying, toRetryPolicy } from '../../client/retry.js';
import { CreateUploadFolder, FoldersInFolder, FoldersInRoot } from './generated/documents.js';

/** A folder's id; undefined for the root of its space. */
type FolderId = string | undefined;

interface Place {
  readonly spaceId: string;
  readonly folderId: FolderId;
}

const policy = toRetryPolicy();

/** Folders for what is uploaded, each found or made once. `onMade` is called after each that was made. */
export function makeFolderMaker(
  client: Pick<PortalClient, 'query' | 'mutate'>,
  onMade: (spaceId: string) => void,
) {
  const found = new Map<string, Promise<string>>();
  /** By name, as far as it is known what stands in a place. */
  const contents = new Map<string, Promise<Map<string, string>>>();

  async function list({ spaceId, folderId }: Place): Promise<Map<string, string>> {
    const folders =
      folderId === undefined
        ? (await client.query(FoldersInRoot, { spaceId })).space?.rootFolders
        : (await client.query(FoldersInFolder, { folderId })).folder?.folders;
    if (folders === undefined) throw new AskfileError('NOT_FOUND', 'The folder is gone.');
    return new Map(folders.map(({ id, name }) => [name, id]));
  }

  function listOnce(place: Place): Promise<Map<string, string>> {
    return once(contents, toKey(place, []), () => list(place));
  }

  async function create({ spaceId, folderId }: Place, name: string): Promise<string> {
    const variables = { spaceId, parentId: folderId, name };
    // To be repeated: of a folder that was made, and the answer lost, NAME_TAKEN tells.
    const { createFolder } = await retrying(() => client.mutate(CreateUploadFolder, variables), { policy });
    contents.set(
      toKey({ spaceId, folderId: createFolder.id }, []),
      Promise.resolve(new Map<string, string>()),
    );
    onMade(spaceId);
    return createFolder.id;
  }

  async function findOrCreate(place: Place, given: string): Promise<string> {
    // As the service keeps it.
    const name = given.normalize('NFC');
    const known = (await listOnce(place)).get(name);
    if (known !== undefined) return known;
    return create(place, name).catch(async (error: unknown) => {
      const isTaken = error instanceof AskfileError && error.code === 'NAME_TAKEN';
      const made = isTaken ? (await list(place)).get(name) : undefined;
      if (made === undefined) throw error;
      return made;
    });
  }

  /**
   * The folder at this path beneath a place, made where it is missing. Throws `AskfileError`: PERMISSION_DENIED,
   * NOT_FOUND (the place is gone), BAD_USER_INPUT (a name that can't be one), …
   */
  async function ensure(place: Place, path: readonly string[]): Promise<FolderId> {
    const name = path.at(-1);
    if (name === undefined) return place.folderId;
    return once(found, toKey(place, path), async () => {
      const folderId = await ensure(place, path.slice(0, -1));
      return findOrCreate({ spaceId: place.spaceId, folderId }, name);
    });
  }

  return {
    ensure,

    /** Looks anew from here on: folders may have been moved or deleted meanwhile. */
    forget(): void {
      found.clear();
      contents.clear();
    },
  };
}

export type FolderMaker = ReturnType<typeof makeFolderMaker>;

const toKey = ({ spaceId, folderId }: Place, path: readonly string[]) =>
  JSON.stringify([spaceId, folderId ?? null, ...path]);

/** What fails is tried again by whoever asks next. */
function once<T>(known: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const running = known.get(key);
  if (running !== undefined) return running;
  const started = work();
  known.set(key, started);
  started.catch(() => known.delete(key));
  return started;
}

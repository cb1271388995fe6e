import type { Tx } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import { maxFolderDepth, maxSiblings, type Folder } from './folder.js';
import { makeFolderStore, type FolderPlace } from './folder.store.js';
import { nameTaken } from './names.js';
import { makeSpaceStore } from './space.store.js';

export type FolderTree = Awaited<ReturnType<typeof lockFolderTree>>;

/**
 * A space's tree while one transaction changes it. Whoever changes the same tree waits for its end, so that what is
 * looked at here stays true: no two moves make a cycle, no two folders get one name. Files come and go meanwhile.
 */
export async function lockFolderTree({ db }: Tx, orgId: string, spaceId: string) {
  await makeSpaceStore(db).lock(orgId, spaceId);
  const store = makeFolderStore(db);

  /** Throws NAME_TAKEN. */
  async function assertNameFree(place: FolderPlace, name: string): Promise<void> {
    if (await store.isNameTaken(place, name)) throw nameTaken('There is a folder of this name already.');
  }

  return {
    store,
    assertNameFree,

    /** Throws NOT_FOUND for what is no longer there. */
    async getFolder(id: string): Promise<Folder> {
      const folder = await store.find(orgId, id);
      if (folder === undefined) throw notFound('The folder');
      return folder;
    },

    /**
     * Throws unless folders that go `height` levels down, the top one of that name, may come into that place:
     * NOT_FOUND where it is not in this space, NAME_TAKEN, BAD_USER_INPUT (`parentId`) for one that is beneath the
     * folder which is moved, too deep or too full.
     */
    async assertRoom(
      parentId: string | null,
      name: string,
      { moved, height = 1 }: { moved?: Folder; height?: number } = {},
    ): Promise<void> {
      const place: FolderPlace = { orgId, spaceId, parentId };
      const above = parentId === null ? [] : await listAbove(parentId);
      if (moved !== undefined && above.includes(moved.id)) {
        throw badInput('parentId', 'A folder cannot be moved into itself.');
      }
      if (above.length + height > maxFolderDepth) {
        throw badInput('parentId', `At most ${maxFolderDepth} folders stand below one another.`);
      }
      await assertNameFree(place, name);
      if ((await store.countIn(place)) >= maxSiblings) {
        throw badInput('parentId', `At most ${maxSiblings} folders stand in one place.`);
      }
    },
  };

  /** The folder itself, and those above it. */
  async function listAbove(id: string): Promise<string[]> {
    const folder = isId(id) ? await store.find(orgId, id) : undefined;
    if (folder?.spaceId !== spaceId) throw notFound('The folder');
    return (await store.listSteps(orgId, [id])).map((step) => step.id);
  }
}

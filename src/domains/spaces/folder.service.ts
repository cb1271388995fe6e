import type { Db, Transact, Tx } from '../../core/db.js';
import { AppError, badInput, notFound } from '../../core/errors.js';
import { isId, newId } from '../../core/ids.js';
import { toActor, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import { maxFolderDepth, parseFolderPath, toAncestorIds, toFolderPaths, type Folder } from './folder.js';
import { makeFolderStore } from './folder.store.js';
import { lockFolderTree, type FolderTree } from './folder-tree.js';
import { toFolderName } from './names.js';
import type { Permission } from './role.js';
import { assertGranted, type SpaceAccess, type SpaceOfViewer } from './space-access.js';

export type Folders = ReturnType<typeof makeFolders>;

/** What a later domain keeps in folders. */
export interface FolderContents {
  /** Whether there is any file in the folder itself; one in the trash counts for none. */
  hasFiles(tx: Tx, folder: Folder): Promise<boolean>;
  /**
   * Puts the files of folders that are about to be deleted into the trash, all of one space; nobody adds any
   * meanwhile. Says how many they were, for the audit.
   */
  onFoldersDeleted(
    tx: Tx,
    viewer: Viewer,
    folderIds: readonly string[],
  ): Promise<{ files: number; sizeBytes: number }>;
}

export interface FoldersDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  access: SpaceAccess;
  contents: FolderContents;
}

/** The folders of spaces. Whoever may do anything in a space may see them; each change asks for its permission. */
export function makeFolders({ db, transact, audit, access, contents }: FoldersDeps) {
  const store = makeFolderStore(db);

  async function findWithSpace(viewer: Viewer, id: string) {
    const folder = isId(id) ? await store.find(viewer.orgId, id) : undefined;
    const space = folder && (await access.find(viewer, folder.spaceId));
    return space && { folder, space };
  }

  /** The tree that the folder is in, for a change to it. Throws NOT_FOUND, PERMISSION_DENIED. */
  async function change<T>(
    viewer: Viewer,
    id: string,
    permission: Permission,
    work: (tx: Tx, tree: FolderTree, folder: Folder) => Promise<T>,
  ): Promise<T> {
    const found = await findWithSpace(viewer, id);
    if (found === undefined) throw notFound('The folder');
    assertGranted(found.space.permissions, permission);
    return transact(async (tx) => {
      const tree = await lockFolderTree(tx, viewer.orgId, found.space.id);
      return work(tx, tree, await tree.getFolder(id));
    });
  }

  return {
    /** With what the viewer may do in its space; undefined where that is nothing, and when there is no such folder. */
    findWithSpace,

    /**
     * By id, or by its path in a space (BAD_USER_INPUT unless exactly one of both is given); undefined when the
     * viewer may see no such folder. `/` is none.
     */
    async find(
      viewer: Viewer,
      by: { id?: string | undefined; spaceId?: string | undefined; path?: string | undefined },
    ): Promise<Folder | undefined> {
      const { id, spaceId, path } = by;
      if (id !== undefined && spaceId === undefined && path === undefined) {
        return (await findWithSpace(viewer, id))?.folder;
      }
      if (id !== undefined || spaceId === undefined || path === undefined) {
        throw badInput('id', 'Give either id, or spaceId and path.');
      }
      const names = parseFolderPath(path);
      if (names.length === 0 || names.length > maxFolderDepth) return undefined;
      if ((await access.find(viewer, spaceId)) === undefined) return undefined;
      return store.findByPath(viewer.orgId, spaceId, names);
    },

    /** For loaders: those of the organization, in any order. Whoever follows a reference to them may see them. */
    listByIds: (orgId: string, ids: readonly string[]) => store.listByIds(orgId, ids),

    /** The same, of those that stand in the roots of spaces in which the viewer may do anything; by name. */
    async listInRoots(orgId: string, spaces: readonly SpaceOfViewer[]): Promise<Folder[]> {
      const seen = spaces.filter(({ permissions }) => permissions.size > 0).map(({ id }) => id);
      return seen.length === 0 ? [] : store.listInRoots(orgId, seen);
    },

    /** The same, of those that stand in the folders themselves; by name. */
    listInFolders: (orgId: string, parentIds: readonly string[]) => store.listInFolders(orgId, parentIds),

    /** By id, such as `/documents/contracts`, of one moment and by one query; what is missing does not exist. */
    async listPaths(orgId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      return toFolderPaths(await store.listSteps(orgId, ids));
    },

    /** By id, from the space's root down to the folder's parent; what is missing does not exist. Two queries. */
    async listAncestors(orgId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Folder[]>> {
      const steps = new Map((await store.listSteps(orgId, ids)).map((step) => [step.id, step]));
      const folders = await store.listByIds(orgId, [...steps.keys()]);
      const byId = new Map(folders.map((folder) => [folder.id, folder]));
      const existing = ids.filter((id) => steps.has(id));
      return new Map(
        existing.map((id) => [id, toAncestorIds(steps, id).flatMap((above) => byId.get(above) ?? [])]),
      );
    },

    /**
     * For whoever puts a file into the folder: it stays there, and in its space, until the transaction ends. false
     * when the space has no such folder. To be called before the asset's row is locked.
     */
    lockForChild: async ({ db: inTx }: Tx, spaceId: string, id: string): Promise<boolean> =>
      isId(id) && makeFolderStore(inTx).lockForChild(spaceId, id),

    /** In the space's root without a parent. Throws NOT_FOUND, PERMISSION_DENIED, BAD_USER_INPUT, NAME_TAKEN. */
    async createFolder(
      viewer: Viewer,
      input: { spaceId: string; parentId: string | null; name: string },
    ): Promise<Folder> {
      const { id: spaceId } = await access.assertMay(viewer, input.spaceId, 'ASSETS_CREATE');
      const { parentId } = input;
      const { orgId } = viewer;
      const name = toFolderName(input.name);
      return transact(async (tx) => {
        const tree = await lockFolderTree(tx, orgId, spaceId);
        await tree.assertRoom(parentId, name);
        const place = { orgId, spaceId, parentId };
        const created = await tree.store.insert({
          ...place,
          id: newId(),
          name,
          createdBy: toActor(viewer),
        });
        await audit.record(tx, viewer, 'createFolder', created.id, { spaceId, parentId });
        return created;
      });
    },

    /** Everything beneath keeps its place. Throws NOT_FOUND, PERMISSION_DENIED, BAD_USER_INPUT, NAME_TAKEN. */
    renameFolder: async (viewer: Viewer, id: string, newName: string): Promise<Folder> =>
      change(viewer, id, 'ASSETS_UPDATE', async (tx, tree, folder) => {
        const name = toFolderName(newName);
        if (folder.name === name) return folder;
        await tree.assertNameFree(folder, name);
        await audit.record(tx, viewer, 'renameFolder', id, { spaceId: folder.spaceId });
        return tree.store.update(folder, { name });
      }),

    /**
     * Within its space, with all that is beneath; without a parent into the root. Throws NOT_FOUND,
     * PERMISSION_DENIED, NAME_TAKEN, and BAD_USER_INPUT (`parentId`) for a move into itself.
     */
    moveFolder: async (viewer: Viewer, id: string, parentId: string | null): Promise<Folder> =>
      change(viewer, id, 'ASSETS_UPDATE', async (tx, tree, folder) => {
        if (folder.parentId === parentId) return folder;
        const beneath = await tree.store.listSubtree(viewer.orgId, id);
        const height = beneath.reduce((deepest, { level }) => Math.max(deepest, level), 1);
        await tree.assertRoom(parentId, folder.name, { moved: folder, height });
        const { spaceId, parentId: from } = folder;
        await audit.record(tx, viewer, 'moveFolder', id, { spaceId, from, to: parentId });
        return tree.store.update(folder, { parentId });
      }),

    /**
     * With everything beneath: folders are gone, files are in the trash and come back into the space's root. Returns
     * its id. Throws NOT_FOUND, PERMISSION_DENIED, and, unless recursive, FOLDER_NOT_EMPTY where there is any folder
     * or file in it; files in the trash count for none.
     */
    deleteFolder: async (
      viewer: Viewer,
      id: string,
      { recursive }: { recursive: boolean },
    ): Promise<string> =>
      change(viewer, id, 'ASSETS_DELETE', async (tx, { store: rows }, folder) => {
        const ids = (await rows.listSubtree(viewer.orgId, id)).map((beneath) => beneath.id);
        await rows.lock(viewer.orgId, ids);
        if (!recursive && (ids.length > 1 || (await contents.hasFiles(tx, folder)))) {
          throw new AppError('FOLDER_NOT_EMPTY', 'The folder is not empty.');
        }
        const { spaceId } = folder;
        // Before the rows go: with them goes where a file was.
        const trashed = await contents.onFoldersDeleted(tx, viewer, ids);
        await rows.delete(viewer.orgId, ids);
        await audit.record(tx, viewer, 'deleteFolder', id, { spaceId, folders: ids.length, ...trashed });
        return id;
      }),
  };
}

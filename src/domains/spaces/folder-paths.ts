import type { Db, Tx } from '../../core/db.js';
import { isId } from '../../core/ids.js';
import { makeFolderPathStore, type NamedFolder, type PlacedFolder } from './folder-paths.store.js';

export type { PlacedFolder } from './folder-paths.store.js';

export type FolderPaths = ReturnType<typeof makeFolderPaths>;

/** Where folders are. Whoever asks has seen to it that the viewer may know. */
export function makeFolderPaths({ db }: { db: Db }) {
  const store = makeFolderPathStore(db);

  return {
    async find(orgId: string, id: string): Promise<PlacedFolder | undefined> {
      return isId(id) ? (await store.listByIds(orgId, [id]))[0] : undefined;
    },

    /** Those of the organization, in any order. */
    listByIds: (orgId: string, ids: readonly string[]) => store.listByIds(orgId, ids),

    /** Not deleted before the transaction ends; undefined when it is gone already. */
    async lock(tx: Tx, orgId: string, id: string): Promise<PlacedFolder | undefined> {
      return isId(id) ? makeFolderPathStore(tx.db).lock(orgId, id) : undefined;
    },

    /** By id, such as `/documents/contracts`; those of the organization. One query, however many and however deep. */
    async listPaths(orgId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const folders = await store.listUpwards(orgId, ids);
      const byId = new Map(folders.map((folder) => [folder.id, folder]));
      return new Map(
        ids.flatMap((id) => {
          const folder = byId.get(id);
          return folder === undefined ? [] : [[id, toPath(folder, byId)] as const];
        }),
      );
    },
  };
}

function toPath(folder: NamedFolder, byId: ReadonlyMap<string, NamedFolder>): string {
  const names: string[] = [];
  let next: NamedFolder | undefined = folder;
  // No longer than all of them, should they ever form a ring.
  while (next !== undefined && names.length < byId.size) {
    names.unshift(next.name);
    next = next.parentId === null ? undefined : byId.get(next.parentId);
  }
  return `/${names.join('/')}`;
}

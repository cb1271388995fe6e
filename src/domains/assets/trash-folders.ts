import type { Quotas } from '../quotas/quota.service.js';
import type { FolderContents } from '../spaces/folder.service.js';
import type { AssetEvents } from './asset-events.js';
import { makeTrashStore } from './trash.store.js';

export interface TrashFoldersDeps {
  quotas: Quotas;
  events: AssetEvents;
  /** How long what was deleted can be restored. */
  trashHours: number;
}

/**
 * What deleting a folder means for its files. A handful of statements, however many there are; the order of locks
 * is that of the trash: asset, feed, quota.
 */
export function makeTrashFolders({ quotas, events, trashHours }: TrashFoldersDeps): FolderContents {
  return {
    hasFiles: ({ db }, { orgId, id }) => makeTrashStore(db).hasAnyIn(orgId, id),

    async onFoldersDeleted(tx, { orgId }, folderIds) {
      const store = makeTrashStore(tx.db);
      // What is in the trash already is held as well: it loses its folder when the folder's row goes.
      await store.lockIn(orgId, folderIds);
      const deleted = await store.deleteIn(orgId, folderIds, trashHours);
      const sizeBytes = deleted.reduce((sum, asset) => sum + asset.sizeBytes, 0);
      if (deleted.length > 0) {
        await events.record(tx, 'DELETED', deleted);
        await quotas.trash(tx, orgId, sizeBytes);
      }
      return { files: deleted.length, sizeBytes };
    },
  };
}

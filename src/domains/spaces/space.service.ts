import type { Tx } from '../../core/db.js';
import { isId, newId } from '../../core/ids.js';
import { defaultSpaceName } from './space.js';
import { makeFolderStore } from './folder.store.js';
import { makeSpaceStore } from './space.store.js';

export type Spaces = ReturnType<typeof makeSpaces>;

/** Where an organization keeps its files. What a viewer may do in them is `space-access.ts`. */
export function makeSpaces() {
  return {
    /** Every organization has one from its beginning. */
    async createDefault(tx: Tx, orgId: string): Promise<void> {
      await makeSpaceStore(tx.db).insert({ id: newId(), orgId, name: defaultSpaceName });
    },

    /** Whether the space has this folder; if so it is there until the transaction ends. */
    async holdFolder(tx: Tx, spaceId: string, folderId: string): Promise<boolean> {
      return isId(folderId) && (await makeFolderStore(tx.db).findForChild(spaceId, folderId)) !== undefined;
    },
  };
}

import { and, eq } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { folders } from './folder.table.js';

export function makeFolderStore(db: Db) {
  return {
    /** A folder that is about to get a child: it stays, though it may be renamed, until the transaction ends. */
    async findForChild(spaceId: string, folderId: string): Promise<{ id: string } | undefined> {
      const [row] = await db
        .select({ id: folders.id })
        .from(folders)
        .where(and(eq(folders.id, folderId), eq(folders.spaceId, spaceId)))
        .for('key share');
      return row;
    },
  };
}

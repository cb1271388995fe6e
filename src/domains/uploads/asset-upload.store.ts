import { and, asc, eq, or } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Upload } from './upload.js';
import { toUpload } from './upload.store.js';
import { uploads } from './upload.table.js';

/** The uploads of one asset: the one that made it, and those that replaced its bytes, or were to. */
export function makeAssetUploadStore(db: Db) {
  const isOf = (assetId: string) => or(eq(uploads.assetId, assetId), eq(uploads.replacesAssetId, assetId));

  return {
    /** Locked until the transaction ends, in the order in which everybody locks several. */
    async listOfAsset(assetId: string): Promise<Upload[]> {
      const rows = await db
        .select()
        .from(uploads)
        .where(isOf(assetId))
        .orderBy(asc(uploads.createdAt), asc(uploads.id))
        .for('update');
      return rows.map(toUpload);
    },

    /** The ids in the keys of the verified copies of those that are complete; these may be gone. */
    async listCopiesOfReplacing(assetId: string): Promise<string[]> {
      const rows = await db
        .select({ id: uploads.assetId })
        .from(uploads)
        .where(and(eq(uploads.replacesAssetId, assetId), eq(uploads.status, 'COMPLETED')));
      return rows.flatMap(({ id }) => id ?? []);
    },

    /** They have ended. */
    async deleteOfAsset(assetId: string): Promise<void> {
      await db.delete(uploads).where(isOf(assetId));
    },
  };
}

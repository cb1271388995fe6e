import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Asset } from './asset.js';
import { toAsset } from './asset.store.js';
import { assets } from './asset.table.js';

/** What an asset has of its bytes. */
export type AssetBytes = Pick<
  Asset,
  'storageKey' | 'etag' | 'sizeBytes' | 'mimeType' | 'type' | 'filename' | 'description' | 'uploadedBy'
> & { readonly sha256: string; readonly replacedAt: Date };

export function makeAssetBytesStore(db: Db) {
  return {
    /** Nobody deletes it until the transaction ends; false when it is not there, in the trash, or being purged. */
    async holdLive(id: string): Promise<boolean> {
      const rows = await db
        .select({ id: assets.id })
        .from(assets)
        .where(and(eq(assets.id, id), isNull(assets.deletedAt), isNull(assets.purgingAt)))
        .for('key share');
      return rows.length === 1;
    },

    /** Locked until the transaction ends; undefined when it is not there, in the trash, or being purged. */
    async lockLive(id: string): Promise<Asset | undefined> {
      const [row] = await db
        .select()
        .from(assets)
        .where(and(eq(assets.id, id), isNull(assets.deletedAt), isNull(assets.purgingAt)))
        .for('update');
      return row && toAsset(row);
    },

    /** They were found clean. The caller holds the row. */
    async replaceBytes(id: string, { uploadedBy, ...bytes }: AssetBytes): Promise<Asset | undefined> {
      const [row] = await db
        .update(assets)
        .set({
          ...bytes,
          uploadedByKind: uploadedBy.kind,
          uploadedById: uploadedBy.id,
          scanStatus: 'CLEAN',
          scanReason: null,
          bytesGoneAt: null,
          updatedAt: sql`clock_timestamp()`,
        })
        .where(and(eq(assets.id, id), isNull(assets.deletedAt), isNull(assets.purgingAt)))
        .returning();
      return row && toAsset(row);
    },
  };
}

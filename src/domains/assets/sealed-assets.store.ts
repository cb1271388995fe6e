import { and, asc, eq, lt } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Memory } from '../memories/memory.js';
import type { SealedRows } from '../vault/sealing.js';
import { makeAssetTextStore } from './asset-text.store.js';
import { toAsset, toSealedColumns } from './asset.store.js';
import { assets } from './asset.table.js';
import { resealAsset } from './sealed-asset.js';

/**
 * Assets of encrypted memories, in the trash and on their way out too. Locked by id, as everybody locks several. What
 * is written in them goes when they are sealed: names may be in it.
 */
export const sealedAssets: SealedRows = {
  async hide(tx, memory) {
    await tx.db
      .select({ id: assets.id })
      .from(assets)
      .where(isOf(memory))
      .orderBy(asc(assets.id))
      .for('update');
    await tx.db.update(assets).set({ keyVersion: 0 }).where(isOf(memory));
  },

  async seal(tx, cipher, limit) {
    const rows = await tx.db
      .select()
      .from(assets)
      .where(isUnsealed(cipher.memoryId, cipher.keyVersion))
      .orderBy(asc(assets.id))
      .limit(limit)
      .for('update');
    await makeAssetTextStore(tx.db).remove(rows.map(({ id }) => id));
    for (const row of rows) {
      const { sealed, ...columns } = resealAsset(cipher, toAsset(row));
      await tx.db
        .update(assets)
        .set({ ...columns, ...toSealedColumns(sealed) })
        .where(eq(assets.id, row.id));
    }
    return rows.length;
  },

  async hasUnsealed(db: Db, memoryId, keyVersion) {
    const rows = await db
      .select({ id: assets.id })
      .from(assets)
      .where(isUnsealed(memoryId, keyVersion))
      .limit(1);
    return rows.length > 0;
  },
};

function isOf({ id, orgId }: Memory) {
  return and(eq(assets.orgId, orgId), eq(assets.memoryId, id));
}

function isUnsealed(memoryId: string, keyVersion: number) {
  return and(eq(assets.memoryId, memoryId), lt(assets.keyVersion, keyVersion));
}

import { and, asc, eq, lt } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { toAssetStem } from '../storage/object-keys.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import { openNames, sealNames } from '../vault/sealed-names.js';
import type { SealedRows } from '../vault/sealing.js';
import { ownerIdOf, type Asset } from './asset.js';
import { toAsset, toSealedColumns } from './asset.store.js';
import { assets } from './asset.table.js';

/** Assets of encrypted memories, in the trash and on their way out too. */
export const sealedAssets: SealedRows = {
  async hide(tx, { id: memoryId, orgId, userId, agentUrn }) {
    // Locked in the order in which everybody locks several.
    await tx.db
      .select({ id: assets.id })
      .from(assets)
      .where(
        and(
          eq(assets.orgId, orgId),
          eq(assets.userId, userId),
          eq(assets.agentUrn, agentUrn),
          eq(assets.memoryId, memoryId),
        ),
      )
      .orderBy(asc(assets.id))
      .for('update');
    await tx.db
      .update(assets)
      .set({ keyVersion: 0 })
      .where(
        and(
          eq(assets.orgId, orgId),
          eq(assets.userId, userId),
          eq(assets.agentUrn, agentUrn),
          eq(assets.memoryId, memoryId),
        ),
      );
  },

  async seal(tx, cipher, limit) {
    const rows = await tx.db
      .select()
      .from(assets)
      .where(isUnsealed(cipher.memoryId, cipher.keyVersion))
      .orderBy(asc(assets.id))
      .limit(limit)
      .for('update');
    for (const row of rows) {
      const { id, ...columns } = reseal(cipher, toAsset(row));
      await tx.db.update(assets).set(columns).where(eq(assets.id, id));
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

function isUnsealed(memoryId: string, keyVersion: number) {
  return and(eq(assets.memoryId, memoryId), lt(assets.keyVersion, keyVersion));
}

/** What of the row changes: its id stands for its name, its stem for its key. */
function reseal(cipher: MemoryCipher, asset: Asset) {
  const { id, orgId, sealed } = asset;
  if (sealed === null) throw new Error(`Asset ${id} is in no encrypted memory.`);
  const { row, keyVersion } = sealed;
  const storageKey =
    sealed.storageKey === null
      ? asset.storageKey
      : cipher.open(row, 'storageKey', keyVersion, sealed.storageKey);
  return {
    id,
    filename: id,
    description: null,
    storageKey: toAssetStem(orgId, ownerIdOf(asset), id),
    ...toSealedColumns({
      ...sealNames(cipher, row, openNames(cipher, sealed)),
      storageKey: cipher.seal(row, 'storageKey', storageKey),
    }),
  };
}

import type { Db, Tx } from '../../core/db.js';
import type { Queue } from '../../core/queue.js';
import type { Quotas } from '../quotas/quota.service.js';
import { makeAssetBytesStore, type AssetBytes as NewBytes } from './asset-bytes.store.js';
import type { AssetEvents } from './asset-events.js';
import type { Asset } from './asset.js';
import { makeAssetStore } from './asset.store.js';

export type AssetBytes = ReturnType<typeof makeAssetBytes>;

/** Whoever was led to the old bytes a moment ago may still begin to read them: no address lives longer. */
const oldBytesSeconds = 60;

/** undefined when it is not there, in the trash, or being purged. */
export async function findLiveAsset(db: Db, id: string): Promise<Asset | undefined> {
  const asset = await makeAssetStore(db).findById(id);
  return asset?.deletedAt === null ? asset : undefined;
}

/** Whether it is there; if so, nobody deletes it until the transaction ends, and who does then finds what it wrote. */
export const holdLiveAsset = (tx: Tx, id: string): Promise<boolean> =>
  makeAssetBytesStore(tx.db).holdLive(id);

/** Other bytes for an asset, whose id and URN stay. */
export function makeAssetBytes({
  events,
  quotas,
  queue,
  onClean,
}: {
  events: AssetEvents;
  quotas: Quotas;
  queue: Queue;
  /** In the transaction of the change: what was known about the old bytes says nothing about these. */
  onClean: (tx: Tx, asset: Asset) => Promise<void>;
}) {
  return {
    /** Locked until the transaction ends; undefined when it is not there, in the trash, or being purged. */
    lockLive: (tx: Tx, id: string) => makeAssetBytesStore(tx.db).lockLive(id),

    /**
     * The asset, which `lockLive` gave, has these bytes from now on: they are clean, and their size is reserved. What
     * it had before is deleted.
     */
    async replace(
      tx: Tx,
      { id, orgId, spaceId, sizeBytes, storageKey }: Asset,
      bytes: NewBytes,
    ): Promise<void> {
      const changed = await makeAssetBytesStore(tx.db).replaceBytes(id, bytes);
      if (changed === undefined) throw new Error(`Asset ${id} was not locked.`);
      await queue.enqueue(tx, 'discard-object', { key: storageKey }, { delaySeconds: oldBytesSeconds });
      await onClean(tx, changed);
      await events.record(tx, 'UPDATED', [changed]);
      await quotas.settle(tx, { orgId, spaceId, sizeBytes: bytes.sizeBytes });
      // Everything leaves by way of the trash.
      await quotas.trash(tx, orgId, sizeBytes);
      await quotas.free(tx, { orgId, spaceId, sizeBytes });
    },
  };
}

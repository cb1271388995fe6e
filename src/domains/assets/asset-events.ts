import type { Tx } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import { ownerIdOf, type Asset, type AssetEventKind } from './asset.js';
import { makeAssetEventStore } from './asset-event.store.js';

export type AssetEvents = ReturnType<typeof makeAssetEvents>;

/** Followed by whoever follows the assets of this memory or space. */
export function assetChannel(ownerId: string): string {
  return `assets:${ownerId}`;
}

/** As much of an asset as its event tells. */
export type Changed = Pick<Asset, 'id' | 'memoryId' | 'spaceId'>;

/** Numbers what happens to the assets of each memory and space, and wakes its followers. */
export function makeAssetEvents({ channels }: { channels: Channels }) {
  return {
    /**
     * In the transaction of the change itself, after the assets' rows are locked and before the quota's is. Takes
     * any number of them: two statements for each memory or space.
     */
    async record(tx: Tx, kind: AssetEventKind, changed: readonly Changed[]): Promise<void> {
      const store = makeAssetEventStore(tx.db);
      // One order for everybody: feeds are locked until the commit.
      for (const ownerId of [...new Set(changed.map(ownerIdOf))].sort()) {
        const ids = changed.filter((asset) => ownerIdOf(asset) === ownerId).map(({ id }) => id);
        const version = await store.advance(ownerId, ids.length);
        await store.insert(ownerId, version - ids.length + 1, kind, ids);
        tx.afterCommit(() => channels.publish(assetChannel(ownerId), { id: ownerId, version }));
      }
    },
  };
}

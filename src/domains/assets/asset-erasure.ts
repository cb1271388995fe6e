import type { Db, Tx } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Memory } from '../memories/memory.service.js';
import type { ObjectStore } from '../storage/object-store.js';
import { toOwnerPrefix } from '../storage/object-keys.js';
import type { Generated } from './asset.js';
import { makeAssetErasureStore } from './asset-erasure.store.js';
import type { Trash } from './trash.service.js';

export type AssetErasure = ReturnType<typeof makeAssetErasure>;

export interface AssetErasureDeps {
  db: Db;
  objects: ObjectStore;
  trash: Trash;
}

/** Assets, their bytes and what is known of them, taken away in batches; each call may be repeated. */
export function makeAssetErasure({ db, objects, trash }: AssetErasureDeps) {
  const store = makeAssetErasureStore(db);

  async function eraseAll(orgId: string, ids: readonly string[]): Promise<number> {
    for (const id of ids) await trash.erase(orgId, id);
    return ids.length;
  }

  return {
    /** Whether any asset in a space is left of it. */
    hasGenerated: async ({ db: within }: Pick<Tx, 'db'>, orgId: string, of: Generated) =>
      (await makeAssetErasureStore(within).listIdsGenerated(orgId, of, 1)).length > 0,

    /** How many it erased, `limit` at most; 0 once there are none. Throws STORAGE_UNAVAILABLE. */
    eraseOfMemory: async (memory: Memory, limit: number) =>
      eraseAll(memory.orgId, await store.listIdsOfMemory(memory, limit)),

    eraseGenerated: async (orgId: string, of: Generated, limit: number) =>
      eraseAll(orgId, await store.listIdsGenerated(orgId, of, limit)),

    /** Whether the memory holds any. */
    holdsAny: async (tx: Tx, memory: Memory) =>
      (await makeAssetErasureStore(tx.db).listIdsOfMemory(memory, 1)).length > 0,

    /** What is left of those that are purged: their ids, and the news of them. */
    async forgetMemory(tx: Tx, memory: Memory): Promise<void> {
      const rows = makeAssetErasureStore(tx.db);
      await rows.deletePurgedOfMemory(memory);
      await rows.deleteFeed(memory.id);
    },

    /** Whatever has its place among the memory's bytes, such as the copies of completions that died. */
    async deleteBytes({ orgId, id }: Memory): Promise<void> {
      for await (const { key } of objects.list(toOwnerPrefix(orgId, id))) await objects.delete(key);
    },

    /** Files in spaces stay, and do not say who uploaded them. How many it changed. */
    disown: (orgId: string, actor: ActorRef, limit: number) => store.disown(orgId, actor, limit),

    hasPurged: (orgId: string, of: Generated) => store.hasPurgedGenerated(orgId, of),

    /** Traces of what it had put into spaces and is gone for good. */
    forgetPurged: (tx: Tx, orgId: string, of: Generated) =>
      makeAssetErasureStore(tx.db).deletePurgedGenerated(orgId, of),
  };
}

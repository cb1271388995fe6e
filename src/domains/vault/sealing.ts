import type { Db, Transact, Tx } from '../../core/db.js';
import type { Log } from '../../core/log.js';
import type { Queue } from '../../core/queue.js';
import type { Memory } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import { makeMemoryCipher, type DataKeys, type MemoryCipher } from './memory-cipher.js';
import { sealingHolder, type UnlockedKeys, type VaultRef } from './unlocked-keys.js';
import { newestVersion, wipe } from './vault.js';
import { makeVaultStore } from './vault.store.js';

/** A table that has names of a memory; those who own one plug it in. */
export interface SealedRows {
  /** Hides every row of the memory: none is shown again as it is, though its values are sealed one after the other. */
  hide(tx: Tx, memory: Memory): Promise<void>;
  /** Seals up to `limit` rows that another key has sealed, or none yet. How many there were. */
  seal(tx: Tx, cipher: MemoryCipher, limit: number): Promise<number>;
  hasUnsealed(db: Db, memoryId: string, keyVersion: number): Promise<boolean>;
}

export interface SealingDeps {
  db: Db;
  transact: Transact;
  queue: Queue;
  memories: Memories;
  unlocked: UnlockedKeys;
  /** In the order in which their rows are locked. */
  sealedRows: readonly SealedRows[];
  log: Log;
}

const rowsAtOnce = 50;
/** What is not sealed by then goes on with the next unlocking. */
const lifetimeSeconds = 6 * 3600;

export type Sealing = ReturnType<typeof makeSealing>;

/**
 * Seals what a memory held before it was encrypted, or before it got another key, while it is used: a few rows a
 * transaction, each of which leaves every row readable. Killed at any moment, it goes on with those that are left.
 */
export function makeSealing(deps: SealingDeps) {
  const { db, transact, queue, memories, unlocked, sealedRows, log } = deps;
  const store = makeVaultStore(db);

  async function hasUnsealed(onto: Db, memoryId: string, keyVersion: number): Promise<boolean> {
    for (const rows of sealedRows) if (await rows.hasUnsealed(onto, memoryId, keyVersion)) return true;
    return false;
  }

  /** How many rows were looked at; undefined when its key is not there. */
  async function sealSome(memoryId: string): Promise<number | undefined> {
    const [vault] = await store.listRefs([memoryId]);
    const keys = vault && (await unlocked.find(vault, sealingHolder, { extend: false }));
    if (vault === undefined || keys === undefined) return undefined;
    try {
      const cipher = makeMemoryCipher(vault, keys);
      return await transact(async (tx) => {
        // Nobody gives it another key meanwhile.
        if ((await memories.holdKeyVersion(tx, memoryId)) !== cipher.keyVersion) return undefined;
        let looked = 0;
        for (const rows of sealedRows) looked += await rows.seal(tx, cipher, rowsAtOnce);
        return looked;
      });
    } finally {
      wipe(keys);
    }
  }

  return {
    /**
     * The work finds its key here. Before that is committed only for keys of a `wrapId` of their own: work that found
     * others would seal with what nobody can unwrap. Throws STORAGE_UNAVAILABLE.
     */
    prepare: (vault: VaultRef, keys: DataKeys): Promise<void> =>
      unlocked.put(vault, sealingHolder, keys, lifetimeSeconds),

    /** In the transaction that encrypts the memory: hides what it holds, to be sealed as soon as that is committed. */
    async begin(tx: Tx, memory: Memory): Promise<void> {
      for (const rows of sealedRows) await rows.hide(tx, memory);
      await queue.enqueue(tx, 'seal-memory', { memoryId: memory.id });
    },

    /** Where a memory is unlocked that is not sealed whole: it got another key, or the work was cut off and lost its own. */
    async resume(vault: VaultRef, keys: DataKeys): Promise<void> {
      const { memoryId } = vault;
      if (keys.size === 1 && !(await hasUnsealed(db, memoryId, newestVersion(keys)))) return;
      await unlocked.put(vault, sealingHolder, keys, lifetimeSeconds);
      await transact((tx) => queue.enqueue(tx, 'seal-memory', { memoryId }));
    },

    /** The work itself; idempotent. Ends early when its key is gone: then the next unlocking goes on. */
    async sealMemory(memoryId: string, signal: AbortSignal): Promise<void> {
      for (let looked = await sealSome(memoryId); looked !== 0; looked = await sealSome(memoryId)) {
        if (looked === undefined)
          return log.info({ memoryId }, 'sealing waits for the memory to be unlocked');
        signal.throwIfAborted();
      }
      const isDone = await transact(async (tx) => {
        const keyVersion = await memories.lockKeyVersion(tx, memoryId);
        if (keyVersion === null || (await hasUnsealed(tx.db, memoryId, keyVersion))) return false;
        // Nobody writes with an older key any more, and nothing is left that one has sealed.
        await makeVaultStore(tx.db).deleteKeysBelow(memoryId, keyVersion);
        return true;
      });
      if (isDone) await unlocked.drop(memoryId, sealingHolder);
    },
  };
}

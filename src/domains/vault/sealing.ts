import { LRUCache } from 'lru-cache';
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
/** What is not sealed by then goes on with the next use. */
const lifetimeSeconds = 6 * 3600;
/** How often, at most, each process has sealing go on that is not done yet. */
const resumeEveryMs = 60_000;
/** Memories that are remembered as sealed whole, or as being sealed. */
const maxSeen = 10_000;

export type Sealing = ReturnType<typeof makeSealing>;

/**
 * Seals what a memory held before it was encrypted, or before it got another key, while it is used: a few rows a
 * transaction, each of which leaves every row readable. Killed at any moment, it goes on with those that are left.
 */
export function makeSealing(deps: SealingDeps) {
  const { db, transact, queue, memories, unlocked, sealedRows, log } = deps;
  const store = makeVaultStore(db);
  const seen = new LRUCache<string, true>({ max: maxSeen });

  async function hasUnsealed(onto: Db, memoryId: string, keyVersion: number): Promise<boolean> {
    for (const rows of sealedRows) if (await rows.hasUnsealed(onto, memoryId, keyVersion)) return true;
    return false;
  }

  /** false when there was nothing left to seal, which stays so until the memory gets another key. */
  async function resume(vault: VaultRef, keys: DataKeys): Promise<boolean> {
    const { memoryId } = vault;
    if (keys.size === 1 && !(await hasUnsealed(db, memoryId, newestVersion(keys)))) return false;
    await prepare(vault, keys);
    await transact((tx) => proceed(tx, memoryId));
    return true;
  }

  const prepare = (vault: VaultRef, keys: DataKeys): Promise<void> =>
    unlocked.put(vault, sealingHolder(vault), keys, lifetimeSeconds);

  const proceed = (tx: Tx, memoryId: string): Promise<void> => queue.enqueue(tx, 'seal-memory', { memoryId });

  async function forget(vault: VaultRef): Promise<void> {
    // Should it fail, it expires.
    await unlocked.drop(vault.memoryId, sealingHolder(vault)).catch(() => undefined);
  }

  /** How many rows were sealed; undefined when its key is not there. Throws STORAGE_UNAVAILABLE. */
  async function sealSome(memoryId: string): Promise<number | undefined> {
    const [vault] = await store.listRefs([memoryId]);
    const keys = vault && (await unlocked.find(vault, sealingHolder(vault)));
    if (vault === undefined || keys === undefined) return undefined;
    try {
      const cipher = makeMemoryCipher(vault, keys);
      return await transact(async (tx) => {
        // Nobody gives it another key meanwhile.
        if ((await memories.holdKeyVersion(tx, memoryId)) !== cipher.keyVersion) return undefined;
        let sealed = 0;
        for (const rows of sealedRows) sealed += await rows.seal(tx, cipher, rowsAtOnce);
        return sealed;
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
    prepare,

    /** The password that keys were prepared for is not the memory's, or not any more. */
    forget,

    /** In the transaction that encrypts the memory: hides what it holds, to be sealed as soon as that is committed. */
    async begin(tx: Tx, memory: Memory): Promise<void> {
      for (const rows of sealedRows) await rows.hide(tx, memory);
      await proceed(tx, memory.id);
    },

    /** In the transaction that gives the memory another password: what is not sealed yet will be, with the same keys. */
    proceed,

    /** Where a memory is unlocked that is not sealed whole: it got another key, or the work was cut off and lost its own. */
    async resume(vault: VaultRef, keys: DataKeys): Promise<void> {
      await resume(vault, keys);
    },

    /** The same where one is used that was unlocked before; does nothing most of the time. Never throws. */
    async resumeWhenUsed(vault: VaultRef, keys: DataKeys): Promise<void> {
      const { memoryId } = vault;
      const state = `${memoryId} ${newestVersion(keys)}`;
      if (seen.has(state)) return;
      seen.set(state, true, { ttl: resumeEveryMs });
      try {
        if (!(await resume(vault, keys))) seen.set(state, true, { ttl: 0 });
      } catch (error) {
        log.warn({ error, memoryId }, 'sealing could not be resumed');
      }
    },

    /**
     * The work itself; idempotent. Ends early when its key is gone: then whoever uses or unlocks the memory next has it
     * go on. Throws STORAGE_UNAVAILABLE where the key cannot be read.
     */
    async sealMemory(memoryId: string, signal: AbortSignal): Promise<void> {
      for (let sealed = await sealSome(memoryId); sealed !== 0; sealed = await sealSome(memoryId)) {
        if (sealed === undefined)
          return log.info({ memoryId }, 'sealing waits for the memory to be unlocked');
        signal.throwIfAborted();
      }
      const done = await transact(async (tx) => {
        const keyVersion = await memories.lockKeyVersion(tx, memoryId);
        if (keyVersion === null || (await hasUnsealed(tx.db, memoryId, keyVersion))) return undefined;
        const rows = makeVaultStore(tx.db);
        // Nobody writes with an older key any more, and nothing is left that one has sealed.
        await rows.deleteKeysBelow(memoryId, keyVersion);
        const [vault] = await rows.listRefs([memoryId]);
        return vault;
      });
      if (done !== undefined) await forget(done);
    },
  };
}

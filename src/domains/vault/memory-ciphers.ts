import type { Db, Tx } from '../../core/db.js';
import type { Viewer } from '../../core/viewer.js';
import type { Memory } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import { makeMemoryCipher, type DataKeys, type MemoryCipher } from './memory-cipher.js';
import type { Sealing } from './sealing.js';
import { agentHolder, toHolder, type UnlockedKeys } from './unlocked-keys.js';
import { memoryLocked, wipe } from './vault.js';
import { makeVaultStore, type AgentVaultRef } from './vault.store.js';

/** The memory was encrypted, or got another key, since the work began: it is done again. */
class KeyChangedError extends Error {
  override readonly name = 'KeyChangedError';
}

/** Two in a row are somebody encrypting and an admin rotating; more are no coincidence. */
const maxTries = 3;

export type MemoryCiphers = ReturnType<typeof makeMemoryCiphers>;

/** Lends out the ciphers of unlocked memories. A key lives as long as the work that it is lent to. */
export function makeMemoryCiphers({
  db,
  memories,
  unlocked,
  sealing,
}: {
  db: Db;
  memories: Memories;
  unlocked: UnlockedKeys;
  sealing: Sealing;
}) {
  const store = makeVaultStore(db);

  async function findKeys(
    viewer: Viewer,
    vault: AgentVaultRef,
    extend = true,
  ): Promise<DataKeys | undefined> {
    const holder = vault.orgId === viewer.orgId ? toHolder(viewer) : undefined;
    if (holder === undefined) return undefined;
    // An agent that looks again and again does not keep a memory unlocked that its person has left.
    const isUse = extend && viewer.kind === 'USER';
    const keys = await unlocked.findForUse(vault, holder, { extend: isUse });
    if (keys === undefined) return undefined;
    // Unlocked before it got its newest key: this session does not have that.
    if (vault.keyVersion === null || !keys.has(vault.keyVersion)) {
      wipe(keys);
      return undefined;
    }
    if (isUse) await unlocked.extend(vault.memoryId, agentHolder(vault));
    if (extend) await sealing.resumeWhenUsed(vault, keys);
    return keys;
  }

  async function attempt<T>(
    viewer: Viewer,
    memoryId: string,
    work: (cipher: MemoryCipher | null) => Promise<T>,
  ): Promise<T> {
    const memory = await memories.find(memoryId);
    if (memory === undefined || memory.keyVersion === null) return work(null);
    const [vault] = await store.listRefs([memoryId]);
    const keys = vault && (await findKeys(viewer, vault));
    if (vault === undefined || keys === undefined) throw memoryLocked(memoryId);
    try {
      return await work(makeMemoryCipher(vault, keys));
    } finally {
      wipe(keys);
    }
  }

  async function withCipher<T>(
    viewer: Viewer,
    memoryId: string | null,
    work: (cipher: MemoryCipher | null) => Promise<T>,
  ): Promise<T> {
    if (memoryId === null) return work(null);
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(viewer, memoryId, work);
      } catch (error) {
        if (!(error instanceof KeyChangedError)) throw error;
        if (tries === maxTries) throw memoryLocked(memoryId, error);
      }
    }
  }

  return {
    /**
     * Runs `work` with the memory's cipher, null for one that is not encrypted, and for none at all. `work` may be run
     * again. Throws MEMORY_LOCKED unless it is unlocked for this viewer. Whether the viewer may do this there is asked
     * by the caller.
     */
    withCipher,

    /** Throws MEMORY_LOCKED; never where there is no memory. */
    assertUnlocked: (viewer: Viewer, memoryId: string | null): Promise<void> =>
      withCipher(viewer, memoryId, () => Promise.resolve()),

    /**
     * In a transaction that writes something of the memory: until it ends, whoever encrypts the memory or changes its
     * key waits. Has `withCipher` run its work again when that happened before.
     */
    async hold(tx: Tx, memoryId: string | null, cipher: MemoryCipher | null): Promise<void> {
      if (memoryId === null) return;
      const keyVersion = await memories.holdKeyVersion(tx, memoryId);
      if (keyVersion !== (cipher?.keyVersion ?? null)) throw new KeyChangedError();
    },

    /**
     * Runs `work` with the ciphers of those of the memories that are unlocked for the viewer, by memory. For showing:
     * what is missing is locked.
     */
    async withCiphers<T>(
      viewer: Viewer,
      memoryIds: readonly string[],
      work: (ciphers: ReadonlyMap<string, MemoryCipher>) => T,
    ): Promise<T> {
      const vaults = memoryIds.length === 0 ? [] : await store.listRefs([...new Set(memoryIds)]);
      const found = await Promise.all(
        vaults.map(async (vault) => ({ vault, keys: await findKeys(viewer, vault) })),
      );
      try {
        const ciphers = found.flatMap(({ vault, keys }) =>
          keys === undefined ? [] : [[vault.memoryId, makeMemoryCipher(vault, keys)] as const],
        );
        return work(new Map(ciphers));
      } finally {
        for (const { keys } of found) if (keys !== undefined) wipe(keys);
      }
    },

    /** In their order: whether each is unlocked for the viewer, which those that are not encrypted always are. */
    async listUnlocked(viewer: Viewer, asked: readonly Memory[]): Promise<boolean[]> {
      const encrypted = asked.filter(({ keyVersion }) => keyVersion !== null).map(({ id }) => id);
      const vaults = encrypted.length === 0 ? [] : await store.listRefs(encrypted);
      const held = await Promise.all(
        vaults.map(async (vault) => {
          const keys = await findKeys(viewer, vault, false);
          if (keys !== undefined) wipe(keys);
          return keys === undefined ? [] : [vault.memoryId];
        }),
      );
      const unlockedIds = new Set(held.flat());
      return asked.map(({ id, keyVersion }) => keyVersion === null || unlockedIds.has(id));
    },
  };
}

import type { Db, Transact } from '../../core/db.js';
import type { Memory } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import type { Opened } from './try-password.js';
import { newestVersion, type Vault, type WrappedKey } from './vault.js';
import { makeVaultStore } from './vault.store.js';
import { newDataKey, wrapKey } from './wrapped-key.js';

export interface RotationDeps {
  db: Db;
  transact: Transact;
  memories: Memories;
}

const memoriesAtOnce = 100;

/** New data keys. Wrapping one takes the password, so a memory gets it when it is unlocked next. */
export function makeRotation({ db, transact, memories }: RotationDeps) {
  /** Does nothing when it has another password, or got a key, meanwhile. */
  async function add({ id }: Memory, vault: Vault, key: WrappedKey): Promise<void> {
    await transact(async (tx) => {
      // Whoever writes something of the memory holds it: nothing is sealed with the older key from here on.
      if ((await memories.lockKeyVersion(tx, id)) !== key.version - 1) return;
      const store = makeVaultStore(tx.db);
      if (!(await store.beginRotation(vault))) return;
      await store.insertKeys(id, [key]);
      await memories.setKeyVersion(tx, id, key.version);
    });
  }

  return {
    /**
     * Asks for a new key of every encrypted memory whose newest is older than `before`, a few at a time; begun again
     * after a crash, it goes on with the others. Yields how many it has asked for with each step.
     */
    async *demand(before: Date): AsyncGenerator<number, void, undefined> {
      const store = makeVaultStore(db);
      for (let asked = 0; ;) {
        const more = await store.demandRotation(before, memoriesAtOnce);
        if (more === 0) return;
        yield (asked += more);
      }
    },

    /** Where one is due and no other is under way: makes it. Whoever has the password unwraps it from then on. */
    async rotateIfDue({ memory, vault, keys, passwordKey }: Opened): Promise<void> {
      if (!vault.isRotationDue || keys.size > 1) return;
      const version = newestVersion(keys) + 1;
      const dataKey = newDataKey();
      const wrappedKey = wrapKey(passwordKey, { ...vault, version }, dataKey);
      dataKey.fill(0);
      await add(memory, vault, { version, wrappedKey });
    },
  };
}

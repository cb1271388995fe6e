import type { Db, Transact } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { Log } from '../../core/log.js';
import { assertUser, type UserViewer, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import { mayReadMemory, parseMemoryUrn, toMemoryUrn, type Memory } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import { makeAttempts } from './attempts.js';
import type { DataKeys } from './memory-cipher.js';
import type { MemoryCiphers } from './memory-ciphers.js';
import { assertNewPassword, assertPassword, newParameters, type PasswordKeys } from './password.js';
import { makeRotation } from './rotation.js';
import type { Sealing } from './sealing.js';
import { makeTryPassword, type Caller, type Opened } from './try-password.js';
import { agentHolder, sessionHolder, type UnlockedKeys, type VaultRef } from './unlocked-keys.js';
import { newestVersion, unwrapAll, wipe, wrapAll, wrongPassword, type Vault } from './vault.js';
import { makeVaultStore } from './vault.store.js';
import { newDataKey } from './wrapped-key.js';

export interface VaultsDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  memories: Memories;
  unlocked: UnlockedKeys;
  ciphers: MemoryCiphers;
  sealing: Sealing;
  passwordKeys: PasswordKeys;
  log: Log;
}

export type Vaults = ReturnType<typeof makeVaults>;

/** Memories and their passwords. */
export function makeVaults(deps: VaultsDeps) {
  const { db, transact, audit, memories, unlocked, ciphers, sealing, passwordKeys, log } = deps;
  const attempts = makeAttempts({ db });
  const rotation = makeRotation(deps);
  const tryPassword = makeTryPassword({ ...deps, attempts });

  async function find(viewer: Viewer, urn: string): Promise<Memory | undefined> {
    const id = parseMemoryUrn(urn);
    const memory = id === undefined ? undefined : await memories.find(id);
    return memory && mayReadMemory(viewer, memory) ? memory : undefined;
  }

  async function getOwn(viewer: UserViewer, urn: string): Promise<Memory> {
    const memory = await find(viewer, urn);
    if (memory === undefined) throw notFound('The memory');
    return memory;
  }

  /** For the session, and for the agent as long as the session uses it. Throws STORAGE_UNAVAILABLE. */
  async function keepUnlocked(viewer: UserViewer, memory: Memory, vault: VaultRef, keys: DataKeys) {
    for (const holder of [sessionHolder(viewer), agentHolder(memory)])
      await unlocked.put(vault, holder, keys);
  }

  /** After a commit, which stands: what cannot be kept unlocked has to be unlocked again, and nothing has failed. */
  async function keepUnlockedIfPossible(
    viewer: UserViewer,
    memory: Memory,
    vault: VaultRef,
    keys: DataKeys,
  ): Promise<void> {
    await keepUnlocked(viewer, memory, vault, keys).catch((error: unknown) =>
      log.warn({ error, memoryId: memory.id }, 'a memory has to be unlocked again'),
    );
  }

  async function unlock(viewer: UserViewer, opened: Opened): Promise<Memory> {
    const { memory, passwordKey } = opened;
    const urn = toMemoryUrn(memory.id);
    const [wasUnlocked] = await ciphers.listUnlocked(viewer, [memory]);
    if (!wasUnlocked) await transact((tx) => audit.record(tx, viewer, 'unlockMemory', urn, {}));
    await rotation.rotateIfDue(opened);
    // It may have got a key, here or elsewhere, or another password.
    const vault = await makeVaultStore(db).find(memory.id);
    const keys = vault && unwrapAll(passwordKey, vault);
    if (vault === undefined || keys === undefined) throw wrongPassword();
    try {
      await sealing.resume(vault, keys);
      await keepUnlocked(viewer, memory, vault, keys);
    } finally {
      wipe(keys);
    }
    return getOwn(viewer, urn);
  }

  /** false when another call has encrypted it meanwhile. */
  async function insert(viewer: UserViewer, memory: Memory, vault: Vault): Promise<boolean> {
    const { memoryId } = vault;
    return transact(async (tx) => {
      // Waits for whoever is writing something of it; whoever comes later writes it sealed.
      if ((await memories.lockKeyVersion(tx, memoryId)) !== null) return false;
      await memories.setKeyVersion(tx, memoryId, 1);
      await makeVaultStore(tx.db).insert(vault);
      await sealing.begin(tx, memory);
      await audit.record(tx, viewer, 'encryptMemory', toMemoryUrn(memoryId), {});
      return true;
    });
  }

  async function encrypt(
    viewer: UserViewer,
    memory: Memory,
    password: string,
    caller: Caller,
  ): Promise<boolean> {
    await attempts.begin(viewer, caller.address);
    const of = { orgId: memory.orgId, memoryId: memory.id };
    const parameters = newParameters();
    const isMade = await passwordKeys.withKey(password, parameters, caller.signal, async (passwordKey) => {
      const keys = new Map([[1, newDataKey()]]);
      try {
        const wrapped = wrapAll(passwordKey, of, keys);
        const vault = { ...of, wrapId: newId(), parameters, isRotationDue: false, keys: wrapped };
        await sealing.prepare(vault, keys);
        if (!(await insert(viewer, memory, vault))) {
          await sealing.forget(vault);
          return false;
        }
        await keepUnlockedIfPossible(viewer, memory, vault, keys);
        return true;
      } finally {
        wipe(keys);
      }
    });
    await attempts.succeed(viewer, caller.address);
    return isMade;
  }

  /** The same keys under another password; false when it has another, or other keys, by now. */
  async function rewrap(
    viewer: UserViewer,
    { memory, vault, keys }: Opened,
    newPassword: string,
    caller: Caller,
  ): Promise<boolean> {
    const parameters = newParameters();
    const next = await passwordKeys.withKey(newPassword, parameters, caller.signal, (passwordKey) => ({
      ...vault,
      wrapId: newId(),
      parameters,
      keys: wrapAll(passwordKey, vault, keys),
    }));
    await sealing.prepare(next, keys);
    const isDone = await transact(async (tx) => {
      // A key that was added meanwhile must not be lost.
      if ((await memories.lockKeyVersion(tx, memory.id)) !== newestVersion(keys)) return false;
      const rows = makeVaultStore(tx.db);
      if (!(await rows.replaceWrap(vault.wrapId, next))) return false;
      await rows.replaceKeys(memory.id, next.keys);
      await sealing.proceed(tx, memory.id);
      await audit.record(tx, viewer, 'changeMemoryPassword', toMemoryUrn(memory.id), {});
      return true;
    });
    await sealing.forget(isDone ? vault : next);
    if (isDone) await keepUnlockedIfPossible(viewer, memory, next, keys);
    return isDone;
  }

  async function changeMemoryPassword(
    viewer: Viewer,
    urn: string,
    { password, newPassword }: { password: string; newPassword: string },
    caller: Caller,
  ): Promise<Memory> {
    assertUser(viewer);
    assertPassword(password, 'password');
    assertNewPassword(newPassword, 'newPassword');
    const memory = await find(viewer, urn);
    if (memory?.keyVersion === null) throw badInput('urn', 'This memory is not encrypted.');
    const isDone = await tryPassword(viewer, { memory, action: 'changeMemoryPassword' }, caller, [
      { password, work: (opened) => rewrap(viewer, opened, newPassword, caller) },
      // It has the new one: this is the same call again, whose answer was lost.
      {
        password: newPassword,
        work: async (opened) => {
          await unlock(viewer, opened);
          return true;
        },
      },
    ]);
    // What was changed meanwhile decides whether the old password is still the right one.
    return isDone
      ? getOwn(viewer, urn)
      : changeMemoryPassword(viewer, urn, { password, newPassword }, caller);
  }

  return {
    /** A memory that the viewer may read: their own, or, for an App, one of its agent. undefined otherwise. */
    find,

    /** The person's own, one for each agent that has asked them. PERMISSION_DENIED to programs, which have none. */
    async listOwn(viewer: Viewer): Promise<Memory[]> {
      assertUser(viewer);
      return memories.listOfPerson(viewer.orgId, viewer.id);
    },

    /** In their order, for a loader: whether each is unlocked for the viewer. */
    listUnlocked: (viewer: Viewer, asked: readonly Memory[]) => ciphers.listUnlocked(viewer, asked),

    /**
     * Encrypts it, and unlocks it for this session, unless that cannot be kept any more once it is done; what it holds
     * is hidden at once and sealed while it is used. Encrypting it again is unlocking it. Throws PERMISSION_DENIED,
     * NOT_FOUND, BAD_USER_INPUT, RATE_LIMITED, WRONG_PASSWORD (it is encrypted, with another password),
     * STORAGE_UNAVAILABLE (nothing can be unlocked now).
     */
    async encryptMemory(viewer: Viewer, urn: string, password: string, caller: Caller): Promise<Memory> {
      assertUser(viewer);
      assertNewPassword(password, 'password');
      const memory = await getOwn(viewer, urn);
      if (memory.keyVersion === null && (await encrypt(viewer, memory, password, caller))) {
        return getOwn(viewer, urn);
      }
      return tryPassword(viewer, { memory, action: 'encryptMemory' }, caller, [
        { password, work: (opened) => unlock(viewer, opened) },
      ]);
    },

    /**
     * For this session, and for the agent's App until the session leaves it unused or locks it. One that is not
     * encrypted stays as it is. Throws PERMISSION_DENIED, BAD_USER_INPUT, RATE_LIMITED, STORAGE_UNAVAILABLE, and
     * WRONG_PASSWORD, also where there is no such memory.
     */
    async unlockMemory(viewer: Viewer, urn: string, password: string, caller: Caller): Promise<Memory> {
      assertUser(viewer);
      assertPassword(password, 'password');
      const memory = await find(viewer, urn);
      if (memory?.keyVersion === null) return memory;
      return tryPassword(viewer, { memory, action: 'unlockMemory' }, caller, [
        { password, work: (opened) => unlock(viewer, opened) },
      ]);
    },

    /**
     * For this session and for the agent's App; other sessions go on. Locking what is locked changes nothing. Throws
     * PERMISSION_DENIED, NOT_FOUND, STORAGE_UNAVAILABLE (it is still unlocked).
     */
    async lockMemory(viewer: Viewer, urn: string): Promise<Memory> {
      assertUser(viewer);
      const memory = await getOwn(viewer, urn);
      if (memory.keyVersion === null) return memory;
      const [wasUnlocked] = await ciphers.listUnlocked(viewer, [memory]);
      for (const holder of [sessionHolder(viewer), agentHolder(memory)])
        await unlocked.drop(memory.id, holder);
      if (wasUnlocked) await transact((tx) => audit.record(tx, viewer, 'lockMemory', urn, {}));
      return memory;
    },

    /**
     * Locks every other session; this one stays unlocked, unless that cannot be kept any more once it is done. Done
     * again, which finds the new password in place, it unlocks this session. Throws as `unlockMemory`, and
     * BAD_USER_INPUT for a memory of the person's own that is not encrypted.
     */
    changeMemoryPassword,

    demandRotation: rotation.demand,
    forgetEndedAttempts: () => attempts.forgetEnded(),
  };
}

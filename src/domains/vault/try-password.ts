import type { Db, Transact } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import type { UserViewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import { toMemoryUrn, type Memory } from '../memories/memory.js';
import type { Attempts } from './attempts.js';
import type { DataKeys } from './memory-cipher.js';
import type { PasswordKeys } from './password.js';
import { makeDecoy, unwrapAll, wipe, wrongPassword, type Vault } from './vault.js';
import { makeVaultStore } from './vault.store.js';

/** Of one request, besides its viewer. */
export interface Caller {
  /** Where it comes from, as far as can be told. */
  readonly address: string;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

/** What the right password opens, for the time of the work alone. */
export interface Opened {
  readonly memory: Memory;
  readonly vault: Vault;
  readonly keys: DataKeys;
  readonly passwordKey: Buffer;
}

/** What is done where this is the password. */
export interface Way<T> {
  readonly password: string;
  readonly work: (opened: Opened) => Promise<T>;
}

export interface TryPasswordDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  attempts: Attempts;
  passwordKeys: PasswordKeys;
}

export type TryPassword = ReturnType<typeof makeTryPassword>;

export function makeTryPassword({ db, transact, audit, attempts, passwordKeys }: TryPasswordDeps) {
  const store = makeVaultStore(db);

  /** Of a memory that is not theirs nothing is recorded, as of one that does not exist. */
  async function recordFailure(viewer: UserViewer, action: string, memory: Memory | undefined) {
    if (memory === undefined) return;
    await transact((tx) =>
      audit.record(tx, viewer, action, toMemoryUrn(memory.id), { refusal: 'WRONG_PASSWORD' }),
    );
  }

  /**
   * Goes the first of the ways whose password opens the memory; each that is tried counts as an attempt.
   * `memory` is undefined where the viewer has none such: the work and the answer are the same then. `action` is the
   * mutation. Throws RATE_LIMITED, WRONG_PASSWORD, and what the way's work throws.
   */
  return async function tryPassword<T>(
    viewer: UserViewer,
    { memory, action }: { memory: Memory | undefined; action: string },
    caller: Caller,
    ways: readonly Way<T>[],
  ): Promise<T> {
    const vault = (await store.find(memory?.id ?? newId())) ?? makeDecoy();
    for (const [index, { password, work }] of ways.entries()) {
      await attempts.begin(viewer, caller.address);
      const gone = await passwordKeys.withKey(
        password,
        vault.parameters,
        caller.signal,
        async (passwordKey) => {
          const keys = unwrapAll(passwordKey, vault);
          if (keys === undefined || memory === undefined) return undefined;
          try {
            for (let tried = 0; tried <= index; tried += 1) await attempts.succeed(viewer, caller.address);
            return { result: await work({ memory, vault, keys, passwordKey }) };
          } finally {
            wipe(keys);
          }
        },
      );
      if (gone !== undefined) return gone.result;
    }
    await recordFailure(viewer, action, memory);
    throw wrongPassword();
  };
}

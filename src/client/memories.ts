import { AskfileError } from './errors.js';
import {
  ChangeMemoryPassword,
  EncryptMemory,
  GetMemory,
  LockMemory,
  Memories,
  UnlockMemory,
} from './generated/documents.js';
import type { Execute } from './http.js';
import { isTransient, retrying, type RetryPolicy } from './retry.js';
import type { Memory } from './types.js';

/** A key is derived for it, after those of others. */
const DERIVATION_TIMEOUT_MS = 60_000;

/** A try is counted by the service: one that came too often is not made again by itself. */
const isRetryable = (error: unknown) =>
  isTransient(error) && !(error instanceof AskfileError && error.code === 'RATE_LIMITED');

/** What the person does with their memories. Passwords are sent, and kept nowhere. */
export function makeMemories({ execute, policy }: { execute: Execute; policy: RetryPolicy }) {
  const derived = { timeoutMs: DERIVATION_TIMEOUT_MS };
  const careful = { policy, isRetryable };

  return {
    /** One for each agent that has asked the person. Throws `AskfileError`. */
    async list(): Promise<readonly Memory[]> {
      return (await retrying(() => execute(Memories, {}), { policy })).memories;
    },

    /** undefined when the person has none such. Throws `AskfileError`. */
    async get(urn: string): Promise<Memory | undefined> {
      return (await retrying(() => execute(GetMemory, { urn }), { policy })).memory ?? undefined;
    },

    /**
     * Encrypts the names in it, and unlocks it for this sign-in. Nobody can tell a forgotten password. Encrypting it
     * again is unlocking it. Throws `AskfileError`: BAD_USER_INPUT (8 to 256 characters), WRONG_PASSWORD,
     * RATE_LIMITED, NOT_FOUND, …
     */
    async encrypt(urn: string, password: string): Promise<Memory> {
      return (await retrying(() => execute(EncryptMemory, { urn, password }, derived), careful))
        .encryptMemory;
    },

    /** Throws `AskfileError`: WRONG_PASSWORD, RATE_LIMITED (`extensions.retryAfterSeconds`), … */
    async unlock(urn: string, password: string): Promise<Memory> {
      return (await retrying(() => execute(UnlockMemory, { urn, password }, derived), careful)).unlockMemory;
    },

    /** Throws `AskfileError`: NOT_FOUND, … */
    async lock(urn: string): Promise<Memory> {
      return (await retrying(() => execute(LockMemory, { urn }), { policy })).lockMemory;
    },

    /**
     * Locks it for every other sign-in. Throws `AskfileError`: WRONG_PASSWORD, BAD_USER_INPUT, RATE_LIMITED, …; where
     * the answer was lost, WRONG_PASSWORD may mean that it was changed.
     */
    async changePassword(urn: string, passwords: { from: string; to: string }): Promise<Memory> {
      const variables = { urn, password: passwords.from, newPassword: passwords.to };
      return (await retrying(() => execute(ChangeMemoryPassword, variables, derived), careful))
        .changeMemoryPassword;
    },
  };
}

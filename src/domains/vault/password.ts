import { randomBytes } from 'node:crypto';
import { badInput } from '../../core/errors.js';
import { makeSemaphore } from '../../core/semaphore.js';
import { isStorable } from '../../core/text.js';

/** What Argon2id (RFC 9106) was told; stored beside what it derived, so that they may change later. */
export interface DerivationParameters {
  /** base64url, 16 random bytes. */
  readonly salt: string;
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Argon2id, version 1.3. Resolves with 32 bytes; the caller overwrites them. Runs beside the event loop. */
export type DeriveKey = (password: Buffer, parameters: DerivationParameters) => Promise<Buffer>;

/** 64 MiB: RFC 9106's second choice, some 160 ms. */
const parametersNow = { memoryKib: 64 * 1024, passes: 3, lanes: 4 };

export function newParameters(): DerivationParameters {
  return { salt: randomBytes(16).toString('base64url'), ...parametersNow };
}

export const minPasswordLength = 8;
/** Nobody types more, and whatever is given is hashed. */
export const maxPasswordLength = 256;

/** A password that was chosen just now. Throws BAD_USER_INPUT. */
export function assertNewPassword(password: string, field: string): void {
  if (password.length < minPasswordLength || password.length > maxPasswordLength) {
    throw badInput(field, `Choose a password of ${minPasswordLength} to ${maxPasswordLength} characters.`);
  }
  // Another would open what it closed.
  if (!isStorable(password)) throw badInput(field, 'The password has characters that are none.');
}

/** A password to try. Throws BAD_USER_INPUT. */
export function assertPassword(password: string, field: string): void {
  if (password.length > maxPasswordLength) {
    throw badInput(field, `A password has ${maxPasswordLength} characters at most.`);
  }
}

/** Each takes 64 MiB while it runs: so many at once in one process, the others wait in order. */
const maxAtOnce = 4;

export type PasswordKeys = ReturnType<typeof makePasswordKeys>;

/** Keys from passwords, a few at a time. */
export function makePasswordKeys(derive: DeriveKey) {
  const run = makeSemaphore(maxAtOnce);

  return {
    /**
     * Hands the key to `work` and overwrites it afterwards. Throws the signal's reason when the caller is gone before
     * it was its turn; what `work` throws.
     */
    async withKey<T>(
      password: string,
      parameters: DerivationParameters,
      signal: AbortSignal,
      work: (passwordKey: Buffer) => Promise<T> | T,
    ): Promise<T> {
      const key = await run(() => deriveFrom(password, parameters), signal);
      try {
        return await work(key);
      } finally {
        key.fill(0);
      }
    },
  };

  async function deriveFrom(password: string, parameters: DerivationParameters): Promise<Buffer> {
    // The same password however a device composes its accents.
    const bytes = Buffer.from(password.normalize('NFKC'));
    try {
      return await derive(bytes, parameters);
    } finally {
      bytes.fill(0);
    }
  }
}

import { AppError } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { toMemoryUrn } from '../memories/memory.js';
import { dataKeyBytes, type DataKeys } from './memory-cipher.js';
import { newParameters, type DerivationParameters } from './password.js';
import { newDataKey, unwrapKey, wrapKey } from './wrapped-key.js';

/** What is stored of an encrypted memory's keys. */
export interface Vault {
  readonly memoryId: string;
  readonly orgId: string;
  /** New with every password. */
  readonly wrapId: string;
  readonly parameters: DerivationParameters;
  readonly isRotationDue: boolean;
  readonly keys: readonly WrappedKey[];
}

export interface WrappedKey {
  readonly version: number;
  readonly wrappedKey: string;
}

/** All of its keys; undefined when the password is another. Whoever unwraps them overwrites them. */
export function unwrapAll(passwordKey: Buffer, vault: Vault): DataKeys | undefined {
  const keys = new Map<number, Buffer>();
  for (const { version, wrappedKey } of vault.keys) {
    const key = unwrapKey(passwordKey, { ...vault, version }, wrappedKey);
    if (key === undefined) {
      wipe(keys);
      return undefined;
    }
    keys.set(version, key);
  }
  return keys;
}

export function wrapAll(
  passwordKey: Buffer,
  of: Pick<Vault, 'orgId' | 'memoryId'>,
  keys: DataKeys,
): WrappedKey[] {
  return [...keys].map(([version, key]) => ({
    version,
    wrappedKey: wrapKey(passwordKey, { ...of, version }, key),
  }));
}

/** Of the key that seals. */
export function newestVersion(keys: DataKeys): number {
  return Math.max(...keys.keys());
}

export function wipe(keys: DataKeys): void {
  for (const key of keys.values()) key.fill(0);
}

/** For a memory that is not there: no password opens it, and trying takes as long as with one that is. */
export function makeDecoy(): Vault {
  const of = { orgId: newId(), memoryId: newId() };
  const keys = wrapAll(newDataKey(), of, new Map([[1, Buffer.alloc(dataKeyBytes)]]));
  return { ...of, wrapId: newId(), parameters: newParameters(), isRotationDue: false, keys };
}

export function memoryLocked(memoryId: string, cause?: unknown): AppError {
  return new AppError(
    'MEMORY_LOCKED',
    'This conversation needs your password to unlock your private memory before it can continue. Please re-enter your password and try again.',
    { extensions: { memoryUrn: toMemoryUrn(memoryId) }, cause },
  );
}

/** The same whether or not there is such a memory. */
export function wrongPassword(): AppError {
  return new AppError('WRONG_PASSWORD', 'This is not the password of this memory.');
}

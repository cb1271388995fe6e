import { openBytes, sealBytes } from '../../core/aead.js';

export const dataKeyBytes = 32;

/** The unwrapped keys of one memory, by version. Their holder overwrites them as soon as the work is done. */
export type DataKeys = ReadonlyMap<number, Buffer>;

/** A row whose values are sealed. The same value sealed for another row, field, memory or tenant does not open. */
export interface SealedRow {
  readonly kind: 'asset' | 'upload';
  readonly id: string;
}

export type SealedField = 'filename' | 'description' | 'storageKey';

/** A sealed value that is not what was sealed there: changed, or moved from elsewhere. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

export type MemoryCipher = ReturnType<typeof makeMemoryCipher>;

/** Seals and opens the values of one memory, with keys that are good for the time of one piece of work. */
export function makeMemoryCipher(of: { orgId: string; memoryId: string }, keys: DataKeys) {
  const keyVersion = Math.max(...keys.keys());

  function contextOf(row: SealedRow, field: SealedField, version: number): Buffer {
    return toContext('value', of.orgId, of.memoryId, row.kind, row.id, field, version);
  }

  function getKey(version: number): Buffer {
    const key = keys.get(version);
    if (key === undefined)
      throw new SealBrokenError('This value is sealed with a key that its memory does not have.');
    return key;
  }

  return {
    memoryId: of.memoryId,

    /** Of the newest key, which is the one that seals. */
    keyVersion,

    /** base64url. */
    seal(row: SealedRow, field: SealedField, text: string): string {
      const context = contextOf(row, field, keyVersion);
      return sealBytes(getKey(keyVersion), Buffer.from(text), context).toString('base64url');
    },

    /** Throws `SealBrokenError`. */
    open(row: SealedRow, field: SealedField, version: number, sealed: string): string {
      const bytes = Buffer.from(sealed, 'base64url');
      const opened = openBytes(getKey(version), bytes, contextOf(row, field, version));
      if (opened === undefined) throw new SealBrokenError('A sealed value is not what was sealed there.');
      return opened.toString('utf8');
    },
  };
}

/** What a sealed thing is bound to. JSON keeps the parts apart, whatever they hold. */
export function toContext(use: 'value' | 'key', ...parts: readonly (string | number)[]): Buffer {
  return Buffer.from(JSON.stringify(['askfile', use, ...parts]));
}

import type { MemoryCipher, SealedRow } from './memory-cipher.js';

/** What a file's people call it. */
export interface Names {
  readonly filename: string;
  readonly description: string | null;
}

/** The names of a row in an encrypted memory. The row itself has its id in their place. */
export interface SealedNames extends Names {
  /** Which row they were sealed for. */
  readonly row: SealedRow;
  /** Of the key that sealed them; 0: hidden only, and sealed soon. */
  readonly keyVersion: number;
}

export function sealNames(cipher: MemoryCipher, row: SealedRow, names: Names): SealedNames {
  const { filename, description } = names;
  return {
    row,
    keyVersion: cipher.keyVersion,
    filename: cipher.seal(row, 'filename', filename),
    description: description === null ? null : cipher.seal(row, 'description', description),
  };
}

/** Throws `SealBrokenError`. */
export function openNames(
  cipher: MemoryCipher,
  { row, keyVersion, filename, description }: SealedNames,
): Names {
  if (keyVersion === 0) return { filename, description };
  return {
    filename: cipher.open(row, 'filename', keyVersion, filename),
    description: description === null ? null : cipher.open(row, 'description', keyVersion, description),
  };
}

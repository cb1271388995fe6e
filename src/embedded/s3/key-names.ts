import { join } from 'node:path';

/*
 * A key is stored under the hex of its UTF-8 bytes. No key can leave its folder or mean anything to a file
 * system, `A` and `a` differ also where file names do not, and the folder alone tells every key: nothing else
 * has to be kept in step. Names end at 255 bytes, so a longer key goes on in a folder of its first 120 bytes.
 */
const hexPerName = 240;
const suffix = '.o';

/**
 * A key as one character a byte. Compared as plain strings these are in UTF-8 byte order, which is S3's, while
 * JavaScript's own strings compare by UTF-16.
 */
export type KeyBytes = string;

export function toKeyBytes(text: string): KeyBytes {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function fromKeyBytes(key: KeyBytes): string {
  return Buffer.from(key, 'latin1').toString('utf8');
}

/** Where the object of that key is, inside the folder of all. The key is not empty. */
export function toPath(key: KeyBytes): string {
  const hex = Buffer.from(key, 'latin1').toString('hex');
  const names = hex.match(new RegExp(`.{1,${hexPerName}}`, 'g')) ?? [];
  return join(...names) + suffix;
}

/** The key of a file, from the names of its folders and its own; undefined for what is no object. */
export function keyOfPath(folders: readonly string[], file: string): KeyBytes | undefined {
  const hex = folders.join('') + file.slice(0, -suffix.length);
  if (!file.endsWith(suffix) || !/^(?:[0-9a-f]{2})+$/.test(hex)) return undefined;
  return Buffer.from(hex, 'hex').toString('latin1');
}

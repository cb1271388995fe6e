import type { Log } from '../../core/log.js';
import type { Viewer } from '../../core/viewer.js';
import type { MemoryCiphers } from './memory-ciphers.js';
import { SealBrokenError, type MemoryCipher } from './memory-cipher.js';
import { openNames, type Names, type SealedNames } from './sealed-names.js';

/** Something with names, which are sealed where it is in an encrypted memory. */
export interface Named extends Names {
  readonly id: string;
  readonly memoryId: string | null;
  readonly sealed: SealedNames | null;
}

export type ShowNames = ReturnType<typeof makeShowNames>;

/** Opens names for whoever has unlocked their memory. */
export function makeShowNames({ ciphers, log }: { ciphers: MemoryCiphers; log: Log }) {
  function open<T extends Named>(row: T, cipher: MemoryCipher): T {
    if (row.sealed === null) return row;
    try {
      return { ...row, ...openNames(cipher, row.sealed), sealed: null };
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      // One row that was tampered with must not hide all others.
      log.error({ error, id: row.id, memoryId: row.memoryId }, 'sealed names do not open');
      return row;
    }
  }

  /**
   * In their order. What is unlocked for the viewer has its names, and `sealed` is null; the others stay as they are,
   * with their ids for names. One query where any is sealed, none otherwise. Whether the viewer may see the rows at all
   * is asked by the caller.
   */
  return async function showNames<T extends Named>(viewer: Viewer, rows: readonly T[]): Promise<T[]> {
    const memoryIds = rows.flatMap(({ sealed, memoryId }) => (sealed === null ? [] : (memoryId ?? [])));
    if (memoryIds.length === 0) return [...rows];
    return ciphers.withCiphers(viewer, memoryIds, (found) =>
      rows.map((row) => {
        const cipher = found.get(row.memoryId ?? '');
        return cipher === undefined ? row : open(row, cipher);
      }),
    );
  };
}

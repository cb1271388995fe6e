import type { KeyBytes } from './key-names.js';

/** Every key of a bucket in order, in memory: about 100 bytes a key, a list page without reading the folder. */
export function makeKeyIndex(initial: readonly KeyBytes[]) {
  const keys = [...initial].sort();

  /** The position of the first key that is not below `bound`. */
  function seek(bound: KeyBytes): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // In range by construction.
      if ((keys[middle] ?? '') < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(key: KeyBytes): void {
      const at = seek(key);
      if (keys[at] !== key) keys.splice(at, 0, key);
    },
    remove(key: KeyBytes): void {
      const at = seek(key);
      if (keys[at] === key) keys.splice(at, 1);
    },
    seek,
    at: (position: number): KeyBytes | undefined => keys[position],
  };
}

export type KeyIndex = ReturnType<typeof makeKeyIndex>;

export type PageEntry = { readonly key: KeyBytes } | { readonly commonPrefix: KeyBytes };

export interface PageRequest {
  readonly prefix: KeyBytes;
  readonly delimiter: KeyBytes | undefined;
  /** Only keys above this. */
  readonly startAfter: KeyBytes;
  /** Where the page before ended: a key, or a common prefix of which no key is shown again. */
  readonly resumeAfter: PageEntry | undefined;
  readonly maxEntries: number;
}

/** One page of a listing. `next` is where to resume; undefined when this was the last. */
export function selectPage(
  index: Pick<KeyIndex, 'seek' | 'at'>,
  request: PageRequest,
): { entries: PageEntry[]; next: PageEntry | undefined } {
  const { prefix, delimiter, maxEntries } = request;
  const starts = [index.seek(prefix), index.seek(above(request.startAfter))];
  if (request.resumeAfter) {
    const resume = request.resumeAfter;
    starts.push(index.seek('key' in resume ? above(resume.key) : aboveAllWith(resume.commonPrefix)));
  }
  const entries: PageEntry[] = [];
  if (maxEntries === 0) return { entries, next: undefined };
  for (let at = Math.max(...starts); ;) {
    const key = index.at(at);
    if (key === undefined || !key.startsWith(prefix)) return { entries, next: undefined };
    if (entries.length === maxEntries) return { entries, next: entries.at(-1) };
    const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    if (delimiter !== undefined && cut >= 0) {
      const commonPrefix = key.slice(0, cut + delimiter.length);
      entries.push({ commonPrefix });
      at = index.seek(aboveAllWith(commonPrefix));
    } else {
      entries.push({ key });
      at += 1;
    }
  }
}

/** The lowest possible key above `key`; for '' the lowest of all. */
function above(key: KeyBytes): KeyBytes {
  return key === '' ? '' : `${key}\0`;
}

/** Above every key that starts with `prefix`: UTF-8 has no byte 0xff. */
function aboveAllWith(prefix: KeyBytes): KeyBytes {
  return `${prefix}\xff`;
}

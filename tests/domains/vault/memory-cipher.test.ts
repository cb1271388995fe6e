import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/core/ids.js';
import {
  makeMemoryCipher,
  SealBrokenError,
  type SealedField,
  type SealedRow,
} from '../../../src/domains/vault/memory-cipher.js';
import { newDataKey, unwrapKey, wrapKey } from '../../../src/domains/vault/wrapped-key.js';

/** Where a value may be sealed: two of each part of its identity, so that every pair differs in something. */
interface Place {
  readonly orgId: string;
  readonly memoryId: string;
  readonly row: SealedRow;
  readonly field: SealedField;
  readonly version: number;
}

const [orgs, memories, ids] = [
  [newId(), newId()],
  [newId(), newId()],
  [newId(), newId()],
];
const places: Place[] = orgs.flatMap((orgId) =>
  memories.flatMap((memoryId) =>
    (['asset', 'upload'] as const).flatMap((kind) =>
      ids.flatMap((id) =>
        (['filename', 'description', 'storageKey'] as const).flatMap((field) =>
          [1, 2].map((version) => ({ orgId, memoryId, row: { kind, id }, field, version })),
        ),
      ),
    ),
  ),
);

test('a value opens where it was sealed, and in no other row, field, memory, tenant or version, even under one key', () => {
  const key = newDataKey();
  // The worst case: the same key everywhere. Only the context keeps the places apart.
  const cipherOf = ({ orgId, memoryId, version }: Place) =>
    makeMemoryCipher({ orgId, memoryId }, new Map([[version, key]]));
  const sealed = places.map((place) => cipherOf(place).seal(place.row, place.field, 'will.pdf'));
  const opened = sealed.map((value) =>
    places.flatMap((place, to) => (doesOpen(() => openAt(place, value)) ? [to] : [])),
  );
  expect(opened).toEqual(places.map((_, place) => [place]));

  function openAt(place: Place, value: string): string {
    return cipherOf(place).open(place.row, place.field, place.version, value);
  }
});

function doesOpen(open: () => string): boolean {
  try {
    return open() === 'will.pdf';
  } catch (error) {
    if (error instanceof SealBrokenError) return false;
    throw error;
  }
}

test('no part of a place can be read as the end of another', () => {
  const keys = new Map([[1, newDataKey()]]);
  const row = { kind: 'asset', id: 'c' } as const;
  const sealed = makeMemoryCipher({ orgId: 'a', memoryId: 'b","x' }, keys).seal(row, 'filename', 'will.pdf');
  const other = makeMemoryCipher({ orgId: 'a","b', memoryId: 'x' }, keys);
  expect(() => other.open(row, 'filename', 1, sealed)).toThrow(SealBrokenError);
});

test('sealing the same value again shows nothing of its being the same', () => {
  const cipher = makeMemoryCipher({ orgId: 'a', memoryId: 'b' }, new Map([[1, newDataKey()]]));
  const row = { kind: 'asset', id: 'c' } as const;
  const sealed = Array.from({ length: 100 }, () => cipher.seal(row, 'filename', 'will.pdf'));
  expect(new Set(sealed).size).toBe(100);
});

test('the newest key seals, and the older ones still open', () => {
  const [first, second] = [newDataKey(), newDataKey()];
  const place = { orgId: newId(), memoryId: newId() };
  const row = { kind: 'upload', id: newId() } as const;
  const before = makeMemoryCipher(place, new Map([[1, first]]));
  const both = makeMemoryCipher(
    place,
    new Map([
      [1, first],
      [2, second],
    ]),
  );
  const [old, young] = [before, both].map((cipher) => cipher.seal(row, 'description', 'a letter'));
  expect([before.keyVersion, both.keyVersion]).toEqual([1, 2]);
  expect(both.open(row, 'description', 1, old ?? '')).toBe('a letter');
  expect(both.open(row, 'description', 2, young ?? '')).toBe('a letter');
  expect(() => before.open(row, 'description', 2, young ?? '')).toThrow(SealBrokenError);
  expect(() => both.open(row, 'description', 2, old ?? '')).toThrow(SealBrokenError);
});

test('any text comes back as it was', () => {
  const cipher = makeMemoryCipher({ orgId: 'a', memoryId: 'b' }, new Map([[1, newDataKey()]]));
  const row = { kind: 'asset', id: 'c' } as const;
  for (const text of ['', 'résumé.pdf', '家計簿.xlsx', 'a'.repeat(2000), '\u0000\n👩‍👩‍👧']) {
    expect(cipher.open(row, 'filename', 1, cipher.seal(row, 'filename', text))).toBe(text);
  }
});

describe('a wrapped key', () => {
  const place = { orgId: newId(), memoryId: newId(), version: 1 };
  const [passwordKey, dataKey] = [randomBytes(32), newDataKey()];

  test('is unwrapped by the key that wrapped it, and by no other', () => {
    const wrapped = wrapKey(passwordKey, place, dataKey);
    expect(unwrapKey(passwordKey, place, wrapped)).toEqual(dataKey);
    expect(unwrapKey(randomBytes(32), place, wrapped)).toBeUndefined();
    expect(unwrapKey(passwordKey, place, `${wrapped.slice(0, -2)}AA`)).toBeUndefined();
    expect(unwrapKey(passwordKey, place, '')).toBeUndefined();
  });

  test('serves no other memory, tenant or version', () => {
    const wrapped = wrapKey(passwordKey, place, dataKey);
    for (const other of [{ orgId: newId() }, { memoryId: newId() }, { version: 2 }]) {
      expect(unwrapKey(passwordKey, { ...place, ...other }, wrapped)).toBeUndefined();
    }
  });

  test('is no value, and a value is no wrapped key', () => {
    const { orgId, memoryId } = place;
    const cipher = makeMemoryCipher({ orgId, memoryId }, new Map([[1, dataKey]]));
    const value = cipher.seal({ kind: 'asset', id: newId() }, 'filename', 'will.pdf');
    expect(unwrapKey(dataKey, place, value)).toBeUndefined();
  });
});

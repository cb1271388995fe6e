import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { makeKeyIndex, selectPage } from '../../../src/embedded/s3/key-index.js';
import type { PageEntry } from '../../../src/embedded/s3/key-index.js';
import { fromKeyBytes, keyOfPath, toKeyBytes, toPath } from '../../../src/embedded/s3/key-names.js';
import { bucket, sendSigned, useServer } from './harness.js';

const server = useServer();
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const keys = [
  'a',
  'a/1',
  'a/2',
  'a/b/1',
  'a/b/2',
  'a0',
  'b',
  'B',
  'é',
  '\uffee',
  '😀',
  'x y+z&<>',
  'x/\u0001',
];

async function listAll(input: Partial<ListObjectsV2CommandInput> = {}) {
  const found: string[] = [];
  const prefixes: string[] = [];
  let token: string | undefined;
  do {
    const page = await server.client().send(
      new ListObjectsV2Command({
        Bucket: bucket,
        EncodingType: 'url',
        ...input,
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    found.push(...(page.Contents ?? []).map(({ Key = '' }) => decodeURIComponent(Key)));
    prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => decodeURIComponent(Prefix)));
    expect(page.KeyCount).toBe((page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0));
    token = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(token !== undefined);
  } while (token !== undefined);
  return { keys: found, prefixes };
}

beforeAll(async () => {
  const client = server.client();
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
});

describe('ListObjectsV2', () => {
  it('lists in the order of UTF-8 bytes, whatever the page size', async () => {
    const sorted = [...keys].sort(byBytes);
    // A plain sort would put the emoji, a surrogate pair in JavaScript, before U+FFEE.
    expect([...keys].sort()).not.toEqual(sorted);
    for (const MaxKeys of [1, 2, 5, 1000]) expect((await listAll({ MaxKeys })).keys).toEqual(sorted);
  });

  it('keeps to the prefix and starts behind a key', async () => {
    expect((await listAll({ Prefix: 'a/' })).keys).toEqual(['a/1', 'a/2', 'a/b/1', 'a/b/2']);
    expect((await listAll({ Prefix: 'a', StartAfter: 'a/2' })).keys).toEqual(['a/b/1', 'a/b/2', 'a0']);
    expect((await listAll({ Prefix: 'none' })).keys).toEqual([]);
  });

  it('rolls up what has the delimiter behind the prefix', async () => {
    for (const MaxKeys of [1, 2, 1000]) {
      expect(await listAll({ Delimiter: '/', Prefix: 'a', MaxKeys })).toEqual({
        keys: ['a', 'a0'],
        prefixes: ['a/'],
      });
      expect(await listAll({ Delimiter: '/', Prefix: 'a/', MaxKeys })).toEqual({
        keys: ['a/1', 'a/2'],
        prefixes: ['a/b/'],
      });
    }
  });

  it('tells size, ETag and owner', async () => {
    const page = await server
      .client()
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'a/1', FetchOwner: true }));
    expect(page.Contents).toMatchObject([
      { Key: 'a/1', Size: 3, ETag: '"32a390517fcc6e43df5fc5f2c94699e1"', Owner: { ID: 'askfile' } },
    ]);
    expect(page.Contents?.[0]?.LastModified).toBeInstanceOf(Date);
  });

  it('escapes keys for XML, and by percent when asked to', async () => {
    const plain = await sendSigned(server.endpoint(), {
      method: 'GET',
      path: `/${bucket}?list-type=2&prefix=x`,
    });
    expect(plain.text).toContain('<Key>x y+z&amp;&lt;&gt;</Key>');
    expect(plain.text).toContain('<Key>x/&#x1;</Key>');
    const path = `/${bucket}?encoding-type=url&list-type=2&prefix=x`;
    const encoded = await sendSigned(server.endpoint(), { method: 'GET', path });
    expect(encoded.text).toContain('<Key>x%20y%2Bz%26%3C%3E</Key>');
    expect(encoded.text).toContain('<Key>x/%01</Key>');
  });

  it('lists nothing for max-keys 0, and refuses what is no number or token', async () => {
    expect(
      (await server.client().send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 0 }))).KeyCount,
    ).toBe(0);
    for (const query of [
      'list-type=2&max-keys=-1',
      'list-type=2&max-keys=x',
      'continuation-token=AAA&list-type=2',
    ]) {
      const answer = await sendSigned(server.endpoint(), { method: 'GET', path: `/${bucket}?${query}` });
      expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' });
    }
  });

  it('no longer lists what was deleted', async () => {
    const Objects = ['gone/1', 'gone/2'].map((Key) => ({ Key }));
    for (const { Key } of Objects)
      await server.client().send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    expect((await listAll({ Prefix: 'gone/' })).keys).toEqual(['gone/1', 'gone/2']);
    await server.client().send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    expect((await listAll({ Prefix: 'gone/' })).keys).toEqual([]);
  });
});

const anyKey = fc
  .string({
    unit: fc.constantFrom('a', 'b', '/', '//', '-', 'é', '\uffee', '😀'),
    minLength: 1,
    maxLength: 6,
  })
  .map(toKeyBytes);

describe('the index of keys', () => {
  it('holds exactly what was added and not removed, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), anyKey)), (changes) => {
        const index = makeKeyIndex([]);
        const model = new Set<string>();
        for (const [adds, key] of changes) {
          index[adds ? 'add' : 'remove'](key);
          model[adds ? 'add' : 'delete'](key);
        }
        const held = Array.from({ length: model.size + 1 }, (_, at) => index.at(at));
        expect(held).toEqual([...[...model].sort(), undefined]);
        expect(held.slice(0, -1).map((key) => fromKeyBytes(key ?? ''))).toEqual(
          [...model].map(fromKeyBytes).sort(byBytes),
        );
      }),
    );
  });

  it('pages to the same list as looking at every key', () => {
    const page = fc.record({
      keys: fc.uniqueArray(anyKey, { maxLength: 30 }),
      prefix: fc.oneof(fc.constant(''), anyKey),
      delimiter: fc.constantFrom(undefined, '/', '//', 'a'),
      startAfter: fc.oneof(fc.constant(''), anyKey),
      maxEntries: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(page, ({ keys: all, ...request }) => {
        const index = makeKeyIndex(all);
        const paged: PageEntry[] = [];
        let resumeAfter: PageEntry | undefined;
        do {
          const { entries, next } = selectPage(index, { ...request, resumeAfter });
          expect(entries.length).toBeLessThanOrEqual(request.maxEntries);
          paged.push(...entries);
          resumeAfter = next;
        } while (resumeAfter);
        expect(paged).toEqual(everyEntry(all, request));
      }),
    );
  });
});

/** The definition, without an index. */
function everyEntry(
  all: readonly string[],
  { prefix, delimiter, startAfter }: { prefix: string; delimiter: string | undefined; startAfter: string },
): PageEntry[] {
  const entries = new Map<string, PageEntry>();
  for (const key of [...all].sort()) {
    if (!key.startsWith(prefix) || key <= startAfter) continue;
    const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const commonPrefix = key.slice(0, cut + (delimiter?.length ?? 0));
    entries.set(cut < 0 ? `k${key}` : `p${commonPrefix}`, cut < 0 ? { key } : { commonPrefix });
  }
  return [...entries.values()];
}

describe('the file of a key', () => {
  it('tells the key again, and has no name that a file system could mistake', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (text) => {
        const key = toKeyBytes(text);
        const names = toPath(key).split('/');
        expect(names.every((name) => /^[0-9a-f]{1,240}(\.o)?$/.test(name))).toBe(true);
        expect(keyOfPath(names.slice(0, -1), names.at(-1) ?? '')).toBe(key);
        expect(fromKeyBytes(key)).toBe(Buffer.from(text).toString());
      }),
    );
  });
});

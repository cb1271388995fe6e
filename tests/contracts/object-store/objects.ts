import { createHash, randomBytes } from 'node:crypto';
import type { ListedObject } from '../../../src/domains/storage/object-store.js';
import { ObjectChangedError } from '../../../src/domains/storage/object-store.js';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { newKey, put, readAll } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const body = Buffer.from('twelve bytes');
const oddKeys = [
  "it's (a) *key*!",
  'a b+c&d=e?f#g%20',
  'naïve/€/日本語/😀',
  'a;b:c@d$e,f~g`h^i|j',
  'quote"<>\\{}[]',
];

export function describeObjects(opened: () => OpenedObjectStore): void {
  const store = () => opened().store;
  async function list(prefix: string): Promise<ListedObject[]> {
    const found = [];
    for await (const object of store().list(prefix)) found.push(object);
    return found;
  }

  describe('objects', () => {
    test('head says undefined, read ASSET_BYTES_GONE, of what was never stored', async () => {
      expect(await store().head(newKey())).toBeUndefined();
      await expect(store().read(newKey())).rejects.toMatchObject({ code: 'ASSET_BYTES_GONE' });
    });

    test('delete takes the object away, and again succeeds', async () => {
      const key = newKey();
      await put(store(), key, body);
      await store().delete(key);
      await store().delete(key);
      expect(await store().head(key)).toBeUndefined();
      await expect(store().read(key)).rejects.toMatchObject({ code: 'ASSET_BYTES_GONE' });
    });

    test('overwriting changes the ETag', async () => {
      const key = newKey();
      const first = await put(store(), key, body);
      const second = await put(store(), key, Buffer.from('TWELVE BYTES'));
      expect(second.etag).not.toBe(first.etag);
    });

    test('keys may have any sign that survives a URL', async () => {
      for (const name of oddKeys) {
        const key = `odd/${name}`;
        await put(store(), key, body);
        expect(await readAll(await store().read(key))).toEqual(body);
        const asked = {
          key,
          contentType: 'text/plain',
          contentDisposition: 'attachment',
          expiresInSeconds: 30,
        };
        expect((await fetch((await store().presignGet(asked)).url)).status).toBe(200);
      }
      expect((await list('odd/')).map(({ key }) => key).sort()).toEqual(
        oddKeys.map((name) => `odd/${name}`).sort(),
      );
      for (const name of oddKeys) await store().delete(`odd/${name}`);
      expect(await list('odd/')).toEqual([]);
    });

    test('read gives the first bytes alone when asked', async () => {
      const key = newKey();
      await put(store(), key, body);
      expect(String(await readAll(await store().read(key, { byteCount: 6 })))).toBe('twelve');
      expect(await readAll(await store().read(key, { byteCount: 4096 }))).toEqual(body);
    });

    test('read gives nothing of an empty object', async () => {
      const key = newKey();
      await put(store(), key, Buffer.alloc(0));
      expect(await readAll(await store().read(key))).toHaveLength(0);
      expect(await readAll(await store().read(key, { byteCount: 4096 }))).toHaveLength(0);
    });

    test('read refuses with ObjectChangedError when the ETag is no longer the given one', async () => {
      const key = newKey();
      const { etag } = await put(store(), key, body);
      expect(await readAll(await store().read(key, { etag }))).toEqual(body);
      await put(store(), key, Buffer.from('TWELVE BYTES'));
      await expect(store().read(key, { etag })).rejects.toBeInstanceOf(ObjectChangedError);
    });

    test('read streams 20 MB whole, in pieces', async () => {
      const key = newKey('bin');
      const bytes = randomBytes(20_000_000);
      await put(store(), key, bytes, 'application/octet-stream');
      const hash = createHash('sha256');
      let largestPiece = 0;
      for await (const piece of await store().read(key)) {
        hash.update(piece as Buffer); // No encoding is set: always a Buffer.
        largestPiece = Math.max(largestPiece, (piece as Buffer).length);
      }
      expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(largestPiece).toBeLessThan(2_000_000);
      await store().delete(key);
    });

    test('list gives all that a prefix holds, over pages of 1000, in key order, and nothing else', async () => {
      const keys = Array.from({ length: 1005 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
      await put(store(), 'many-others', body);
      await inParallel(keys, putQuietly);
      const found = await list('many/');
      expect(found.map(({ key }) => key)).toEqual(keys);
      expect(found[0]).toEqual({ key: 'many/0000', sizeBytes: 12, lastModified: expect.any(Date) as Date });
      await inParallel(keys, (key) => store().delete(key));
      expect(await list('many/')).toEqual([]);
    });

    async function putQuietly(key: string): Promise<void> {
      const input = { key, contentType: 'text/plain', sizeBytes: body.length, expiresInSeconds: 300 };
      const { url, headers } = await store().presignPut(input);
      const response = await fetch(url, { method: 'PUT', headers, body });
      await response.arrayBuffer();
    }
  });

  describe('a bucket that is not there', () => {
    test('is an outage, never mistaken for objects that are gone', async () => {
      const missing = makeS3ObjectStore({ ...opened().config, bucket: 'askfile-no-such-bucket' });
      const unavailable = { code: 'STORAGE_UNAVAILABLE' };
      const copying = { from: 'a', to: 'b', etag: '"0"', contentType: 'text/plain' };
      await expect(missing.ping()).rejects.toMatchObject(unavailable);
      await expect(missing.head('a')).rejects.toMatchObject(unavailable);
      await expect(missing.read('a')).rejects.toMatchObject(unavailable);
      await expect(missing.delete('a')).rejects.toMatchObject(unavailable);
      await expect(missing.copy(copying)).rejects.toMatchObject(unavailable);
      await expect(missing.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
      missing.close();
    });
  });

  test('ping resolves when the bucket answers', async () => {
    await expect(store().ping()).resolves.toBeUndefined();
  });
}

/** Sixteen at a time: a thousand at once would wait longer for each other than one request may take. */
async function inParallel(keys: readonly string[], work: (key: string) => Promise<void>): Promise<void> {
  const left = [...keys];
  const worker = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) await work(key);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

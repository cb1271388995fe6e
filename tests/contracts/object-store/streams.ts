import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { newKey, readAll, textPlain } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const mebibyte = 2 ** 20;

export function describeStreams(opened: () => OpenedObjectStore): void {
  describe('put', () => {
    const put = (key: string, body: Readable) => opened().store.put({ key, contentType: textPlain, body });

    async function expectNothing(key: string): Promise<void> {
      expect(await opened().store.head(key)).toBeUndefined();
      const left = [];
      for await (const upload of opened().store.listMultipartUploads(key)) left.push(upload);
      expect(left).toEqual([]);
    }

    test.each([0, 1, 12, 8 * mebibyte, 8 * mebibyte + 1, 20 * mebibyte])(
      'stores a stream of %d bytes, whose length nobody knew',
      async (sizeBytes) => {
        const key = newKey();
        const bytes = randomBytes(sizeBytes);
        async function* inPieces() {
          for (let start = 0; start < sizeBytes; start += 100_000) {
            yield await Promise.resolve(bytes.subarray(start, start + 100_000));
          }
        }
        await put(key, Readable.from(inPieces(), { objectMode: false }));
        expect(await opened().store.head(key)).toMatchObject({ sizeBytes, contentType: textPlain });
        const stored = await readAll(await opened().store.read(key));
        const hash = (of: Buffer) => createHash('sha256').update(of).digest('hex');
        expect(hash(stored)).toBe(hash(bytes));
      },
    );

    test.each([1, 9, 20])(
      'a stream that fails after %d MiB leaves nothing, and its error is told',
      async (failsAt) => {
        const key = newKey();
        const failure = new Error('The sender is gone.');
        async function* cut() {
          for (let sent = 0; sent < failsAt; sent += 1) yield await Promise.resolve(Buffer.alloc(mebibyte));
          throw failure;
        }
        const body = Readable.from(cut(), { objectMode: false });
        await expect(put(key, body)).rejects.toBe(failure);
        expect(body.destroyed).toBe(true);
        await expectNothing(key);
      },
    );

    test('a stream that is destroyed while it is read leaves nothing', async () => {
      const key = newKey();
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.alloc(9 * mebibyte));
      const stored = put(key, body);
      setImmediate(() => body.destroy(new Error('Enough.')));
      await expect(stored).rejects.toThrow('Enough.');
      await expectNothing(key);
    });
  });
}

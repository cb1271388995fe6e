import { createHash } from 'node:crypto';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { newKey, put, readAll, send, textPlain } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const body = Buffer.from('twelve bytes');

export function describeUploads(opened: () => OpenedObjectStore): void {
  describe('presignPut', () => {
    async function presign(key: string, more: { sha256?: string; sizeBytes?: number } = {}) {
      const input = { key, contentType: textPlain, sizeBytes: body.length, expiresInSeconds: 60, ...more };
      return opened().store.presignPut(input);
    }
    async function expectNothingStored(key: string, status: number): Promise<void> {
      expect(status === 0 || status >= 400).toBe(true);
      expect(await opened().store.head(key)).toBeUndefined();
    }

    test('gives a request that stores the bytes as declared, with nothing to add to it', async () => {
      const key = newKey();
      const request = await presign(key);
      expect(request.method).toBe('PUT');
      expect(request.headers).toEqual({ 'content-type': textPlain });
      expect(await send(request, body)).toBe(200);
      expect(await opened().store.head(key)).toMatchObject({ sizeBytes: 12, contentType: textPlain });
      expect(await readAll(await opened().store.read(key))).toEqual(body);
    });

    test('signs for the endpoint that browsers see, until expiresAt', async () => {
      const { config } = opened();
      const now = new Date('2026-11-21T10:00:00.700Z');
      const store = makeS3ObjectStore(
        { ...config, publicUrl: 'https://files.example.com' },
        { now: () => now },
      );
      const input = { key: 'staging/a b', contentType: textPlain, sizeBytes: 1, expiresInSeconds: 60 };
      const { url, expiresAt } = await store.presignPut(input);
      store.close();
      expect(url.startsWith(`https://files.example.com/${config.bucket}/staging/a%20b?`)).toBe(true);
      expect(expiresAt).toEqual(new Date('2026-11-21T10:01:00Z'));
    });

    test('pins the length: longer, shorter, empty and chunked bodies are refused and nothing is stored', async () => {
      const chunked = new ReadableStream({
        start(controller) {
          controller.enqueue(body);
          controller.close();
        },
      });
      const others = [
        Buffer.concat([body, body]),
        body.subarray(1),
        Buffer.alloc(0),
        Buffer.alloc(1 << 20),
        chunked,
      ];
      for (const other of others) {
        const key = newKey();
        await expectNothingStored(key, await send(await presign(key), other));
      }
    });

    test('pins the type: another type, or none, is refused and nothing is stored', async () => {
      const key = newKey();
      const request = await presign(key);
      await expectNothingStored(key, await send(request, body, { 'content-type': 'text/html' }));
      await expectNothingStored(key, await send(request, body, {}));
    });

    test('pins the key: the signature of one is none for another', async () => {
      const [key, other] = [newKey(), newKey()];
      const request = await presign(key);
      const status = await send({ ...request, url: request.url.replace(key, other) }, body);
      await expectNothingStored(other, status);
    });

    test('pins the declared hash: a request without it, or with another one, is refused', async () => {
      const key = newKey();
      const request = await presign(key, { sha256: hashOf(body) });
      const foreign = Buffer.from(hashOf(Buffer.from('another body')), 'hex').toString('base64');
      await expectNothingStored(key, await send(request, body, { 'content-type': textPlain }));
      const swapped = { ...request.headers, 'x-amz-checksum-sha256': foreign };
      await expectNothingStored(key, await send(request, body, swapped));
      expect(await send(request, body)).toBe(200);
    });

    test('bytes of another hash than declared are refused, or can be told by reading them', async () => {
      const key = newKey();
      const lie = Buffer.from('TWELVE BYTES');
      const status = await send(await presign(key, { sha256: hashOf(body) }), lie);
      const stored = await opened().store.head(key);
      if (stored === undefined) {
        expect(status === 0 || status >= 400).toBe(true);
      } else {
        expect(hashOf(await readAll(await opened().store.read(key)))).toBe(hashOf(lie));
      }
    });

    test('ends with its lifetime', async () => {
      const store = makeS3ObjectStore(opened().config, { now: () => new Date(Date.now() - 120_000) });
      const key = newKey();
      const input = { key, contentType: textPlain, sizeBytes: body.length, expiresInSeconds: 60 };
      await expectNothingStored(key, await send(await store.presignPut(input), body));
      store.close();
    });

    test('takes an empty file', async () => {
      expect((await put(opened().store, newKey(), Buffer.alloc(0))).sizeBytes).toBe(0);
    });

    test('keeps a type with parameters as it was declared', async () => {
      const contentType = 'text/plain; charset=utf-8';
      const stored = await put(opened().store, newKey(), body, contentType);
      expect(stored.contentType).toBe(contentType);
    });
  });
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

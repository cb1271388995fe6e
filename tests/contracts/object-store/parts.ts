import type {
  ListedMultipartUpload,
  MultipartUpload,
  StoredPart,
} from '../../../src/domains/storage/object-store.js';
import { ObjectChangedError } from '../../../src/domains/storage/object-store.js';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { newKey, put, putInParts, readAll, send, textPlain } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const first = Buffer.alloc(5 << 20, 'a');
const last = Buffer.from('twelve bytes');

export function describeParts(opened: () => OpenedObjectStore): void {
  const store = () => opened().store;

  async function begin(key = newKey()): Promise<MultipartUpload> {
    return { key, multipartId: await store().createMultipart({ key, contentType: textPlain }) };
  }
  function presign(upload: MultipartUpload, partNumber: number, sizeBytes: number) {
    return store().presignPart({ ...upload, partNumber, sizeBytes, expiresInSeconds: 60 });
  }
  async function sendPart(upload: MultipartUpload, partNumber: number, body: Buffer): Promise<void> {
    expect(await send(await presign(upload, partNumber, body.length), body)).toBe(200);
  }
  async function list(upload: MultipartUpload): Promise<StoredPart[]> {
    const parts = await store().listParts(upload);
    if (parts === undefined) throw new Error('The upload in parts has ended.');
    return parts;
  }
  async function listUploads(prefix: string): Promise<ListedMultipartUpload[]> {
    const found = [];
    for await (const upload of store().listMultipartUploads(prefix)) found.push(upload);
    return found;
  }

  describe('uploads in parts', () => {
    test('parts that come in any order are one object once they are joined, and none before', async () => {
      const upload = await begin();
      await sendPart(upload, 2, last);
      await sendPart(upload, 1, first);
      expect(await store().head(upload.key)).toBeUndefined();
      const parts = await list(upload);
      expect(parts.map(({ partNumber, sizeBytes }) => [partNumber, sizeBytes])).toEqual([
        [1, first.length],
        [2, last.length],
      ]);
      await store().completeMultipart(upload, parts);
      expect(await store().head(upload.key)).toMatchObject({
        sizeBytes: first.length + last.length,
        contentType: textPlain,
      });
      const stored = await readAll(await store().read(upload.key));
      expect(stored.equals(Buffer.concat([first, last]))).toBe(true);
      expect(await store().listParts(upload)).toBeUndefined();
    });

    test('nothing has arrived of an upload just begun', async () => {
      expect(await list(await begin())).toEqual([]);
    });

    test('joining again succeeds while the object is there, also many times at once', async () => {
      const upload = await begin();
      await sendPart(upload, 1, last);
      const parts = await list(upload);
      await Promise.all(Array.from({ length: 5 }, () => store().completeMultipart(upload, parts)));
      await store().completeMultipart(upload, parts);
      expect(await readAll(await store().read(upload.key))).toEqual(last);
      expect(await listUploads(upload.key)).toEqual([]);
    });

    test('pins the length of each part: others are refused, and what had arrived stays', async () => {
      const upload = await begin();
      await sendPart(upload, 1, last);
      const request = await presign(upload, 1, last.length);
      for (const other of [Buffer.concat([last, last]), last.subarray(1), Buffer.alloc(0)]) {
        const status = await send(request, other);
        expect(status === 0 || status >= 400).toBe(true);
      }
      expect(await list(upload)).toMatchObject([{ partNumber: 1, sizeBytes: last.length }]);
    });

    test('pins the number and the upload: the signature of one is none for another', async () => {
      const [upload, other] = [await begin(), await begin()];
      const request = await presign(upload, 1, last.length);
      const aimed = [
        request.url.replace('partNumber=1', 'partNumber=2'),
        request.url.replace(encodeURIComponent(upload.multipartId), encodeURIComponent(other.multipartId)),
        request.url.replace(upload.key, other.key),
      ];
      for (const url of aimed) {
        expect(url).not.toBe(request.url);
        expect(await send({ ...request, url }, last)).toBe(403);
      }
      expect(await list(upload)).toEqual([]);
      expect(await list(other)).toEqual([]);
    });

    test('a part request does not pull in another object by x-amz-copy-source', async () => {
      const [secret, upload] = [newKey(), await begin()];
      const { etag } = await put(store(), secret, last);
      for (const body of [last, Buffer.alloc(0)]) {
        const request = await presign(upload, 1, body.length);
        await send(request, body, { 'x-amz-copy-source': `/${opened().config.bucket}/${secret}` });
        for (const part of await list(upload)) {
          // Storage that took the bytes, and not the object, is as good.
          expect(part.sizeBytes).toBe(body.length);
          if (body.length === 0) expect(part.etag).not.toBe(etag);
        }
      }
    });

    test('part requests end with their lifetime, and are signed with the upload credential', async () => {
      const { config } = opened();
      const late = makeS3ObjectStore(config, { now: () => new Date(Date.now() - 120_000) });
      const upload = await begin();
      const asked = { ...upload, partNumber: 1, sizeBytes: last.length, expiresInSeconds: 60 };
      const request = await late.presignPart(asked);
      expect(await send(request, last)).toBe(403);
      expect(new URL(request.url).searchParams.get('X-Amz-Credential')).toMatch(
        new RegExp(`^${config.upload?.accessKeyId ?? ''}/`),
      );
      late.close();
    });

    test('a part that was put again is the new one; joining what was listed before is refused', async () => {
      const upload = await begin();
      await sendPart(upload, 1, last);
      const before = await list(upload);
      await sendPart(upload, 1, Buffer.from('TWELVE BYTES'));
      const joining = store().completeMultipart(upload, before);
      await expect(joining).rejects.toBeInstanceOf(ObjectChangedError);
      expect(await store().head(upload.key)).toBeUndefined();
      await store().completeMultipart(upload, await list(upload));
      expect(String(await readAll(await store().read(upload.key)))).toBe('TWELVE BYTES');
    });

    test('abort takes the parts away, and again succeeds; nothing can be joined then', async () => {
      const upload = await begin();
      await sendPart(upload, 1, last);
      const parts = await list(upload);
      await store().abortMultipart(upload);
      await store().abortMultipart(upload);
      expect(await store().listParts(upload)).toBeUndefined();
      await expect(store().completeMultipart(upload, parts)).rejects.toMatchObject({
        code: 'UPLOAD_NOT_FOUND',
      });
      expect(await send(await presign(upload, 1, last.length), last)).toBe(404);
    });

    test('every upload under way is listed by its prefix, two of one key as well', async () => {
      const prefix = `${newKey('')}/`;
      const [a, b] = [await begin(`${prefix}a`), await begin(`${prefix}b`)];
      const again = await begin(`${prefix}a`);
      await putInParts(store(), `${prefix}done`, [last]);
      const listed = await listUploads(prefix);
      const toPair = ({ key, multipartId }: MultipartUpload) => `${key} ${multipartId}`;
      expect(listed.map(toPair).sort()).toEqual([a, b, again].map(toPair).sort());
      for (const { begunAt } of listed) expect(Math.abs(Date.now() - begunAt.getTime())).toBeLessThan(60_000);
      for (const upload of listed) await store().abortMultipart(upload);
      expect(await listUploads(prefix)).toEqual([]);
    });

    test('all is listed over pages of 1000: parts, and uploads', async () => {
      const prefix = `${newKey('')}/`;
      const uploads = await inParallel(1003, (n) => begin(`${prefix}${String(n).padStart(4, '0')}`));
      expect(await listUploads(prefix)).toHaveLength(1003);
      const [upload] = uploads;
      if (upload === undefined) throw new Error('There is none.');
      await inParallel(1003, (n) => sendPart(upload, n + 1, Buffer.from('x')));
      expect((await list(upload)).map(({ partNumber }) => partNumber)).toEqual(
        Array.from({ length: 1003 }, (_, n) => n + 1),
      );
    });

    test('a bucket that is not there is an outage, never an upload that has ended', async () => {
      const missing = makeS3ObjectStore({ ...opened().config, bucket: 'askfile-no-such-bucket' });
      const upload = { key: 'a', multipartId: 'b' };
      const unavailable = { code: 'STORAGE_UNAVAILABLE' };
      const creating = missing.createMultipart({ key: 'a', contentType: textPlain });
      await expect(creating).rejects.toMatchObject(unavailable);
      await expect(missing.listParts(upload)).rejects.toMatchObject(unavailable);
      await expect(missing.completeMultipart(upload, [])).rejects.toMatchObject(unavailable);
      await expect(missing.abortMultipart(upload)).rejects.toMatchObject(unavailable);
      const listing = missing.listMultipartUploads('')[Symbol.asyncIterator]().next();
      await expect(listing).rejects.toMatchObject(unavailable);
      missing.close();
    });
  });
}

/** Sixteen at a time; results in the order of their numbers. */
async function inParallel<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return results;
}

import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ObjectChangedError } from '../../../src/domains/storage/object-store.js';
import { makeS3Client } from '../../../src/infra/s3/client.js';
import { newKey, put, readAll, send } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const body = Buffer.from('twelve bytes');

export function describeCopies(opened: () => OpenedObjectStore): void {
  const store = () => opened().store;

  describe('copy', () => {
    test('makes the same bytes under another key, with the given type, and leaves the source', async () => {
      const [from, to] = [newKey(), newKey()];
      const { etag } = await put(store(), from, body, 'text/html');
      const copied = await store().copy({ from, to, etag, contentType: 'text/plain' });
      expect(copied).toMatchObject({ sizeBytes: 12, contentType: 'text/plain' });
      expect(await store().head(to)).toEqual(copied);
      expect(await readAll(await store().read(to))).toEqual(body);
      expect(await store().head(from)).toMatchObject({ etag, contentType: 'text/html' });
    });

    test('takes no header along that the uploader added, such as an encoding', async () => {
      const [from, to] = [newKey(), newKey()];
      const declared = { contentType: 'text/plain', sizeBytes: body.length, expiresInSeconds: 60 };
      const request = await store().presignPut({ key: from, ...declared });
      const added = { 'content-encoding': 'gzip', 'content-language': 'xx', 'x-amz-meta-note': 'hello' };
      await send(request, body, { ...request.headers, ...added });
      const source = await store().head(from);
      // Storage that refuses what was not signed is as good.
      const { etag } = source ?? (await put(store(), from, body));
      await store().copy({ from, to, etag, contentType: 'text/plain' });
      const asked = { contentType: 'text/plain', contentDisposition: 'attachment', expiresInSeconds: 60 };
      const response = await fetch((await store().presignGet({ key: to, ...asked })).url);
      expect(await response.text()).toBe(body.toString());
      for (const name of Object.keys(added)) expect(response.headers.get(name)).toBeNull();
    });

    test('takes a source whose key has odd signs', async () => {
      const from = `staging/it's + a%20(b)&c=d?/€ 😀`;
      const { etag } = await put(store(), from, body);
      const to = newKey();
      await store().copy({ from, to, etag, contentType: 'text/plain' });
      expect(await readAll(await store().read(to))).toEqual(body);
    });

    test('refuses a source that was overwritten since, and leaves no copy', async () => {
      const [from, to] = [newKey(), newKey()];
      const { etag } = await put(store(), from, body);
      await put(store(), from, Buffer.from('TWELVE BYTES'));
      const copying = store().copy({ from, to, etag, contentType: 'text/plain' });
      await expect(copying).rejects.toBeInstanceOf(ObjectChangedError);
      expect(await store().head(to)).toBeUndefined();
    });

    test('says UPLOAD_NOT_FOUND when the source is gone', async () => {
      const [from, to] = [newKey(), newKey()];
      const { etag } = await put(store(), from, body);
      await store().delete(from);
      const copying = store().copy({ from, to, etag, contentType: 'text/plain' });
      await expect(copying).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
      expect(await store().head(to)).toBeUndefined();
    });

    test('takes a multipart object, though its ETag is no hash of its bytes', async () => {
      const [from, to] = [newKey('bin'), newKey('bin')];
      const parts = [Buffer.alloc(5 << 20, 'a'), body];
      await putMultipart(from, parts);
      const source = await store().head(from);
      expect(source?.etag).toMatch(/-2"?$/);
      const etag = source?.etag ?? '';
      const copied = await store().copy({ from, to, etag, contentType: 'application/octet-stream' });
      expect(copied.sizeBytes).toBe((5 << 20) + body.length);
      const stale = { from, to: newKey(), etag: `"${'0'.repeat(32)}-2"`, contentType: 'text/plain' };
      await expect(store().copy(stale)).rejects.toBeInstanceOf(ObjectChangedError);
      expect(await store().head(stale.to)).toBeUndefined();
    });

    async function putMultipart(Key: string, parts: Buffer[]): Promise<void> {
      const client = makeS3Client(opened().config);
      const object = { Bucket: opened().config.bucket, Key };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
      const Parts = await Promise.all(
        parts.map(async (Body, i) => {
          const part = { ...object, UploadId, PartNumber: i + 1, Body };
          return { PartNumber: i + 1, ETag: (await client.send(new UploadPartCommand(part))).ETag };
        }),
      );
      const completion = { ...object, UploadId, MultipartUpload: { Parts } };
      await client.send(new CompleteMultipartUploadCommand(completion));
      client.destroy();
    }
  });
}

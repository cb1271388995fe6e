import { randomBytes } from 'node:crypto';
import { ObjectChangedError } from '../../../src/domains/storage/object-store.js';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { newKey, put, putInParts, readAll, send } from '../../support/objects.js';
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
      const { etag } = await putInParts(store(), from, parts);
      expect(etag).toMatch(/-2"?$/);
      const copied = await store().copy({ from, to, etag, contentType: 'application/octet-stream' });
      expect(copied.sizeBytes).toBe((5 << 20) + body.length);
      const stale = { from, to: newKey(), etag: `"${'0'.repeat(32)}-2"`, contentType: 'text/plain' };
      await expect(store().copy(stale)).rejects.toBeInstanceOf(ObjectChangedError);
      expect(await store().head(stale.to)).toBeUndefined();
    });

    test('copies in parts what is too large for one copy, on the same conditions', async () => {
      const careful = makeS3ObjectStore(opened().config, {
        maxSingleCopyBytes: 6 << 20,
        copyPartBytes: 5 << 20,
      });
      const [from, to] = [newKey('bin'), newKey('bin')];
      const parts = [randomBytes(6 << 20), randomBytes(5 << 20)];
      const { etag } = await putInParts(store(), from, parts);
      const copied = await careful.copy({ from, to, etag, contentType: 'application/octet-stream' });
      expect(copied).toMatchObject({ sizeBytes: 11 << 20, contentType: 'application/octet-stream' });
      // The parts of the copy are not those of the source.
      expect(copied.etag).toMatch(/-3"?$/);
      expect((await readAll(await store().read(to))).equals(Buffer.concat(parts))).toBe(true);

      const stale = { from, to: newKey(), etag: `"${'0'.repeat(32)}-2"`, contentType: 'text/plain' };
      await expect(careful.copy(stale)).rejects.toBeInstanceOf(ObjectChangedError);
      expect(await store().head(stale.to)).toBeUndefined();
      await store().delete(from);
      await expect(careful.copy({ ...stale, etag })).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
      for (const key of [to, stale.to]) {
        for await (const left of store().listMultipartUploads(key)) throw new Error(`left: ${left.key}`);
      }
      careful.close();
    });
  });
}

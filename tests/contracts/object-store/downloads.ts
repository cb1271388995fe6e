import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { newKey, put, send, textPlain } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const body = Buffer.from('<script>alert(1)</script>');
const contentDisposition = `attachment; filename="report (1).txt"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt`;
const asked = { contentType: 'application/pdf', contentDisposition, expiresInSeconds: 30 };

export function describeDownloads(opened: () => OpenedObjectStore): void {
  describe('presignGet', () => {
    test('forces type, disposition and caching on the answer, whatever the object was stored with', async () => {
      const key = newKey();
      await put(opened().store, key, body, 'text/html');
      const request = await opened().store.presignGet({ key, ...asked });
      expect(request).toMatchObject({ method: 'GET', headers: {} });
      const response = await fetch(request.url);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/pdf');
      expect(response.headers.get('content-disposition')).toBe(contentDisposition);
      expect(response.headers.get('cache-control')).toBe('private, no-store');
      expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
    });

    test('gives parts of an object, as players and resumed downloads ask for them', async () => {
      const key = newKey();
      await put(opened().store, key, body);
      const { url } = await opened().store.presignGet({ key, ...asked });
      const response = await fetch(url, { headers: { range: 'bytes=1-6' } });
      expect(response.status).toBe(206);
      expect(await response.text()).toBe('script');
    });

    test('cannot be changed: what it forces, its key and its method are signed', async () => {
      const [key, other] = [newKey(), newKey()];
      await Promise.all([key, other].map((each) => put(opened().store, each, body)));
      const request = await opened().store.presignGet({ key, ...asked });
      const url = new URL(request.url);
      url.searchParams.set('response-content-type', 'text/html');
      expect(await send({ ...request, url: url.href })).toBe(403);
      expect(await send({ ...request, url: request.url.replace(key, other) })).toBe(403);
      expect((await fetch(request.url, { method: 'HEAD' })).status).toBe(403);
      expect((await fetch(request.url, { method: 'DELETE' })).status).toBe(403);
    });

    test('cannot be used to write, nor a presigned PUT to read', async () => {
      const key = newKey();
      await put(opened().store, key, body);
      const request = await opened().store.presignGet({ key, ...asked });
      expect((await fetch(request.url, { method: 'PUT', body: 'other' })).status).toBe(403);
      const upload = { key, contentType: textPlain, sizeBytes: body.length, expiresInSeconds: 30 };
      expect((await fetch((await opened().store.presignPut(upload)).url)).status).toBe(403);
    });

    test('ends with its lifetime', async () => {
      const key = newKey();
      await put(opened().store, key, body);
      const store = makeS3ObjectStore(opened().config, { now: () => new Date(Date.now() - 60_000) });
      expect(await send(await store.presignGet({ key, ...asked }))).toBe(403);
      store.close();
    });

    test('answers 404 when the object is gone', async () => {
      expect(await send(await opened().store.presignGet({ key: newKey(), ...asked }))).toBe(404);
    });
  });
}

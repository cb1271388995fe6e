import { inspect } from 'node:util';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { makeS3Client } from '../../../src/infra/s3/client.js';
import type { S3Credential } from '../../../src/infra/s3/client.js';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { newKey, put, readAll, send, textPlain } from '../../support/objects.js';
import type { OpenedObjectStore } from '../object-store.contract.js';

const body = Buffer.from('twelve bytes');
const asked = { contentType: textPlain, contentDisposition: 'attachment', expiresInSeconds: 30 };

export function describeTenants(opened: () => OpenedObjectStore): void {
  const store = () => opened().store;
  const denied = { $metadata: { httpStatusCode: 403 } };

  async function withClient(
    credential: S3Credential,
    use: (client: ReturnType<typeof makeS3Client>) => Promise<void>,
  ) {
    const client = makeS3Client(opened().config, { credential });
    await use(client);
    client.destroy();
  }

  describe('who may do what', () => {
    test('nobody reads, writes, deletes or lists without a signature', async () => {
      const key = newKey();
      await put(store(), key, body);
      const { endpoint, bucket } = opened().config;
      const url = `${endpoint}/${bucket}/${key}`;
      for (const method of ['GET', 'HEAD', 'DELETE']) expect((await fetch(url, { method })).status).toBe(403);
      expect((await fetch(url, { method: 'PUT', body: 'other bytes!' })).status).toBe(403);
      expect((await fetch(`${endpoint}/${bucket}`)).status).toBe(403);
      expect(await readAll(await store().read(key))).toEqual(body);
    });

    test('another tenant reads, writes, deletes, lists and copies nothing of ours', async () => {
      const key = newKey();
      await put(store(), key, body);
      const object = { Bucket: opened().config.bucket, Key: key };
      const source = `${object.Bucket}/${key}`;
      await withClient(opened().otherTenant, async (client) => {
        await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject(denied);
        await expect(client.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toMatchObject(
          denied,
        );
        await expect(client.send(new DeleteObjectCommand(object))).rejects.toMatchObject(denied);
        await expect(client.send(new ListObjectsV2Command({ Bucket: object.Bucket }))).rejects.toMatchObject(
          denied,
        );
        const copying = client.send(new CopyObjectCommand({ ...object, Key: newKey(), CopySource: source }));
        await expect(copying).rejects.toMatchObject(denied);
      });
      expect(await readAll(await store().read(key))).toEqual(body);
    });

    test('a URL that another tenant signed opens nothing of ours', async () => {
      const key = newKey();
      await put(store(), key, body);
      const foreign = makeS3ObjectStore({ ...opened().config, ...opened().otherTenant, upload: null });
      expect(await send(await foreign.presignGet({ key, ...asked }))).toBe(403);
      const upload = { key, contentType: textPlain, sizeBytes: body.length, expiresInSeconds: 30 };
      expect(await send(await foreign.presignPut(upload), body)).toBe(403);
      foreign.close();
    });

    test('upload URLs are signed with the upload credential, which reads nothing', async () => {
      const { config } = opened();
      const key = newKey();
      await put(store(), key, body);
      const upload = { key, contentType: textPlain, sizeBytes: body.length, expiresInSeconds: 30 };
      const { url } = await store().presignPut(upload);
      const credential = config.upload ?? { accessKeyId: '', secretKey: '' };
      expect(new URL(url).searchParams.get('X-Amz-Credential')).toMatch(
        new RegExp(`^${credential.accessKeyId}/`),
      );
      const asUploader = makeS3ObjectStore({ ...config, ...credential });
      expect(await send(await asUploader.presignGet({ key, ...asked }))).toBe(403);
      await expect(asUploader.read(key)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
      await expect(asUploader.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
      });
      asUploader.close();
    });

    test('an upload URL does not pull in another object by x-amz-copy-source', async () => {
      const [secret, key] = [newKey(), newKey()];
      await put(store(), secret, body);
      const upload = { key, contentType: textPlain, sizeBytes: 0, expiresInSeconds: 30 };
      const request = await store().presignPut(upload);
      const headers = { ...request.headers, 'x-amz-copy-source': `/${opened().config.bucket}/${secret}` };
      await send(request, Buffer.alloc(0), headers);
      const stored = await store().head(key);
      expect(stored?.sizeBytes ?? 0).toBe(0);
    });

    test('errors and what caused them carry no key, URL, signature or secret', async () => {
      const { config } = opened();
      const wrong = makeS3ObjectStore({ ...config, secretKey: 'not-the-secret-of-anybody' });
      const key = `staging/canary-${newKey()}`;
      const calls = [wrong.read(key), wrong.head(key), wrong.ping(), wrong.delete(key)];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_UNAVAILABLE' } });
        const text = inspect(outcome, { depth: 20, showHidden: true });
        // Not the bucket alone: the folder that this is in may have its name.
        const address = `${config.bucket}/staging`;
        for (const canary of ['canary', 'not-the-secret', address, 'Signature=', config.endpoint]) {
          expect(text).not.toContain(canary);
        }
      }
      wrong.close();
    });
  });
}

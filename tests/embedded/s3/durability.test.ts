import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { startS3Server } from '../../../src/embedded/s3/server.js';
import { until } from '../../support/until.js';
import { startChildServer } from './child-server.js';
import type { ChildServer } from './child-server.js';
import { bucket, makeClient, makeTempDir, presignPut, serverOptions, useServer } from './harness.js';

const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex');

describe('after kill -9', () => {
  let dir: Awaited<ReturnType<typeof makeTempDir>>;
  let child: ChildServer | undefined;
  beforeEach(async () => (dir = await makeTempDir()));
  afterEach(async () => {
    await child?.kill();
    await dir.remove();
  });

  async function start(): Promise<string> {
    child = await startChildServer(dir.path);
    return child.endpoint;
  }

  const tmpFiles = () => readdirSync(join(dir.path, bucket, 'tmp'));

  it('every acknowledged object is there whole, and nothing else is', async () => {
    let endpoint = await start();
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      const client = makeClient(endpoint);
      const bodies = Array.from({ length: 40 }, () => randomBytes(1 + Math.floor(Math.random() * 200_000)));
      const puts = bodies.map(async (Body, at) => {
        const Key = `round-${round}/${at}`;
        await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
        acknowledged.set(Key, md5(Body));
      });
      const settled = Promise.allSettled(puts);
      const before = acknowledged.size;
      await until(() => acknowledged.size >= before + 5 + round * 5);
      await child?.kill();
      await settled;
      client.destroy();

      endpoint = await start();
      expect(tmpFiles()).toEqual([]);
      const after = makeClient(endpoint);
      const { Contents = [] } = await after.send(new ListObjectsV2Command({ Bucket: bucket }));
      const there = new Map(Contents.map(({ Key = '', ETag }) => [Key, ETag]));
      for (const [key, etag] of acknowledged) expect(there.get(key)).toBe(`"${etag}"`);
      // One whose answer was lost may be there too: whole as well.
      for (const { Key, ETag } of Contents) {
        const got = await after.send(new GetObjectCommand({ Bucket: bucket, Key }));
        const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
        expect(`"${md5(bytes)}"`).toBe(ETag);
      }
      after.destroy();
    }
  });

  it('an upload that was cut off left nothing, and an overwritten object is the old one', async () => {
    let endpoint = await start();
    let client = makeClient(endpoint);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'kept', Body: 'the old one' }));
    const { path, headers } = await presignPut(endpoint, {
      key: 'kept',
      contentType: 'text/plain',
      sizeBytes: 1_000_000,
    });
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
    socket.on('error', () => undefined);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(Buffer.alloc(900_000));
    await until(() => tmpFiles().length === 1);
    client.destroy();
    await child?.kill();
    socket.destroy();

    endpoint = await start();
    client = makeClient(endpoint);
    expect(tmpFiles()).toEqual([]);
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'kept' }));
    expect(await got.Body?.transformToString()).toBe('the old one');
    client.destroy();
  });

  it('parts are there, the upload goes on, and deletions stay', async () => {
    let endpoint = await start();
    let client = makeClient(endpoint);
    const object = { Bucket: bucket, Key: 'parts' };
    const part = randomBytes(1000);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'deleted', Body: 'x' }));
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted' }));
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    const { ETag } = await client.send(
      new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: part }),
    );
    client.destroy();
    await child?.kill();

    endpoint = await start();
    client = makeClient(endpoint);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toMatchObject([{ Key: 'parts', UploadId }]);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }));
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents).toMatchObject([{ Key: 'parts', Size: 1000 }]);
    client.destroy();
  });
});

describe('objects that change while they are read or written', () => {
  const server = useServer();
  const object = { Bucket: bucket, Key: 'contested' };
  beforeEach(() => server.client().send(new DeleteObjectCommand(object)));
  const put = (client: S3Client, Body: Buffer) => client.send(new PutObjectCommand({ ...object, Body }));

  it('are read whole as they were when the reading began', async () => {
    const client = server.client();
    const old = randomBytes(8_000_000);
    await put(client, old);
    const got = await client.send(new GetObjectCommand(object));
    // Far more than all buffers on the way hold, so most of it is still on disk when the object goes.
    await put(client, randomBytes(8_000_000));
    await client.send(new DeleteObjectCommand(object));
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(md5(bytes)).toBe(md5(old));
  });

  it('are one of the bodies written at once, never a mixture', async () => {
    const client = server.client();
    const bodies = Array.from({ length: 12 }, (_, at) => Buffer.alloc(300_000 + at, at));
    await Promise.all(bodies.map((body) => put(client, body)));
    const got = await client.send(new GetObjectCommand(object));
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(bodies.map(md5)).toContain(md5(bytes));
    expect(got.ETag).toBe(`"${md5(bytes)}"`);
  });

  it('are always one whole version to readers, while writers replace and delete them', async () => {
    const client = server.client();
    const bodies = Array.from({ length: 4 }, (_, at) => Buffer.alloc(100_000 + at, at));
    const known = bodies.map(md5);
    const writers = bodies.map(async (body, at) => {
      for (let time = 0; time < 8; time++) {
        await put(client, body);
        if (at === 0) await client.send(new DeleteObjectCommand(object));
      }
    });
    const readers = Array.from({ length: 3 }, async () => {
      for (let time = 0; time < 15; time++) {
        const got = await client.send(new GetObjectCommand(object)).catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'NoSuchKey' });
        });
        if (got) expect(known).toContain(md5(Buffer.from((await got.Body?.transformToByteArray()) ?? [])));
      }
    });
    await Promise.all([...writers, ...readers]);
  });
});

describe('a data folder with leftovers', () => {
  it('is cleared of them at the start', async () => {
    const dir = await makeTempDir();
    const first = await startS3Server(serverOptions(dir.path));
    const before = makeClient(first.endpoint);
    await before.send(new PutObjectCommand({ Bucket: bucket, Key: 'x'.repeat(300), Body: 'x' }));
    await before.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'x'.repeat(300) }));
    before.destroy();
    await first.close();
    const folder = join(dir.path, bucket);
    await writeFile(join(folder, 'tmp', 'half'), 'half an object');
    await mkdir(join(folder, 'uploads', '0'.repeat(32)));

    const second = await startS3Server(serverOptions(dir.path));
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
    expect(readdirSync(join(folder, 'objects'))).toEqual([]);
    await second.close();
    await dir.remove();
  });

  it('answers for a damaged file with InternalError, never with its bytes', async () => {
    const dir = await makeTempDir();
    const server = await startS3Server(serverOptions(dir.path));
    const client = makeClient(server.endpoint);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'damaged', Body: 'whole' }));
    const [name = ''] = readdirSync(join(dir.path, bucket, 'objects'));
    const file = await open(join(dir.path, bucket, 'objects', name), 'r+');
    await file.truncate(20);
    await file.close();
    await expect(
      client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'damaged' })),
    ).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    client.destroy();
    await server.close();
    await dir.remove();
  });
});

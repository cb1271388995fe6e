import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { app, bucket, sendSigned, useServer } from './harness.js';

const server = useServer();
const md5 = (data: Buffer) => createHash('md5').update(data).digest();

async function failure(work: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof S3ServiceException)
      return { name: error.name, status: error.$metadata.httpStatusCode };
    throw error;
  }
  throw new Error('it was not refused');
}

describe.each(['WHEN_REQUIRED', 'WHEN_SUPPORTED'] as const)('the SDK with checksums %s', (mode) => {
  const client = () =>
    server.client(app, { requestChecksumCalculation: mode, responseChecksumValidation: mode });
  const object = { Bucket: bucket, Key: `objects/${mode}` };

  it.each([0, 1, 5000, 1_000_000])('gives back %d bytes as they were put', async (size) => {
    const body = randomBytes(size);
    const put = await client().send(
      new PutObjectCommand({ ...object, Body: body, ContentType: 'image/png' }),
    );
    expect(put.ETag).toBe(`"${md5(body).toString('hex')}"`);
    const got = await client().send(new GetObjectCommand(object));
    expect(got).toMatchObject({ ContentLength: size, ContentType: 'image/png', ETag: put.ETag });
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [1]).equals(body)).toBe(true);
  });

  it('takes a stream', async () => {
    const pieces = Array.from({ length: 40 }, () => randomBytes(33_333));
    const body = Buffer.concat(pieces);
    await client().send(
      new PutObjectCommand({ ...object, Body: Readable.from(pieces), ContentLength: body.length }),
    );
    const got = await client().send(new GetObjectCommand(object));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    // `aws-chunked` is how it travelled, not what it is.
    expect(got.ContentEncoding).toBeUndefined();
  });

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('checks and gives back a %s', async (algorithm) => {
    const put = await client().send(
      new PutObjectCommand({ ...object, Body: 'checked', ChecksumAlgorithm: algorithm }),
    );
    const head = await client().send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
    const name = `Checksum${algorithm}` as const;
    expect(head[name]).toBe(put[name]);
    expect(head[name]).toBeDefined();
    // Only who asks for it is told.
    expect((await client().send(new HeadObjectCommand(object)))[name]).toBeUndefined();
  });

  it('keeps every kind of metadata', async () => {
    const described = {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      Metadata: { owner: 'alice', 'two-words': 'a  b' },
    };
    await client().send(new PutObjectCommand({ ...object, ...described, Body: 'x' }));
    expect(await client().send(new HeadObjectCommand(object))).toMatchObject(described);
  });

  it('deletes many at once, and what is not there too', async () => {
    const keys = ['batch/a', 'batch/b&<>"', 'batch/none'];
    for (const Key of keys.slice(0, 2))
      await client().send(new PutObjectCommand({ Bucket: bucket, Key, Body: '1' }));
    const { Deleted } = await client().send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(keys);
    for (const Key of keys) {
      expect(await failure(client().send(new HeadObjectCommand({ Bucket: bucket, Key })))).toEqual({
        name: 'NotFound',
        status: 404,
      });
    }
  });

  it('copies, on the condition of the source', async () => {
    const source = { Bucket: bucket, Key: 'copy/söurce +&.txt' };
    const { ETag } = await client().send(
      new PutObjectCommand({
        ...source,
        Body: 'to be copied',
        ContentType: 'text/plain',
        Metadata: { a: 'b' },
      }),
    );
    const copy = { ...object, CopySource: `/${bucket}/${encodeURIComponent(source.Key)}` };
    const done = await client().send(new CopyObjectCommand({ ...copy, CopySourceIfMatch: ETag }));
    expect(done.CopyObjectResult?.ETag).toBe(ETag);
    expect(await client().send(new HeadObjectCommand(object))).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
    });
    await client().send(
      new CopyObjectCommand({ ...copy, MetadataDirective: 'REPLACE', ContentType: 'application/pdf' }),
    );
    expect(await client().send(new HeadObjectCommand(object))).toMatchObject({
      ContentType: 'application/pdf',
      Metadata: {},
    });
    const stale = new CopyObjectCommand({ ...copy, CopySourceIfMatch: '"0000"' });
    expect(await failure(client().send(stale))).toEqual({ name: 'PreconditionFailed', status: 412 });
    const same = new CopyObjectCommand({ ...copy, CopySourceIfNoneMatch: ETag });
    expect(await failure(client().send(same))).toEqual({ name: 'PreconditionFailed', status: 412 });
    const none = new CopyObjectCommand({ ...object, CopySource: `${bucket}/copy/none` });
    expect(await failure(client().send(none))).toEqual({ name: 'NoSuchKey', status: 404 });
  });
});

describe('reading', () => {
  const object = { Bucket: bucket, Key: 'reading' };
  beforeAll(() => server.client().send(new PutObjectCommand({ ...object, Body: '0123456789' })));

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ])('answers the range %s with %s', async (range, text, contentRange) => {
    const answer = await sendSigned(server.endpoint(), {
      method: 'GET',
      path: `/${bucket}/reading`,
      headers: { range },
    });
    expect(answer).toMatchObject({ status: 206, text });
    expect(answer.headers['content-range']).toBe(contentRange);
  });

  it.each(['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-'])(
    'answers %s with the whole',
    async (range) => {
      const input = { method: 'GET', path: `/${bucket}/reading`, headers: { range } };
      expect(await sendSigned(server.endpoint(), input)).toMatchObject({ status: 200, text: '0123456789' });
    },
  );

  it('refuses a range behind the end', async () => {
    for (const range of ['bytes=10-', 'bytes=-0']) {
      const input = { method: 'GET', path: `/${bucket}/reading`, headers: { range } };
      const answer = await sendSigned(server.endpoint(), input);
      expect(answer).toMatchObject({ status: 416, code: 'InvalidRange' });
      expect(answer.headers['content-range']).toBe('bytes */10');
    }
  });

  it('keeps to If-Match and If-None-Match', async () => {
    const client = server.client();
    const { ETag } = await client.send(new HeadObjectCommand(object));
    expect(await failure(client.send(new GetObjectCommand({ ...object, IfNoneMatch: ETag })))).toMatchObject({
      status: 304,
    });
    expect(await failure(client.send(new GetObjectCommand({ ...object, IfMatch: '"x"' })))).toEqual({
      name: 'PreconditionFailed',
      status: 412,
    });
    const later = new Date(Date.now() + 60_000);
    expect(
      await failure(client.send(new GetObjectCommand({ ...object, IfModifiedSince: later }))),
    ).toMatchObject({
      status: 304,
    });
    await client.send(new GetObjectCommand({ ...object, IfMatch: ETag, IfNoneMatch: '"x"' }));
  });

  it('answers for what is not there with 404, and to HEAD without a body', async () => {
    const path = `/${bucket}/none`;
    expect(await sendSigned(server.endpoint(), { method: 'GET', path })).toMatchObject({
      status: 404,
      code: 'NoSuchKey',
    });
    const head = await sendSigned(server.endpoint(), { method: 'HEAD', path });
    expect(head).toMatchObject({ status: 404, text: '' });
    expect(head.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
  });
});

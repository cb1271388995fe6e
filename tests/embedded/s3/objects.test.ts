import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { app, bucket, send, sendSigned, sha256, sign, useServer } from './harness.js';

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

describe('writing', () => {
  const key = 'writing';
  const path = `/${bucket}/${key}`;
  const body = Buffer.from('the right bytes');
  const base64 = (algorithm: string, data = body) => createHash(algorithm).update(data).digest('base64');
  const crc = (data: Buffer) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(data));
    return bytes.toString('base64');
  };
  const put = (headers: Record<string, string>, payloadHash?: string) =>
    sendSigned(server.endpoint(), {
      method: 'PUT',
      path,
      headers,
      body,
      ...(payloadHash && { payloadHash }),
    });
  const exists = async () => (await sendSigned(server.endpoint(), { method: 'HEAD', path })).status === 200;

  beforeEach(() => server.client().send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));

  it.each([
    ['content-md5', base64('md5'), base64('md5', Buffer.from('x'))],
    ['x-amz-checksum-crc32', crc(body), crc(Buffer.from('x'))],
    ['x-amz-checksum-sha1', base64('sha1'), base64('sha1', Buffer.from('x'))],
    ['x-amz-checksum-sha256', base64('sha256'), base64('sha256', Buffer.from('x'))],
  ])('stores nothing with a wrong %s', async (name, right, wrong) => {
    expect(await put({ [name]: wrong })).toMatchObject({ status: 400, code: 'BadDigest' });
    expect(await exists()).toBe(false);
    expect((await put({ [name]: 'not base64!' })).status).toBe(400);
    expect(await exists()).toBe(false);
    expect((await put({ [name]: right })).status).toBe(200);
    expect(await exists()).toBe(true);
  });

  it('knows the published CRC32C of "123456789"', async () => {
    const input = { method: 'PUT', path, body: '123456789' };
    const wrong = { 'x-amz-checksum-crc32c': 'AAAAAA==' };
    expect(await sendSigned(server.endpoint(), { ...input, headers: wrong })).toMatchObject({
      code: 'BadDigest',
    });
    const right = { 'x-amz-checksum-crc32c': Buffer.from('e3069283', 'hex').toString('base64') };
    expect((await sendSigned(server.endpoint(), { ...input, headers: right })).status).toBe(200);
  });

  it('stores nothing when the body is not the signed one', async () => {
    const answer = await put({}, sha256('other bytes'));
    expect(answer).toMatchObject({ status: 400, code: 'XAmzContentSHA256Mismatch' });
    expect(await exists()).toBe(false);
    expect((await put({}, 'UNSIGNED-PAYLOAD')).status).toBe(200);
  });

  it('refuses two checksums, unknown ones, and an algorithm without a value', async () => {
    const both = { 'x-amz-checksum-sha256': base64('sha256'), 'x-amz-checksum-sha1': base64('sha1') };
    expect((await put(both)).code).toBe('InvalidRequest');
    expect((await put({ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' })).code).toBe('NotImplemented');
    expect((await put({ 'x-amz-sdk-checksum-algorithm': 'SHA256' })).code).toBe('InvalidRequest');
    expect(await exists()).toBe(false);
  });

  it('keeps to If-None-Match: * and If-Match', async () => {
    expect(await put({ 'if-match': '"x"' })).toMatchObject({ status: 404, code: 'NoSuchKey' });
    const first = await put({ 'if-none-match': '*' });
    expect(first.status).toBe(200);
    expect(await put({ 'if-none-match': '*' })).toMatchObject({ status: 412, code: 'PreconditionFailed' });
    expect(await put({ 'if-match': '"x"' })).toMatchObject({ status: 412 });
    expect((await put({ 'if-match': String(first.headers['etag']) })).status).toBe(200);
  });

  it('lets exactly one of many win who all want to be the first', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => put({ 'if-none-match': '*' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 412),
    ]);
  });

  it('refuses what it does not do, instead of not doing it', async () => {
    for (const headers of [
      { 'x-amz-acl': 'public-read' },
      { 'x-amz-tagging': 'a=b' },
      { 'x-amz-server-side-encryption': 'AES256' },
      { 'x-amz-object-lock-mode': 'GOVERNANCE' },
    ]) {
      expect(await put(headers as unknown as Record<string, string>)).toMatchObject({
        status: 501,
        code: 'NotImplemented',
      });
    }
    for (const query of ['acl', 'tagging', 'versionId=1', 'retention', 'torrent', 'attributes']) {
      const answer = await sendSigned(server.endpoint(), { method: 'GET', path: `${path}?${query}` });
      expect(answer).toMatchObject({ status: 501, code: 'NotImplemented' });
    }
    expect(await exists()).toBe(false);
  });

  it('refuses more metadata than S3 takes', async () => {
    expect((await put({ 'x-amz-meta-a': 'b'.repeat(2048) })).code).toBe('MetadataTooLarge');
  });

  it('refuses an object above 5 GiB before a byte of it is sent', async () => {
    const headers = sign(server.endpoint(), {
      method: 'PUT',
      path,
      headers: { 'content-length': String(5 * 1024 ** 3 + 1) },
      payloadHash: 'UNSIGNED-PAYLOAD',
    });
    const answer = await send(server.endpoint(), {
      method: 'PUT',
      path,
      headers: { ...headers, expect: '100-continue' },
    }).catch((error: unknown) => error);
    expect(answer).toMatchObject({ status: 400, code: 'EntityTooLarge' });
  });
});

describe('keys', () => {
  const encode = (key: string) =>
    key
      .split('/')
      .map((part) =>
        encodeURIComponent(part).replace(
          /[!'()*]/g,
          (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
        ),
      )
      .join('/');
  const roundTrip = async (key: string) => {
    const path = `/${bucket}/${encode(key)}`;
    const put = await sendSigned(server.endpoint(), { method: 'PUT', path, body: `body of ${key}` });
    const got = await sendSigned(server.endpoint(), { method: 'GET', path });
    return { put: put.status, got: got.text };
  };

  it.each([
    '..',
    '../../../etc/passwd',
    'a/../b',
    'a//b',
    '//',
    '/leading',
    'trailing/',
    '.',
    './x',
    'con',
    'a:b|c?d*e<f>"g',
    'back\\slash\\..\\..',
    'new\nline\tand\u0001control',
    'a+b c%20d&e=f#g',
    '😀/é/e\u0301/\u202e',
    'x'.repeat(1024),
    `${'é'.repeat(60)}/${'y'.repeat(240)}`,
    '__proto__',
  ])('%j is a name like any other', async (key) => {
    expect(await roundTrip(key)).toEqual({ put: 200, got: `body of ${key}` });
  });

  it('that differ in case or normal form only are different objects', async () => {
    const keys = ['Case', 'case', 'caf\u00e9', 'cafe\u0301'];
    for (const key of keys) await roundTrip(key);
    for (const key of keys) {
      const answer = await sendSigned(server.endpoint(), {
        method: 'GET',
        path: `/${bucket}/${encode(key)}`,
      });
      expect(answer.text).toBe(`body of ${key}`);
    }
  });

  it('with NUL, above 1024 bytes, or that are no UTF-8 are refused', async () => {
    const put = (path: string) =>
      sendSigned(server.endpoint(), { method: 'PUT', path: `/${bucket}/${path}`, body: 'x' });
    expect((await put('a%00b')).code).toBe('InvalidURI');
    expect((await put('%ff%fe')).code).toBe('InvalidURI');
    expect((await put('%')).code).toBe('InvalidURI');
    expect((await put('x'.repeat(1025))).code).toBe('KeyTooLongError');
    expect((await put('%C3%A9'.repeat(513))).code).toBe('KeyTooLongError');
  });

  it('of any kind come back as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), async (key) => {
        fc.pre(!key.includes('\0'));
        expect(await roundTrip(key)).toEqual({ put: 200, got: `body of ${key}` });
      }),
      { numRuns: 60 },
    );
  });
});

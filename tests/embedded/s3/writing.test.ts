import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { bucket, send, sendSigned, sha256, sign, useServer } from './harness.js';

const server = useServer();

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

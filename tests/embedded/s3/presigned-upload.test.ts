import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { until } from '../../support/until.js';
import { app, bucket, presignPut, send, uploader, useServer } from './harness.js';

const server = useServer();
const key = 'staging/one';
const bytes = Buffer.from('%PDF-1.7 and so on');
const hash = createHash('sha256').update(bytes).digest('base64');

const presigned = (change: Partial<Parameters<typeof presignPut>[1]> = {}) =>
  presignPut(server.endpoint(), { key, contentType: 'application/pdf', sizeBytes: bytes.length, ...change });
const put = (path: string, headers: Record<string, string>, body: Buffer | Readable = bytes) =>
  send(server.endpoint(), { method: 'PUT', path, headers, body });

async function stored(name = key) {
  try {
    return await server.client().send(new HeadObjectCommand({ Bucket: bucket, Key: name }));
  } catch {
    return undefined;
  }
}

function omit(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([known]) => known !== name));
}

beforeEach(async () => {
  await server.client().send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
});

describe('an upload by a presigned URL', () => {
  it('is stored as it was signed, by a full or a write-only credential', async () => {
    for (const credential of [app, uploader]) {
      const { path, headers } = await presigned({ credential, sha256: hash });
      expect(await put(path, headers)).toMatchObject({ status: 200 });
      expect(await stored()).toMatchObject({ ContentLength: bytes.length, ContentType: 'application/pdf' });
    }
  });

  it('works with a URL of getSignedUrl that pins type and length', async () => {
    const url = await getSignedUrl(
      server.client(),
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: 'text/plain',
        ContentLength: bytes.length,
      }),
      {
        expiresIn: 60,
        signableHeaders: new Set(['content-type', 'content-length']),
        unhoistableHeaders: new Set(['content-type', 'content-length']),
      },
    );
    const wrong = await fetch(url, { method: 'PUT', body: bytes, headers: { 'content-type': 'text/html' } });
    expect(wrong.status).toBe(403);
    const right = await fetch(url, { method: 'PUT', body: bytes, headers: { 'content-type': 'text/plain' } });
    expect(right.status).toBe(200);
  });

  it('is refused with another type', async () => {
    const { path, headers } = await presigned();
    for (const type of ['text/html', 'application/pdf; charset=x', '']) {
      const answer = await put(path, { ...headers, 'content-type': type });
      expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    }
    const without = omit(headers, 'content-type');
    expect(await put(path, without)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(await stored()).toBeUndefined();
  });

  it('is refused with another length', async () => {
    const { path, headers } = await presigned();
    for (const body of [bytes.subarray(1), Buffer.concat([bytes, bytes])]) {
      const answer = await put(path, { ...headers, 'content-length': String(body.length) }, body);
      expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    }
    expect(await stored()).toBeUndefined();
  });

  it('is refused when it comes chunked, without a length', async () => {
    const { path, headers } = await presigned();
    const without = omit(headers, 'content-length');
    const pinned = await put(path, { ...without, 'transfer-encoding': 'chunked' }, Readable.from([bytes]));
    expect(pinned.status).toBe(403);
    const url = await getSignedUrl(server.client(), new PutObjectCommand({ Bucket: bucket, Key: key }));
    const { pathname, search } = new URL(url);
    const answer = await put(pathname + search, { 'transfer-encoding': 'chunked' }, Readable.from([bytes]));
    expect(answer).toMatchObject({ status: 411, code: 'MissingContentLength' });
    expect(await stored()).toBeUndefined();
  });

  it('leaves nothing when the client stops half-way', async () => {
    const { path, headers } = await presigned({ sizeBytes: 1_000_000 });
    const { hostname, port } = new URL(server.endpoint());
    const socket = connect(Number(port), hostname);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => socket.write(Buffer.alloc(500_000), resolve));
    socket.destroy();
    // The server is still well, and what came is not there.
    const other = await presigned({ key: 'staging/other' });
    await until(async () => (await put(other.path, other.headers)).status === 200);
    expect(await stored()).toBeUndefined();
  });

  it('never takes more than the bytes that were declared, whatever follows them', async () => {
    const { path, headers } = await presigned();
    const { hostname, port } = new URL(server.endpoint());
    const socket = connect(Number(port), hostname);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(Buffer.concat([bytes, Buffer.from('and more, and more')]));
    const text = await new Promise<string>((resolve) => {
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString()));
      socket.on('close', () => resolve(all));
    });
    // What follows is no request, so the connection ends; the object is whole or was not taken.
    expect(text).toMatch(/^HTTP\/1.1 (200|400) /);
    const size = (await stored())?.ContentLength;
    expect([undefined, bytes.length]).toContain(size);
  });

  it.each(['x-amz-copy-source', 'x-amz-acl', 'x-amz-meta-owner', 'x-amz-tagging', 'x-amz-storage-class'])(
    'is refused with a %s that was not signed',
    async (name) => {
      await server
        .client()
        .send(new PutObjectCommand({ Bucket: bucket, Key: 'private', Body: 'of another' }));
      for (const credential of [app, uploader]) {
        const { path, headers } = await presigned({ credential });
        const answer = await put(path, { ...headers, [name]: `/${bucket}/private` });
        expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' });
        expect(answer.text).toContain(`<HeadersNotSigned>${name}</HeadersNotSigned>`);
      }
      expect(await stored()).toBeUndefined();
    },
  );

  it('is refused when the bytes are not those of the signed hash', async () => {
    const { path, headers } = await presigned({ sha256: hash });
    const others = Buffer.from(bytes).fill('x');
    expect(await put(path, headers, others)).toMatchObject({ status: 400, code: 'BadDigest' });
    const fitting = createHash('sha256').update(others).digest('base64');
    expect(await put(path, { ...headers, 'x-amz-checksum-sha256': fitting }, others)).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    const without = omit(headers, 'x-amz-checksum-sha256');
    expect(await put(path, without, others)).toMatchObject({ status: 403 });
    expect(await stored()).toBeUndefined();
  });

  it('is held to a checksum in its own query too', async () => {
    // What an SDK that always adds checksums makes of a URL: the CRC32 of nothing.
    const client = server.client(app, { requestChecksumCalculation: 'WHEN_SUPPORTED' });
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: key }));
    expect(url).toContain('x-amz-checksum-crc32=AAAAAA');
    const answer = await fetch(url, { method: 'PUT', body: bytes });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>BadDigest</Code>');
    expect(await stored()).toBeUndefined();
  });
});

describe('a client that asks before it sends', () => {
  async function ask(path: string, headers: Record<string, string>) {
    const { hostname, port } = new URL(server.endpoint());
    const socket = connect(Number(port), hostname);
    const lines = Object.entries({ ...headers, expect: '100-continue' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    await until(() => text.includes('\r\n\r\n'));
    return { socket, text: () => text };
  }

  it('is let go on once its signature holds', async () => {
    const { path, headers } = await presigned();
    const { socket, text } = await ask(path, headers);
    expect(text()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(bytes);
    await until(() => text().includes('HTTP/1.1 200 '));
    socket.destroy();
    expect(await stored()).toBeDefined();
  });

  it('is refused without sending anything', async () => {
    const { path, headers } = await presigned();
    const { socket, text } = await ask(path, { ...headers, 'content-type': 'text/html' });
    await until(() => socket.closed);
    expect(text()).toMatch(/^HTTP\/1.1 403 /);
    expect(text()).toContain('SignatureDoesNotMatch');
  });
});

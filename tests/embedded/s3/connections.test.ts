import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startS3Server } from '../../../src/embedded/s3/server.js';
import { makeRecordingLog } from '../../support/recording-log.js';
import { until } from '../../support/until.js';
import {
  bucket,
  makeClient,
  makeTempDir,
  presignPut,
  send,
  sendSigned,
  serverOptions,
  sign,
  useServer,
} from './harness.js';

const server = useServer();

describe('a large upload that is refused', () => {
  it('is told why, although most of it was never read', async () => {
    const sizeBytes = 30_000_000;
    const { path, headers } = await presignPut(server.endpoint(), {
      key: 'big',
      contentType: 'a/b',
      sizeBytes,
    });
    const refused = { ...headers, 'content-type': 'text/html' };
    for (let time = 0; time < 3; time++) {
      const answer = await send(server.endpoint(), {
        method: 'PUT',
        path,
        headers: refused,
        body: Buffer.alloc(sizeBytes),
      });
      expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
      expect(answer.headers['connection']).toBe('close');
    }
  });

  it('is told by fetch too', async () => {
    const body = Buffer.alloc(20_000_000);
    const url = `${server.endpoint()}/${bucket}/big`;
    const answer = await fetch(url, { method: 'PUT', body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('AccessDenied');
  });

  it('is told in the middle of a body that turns out wrong', async () => {
    const path = `/${bucket}/chunked`;
    const body = Buffer.concat([Buffer.from('3\r\nabcd\r\n'), Buffer.alloc(5_000_000)]);
    const headers = sign(server.endpoint(), {
      method: 'PUT',
      path,
      payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      headers: { 'content-length': String(body.length), 'x-amz-decoded-content-length': '3' },
    });
    expect(await send(server.endpoint(), { method: 'PUT', path, headers, body })).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
    });
  });
});

it('keeps a connection over answers and small refusals', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const url = new URL(server.endpoint());
  for (const [method, path, body] of [
    ['PUT', `/${bucket}/kept`, 'body'],
    ['GET', `/${bucket}/none`, undefined],
    ['PUT', `/${bucket}/kept?acl`, 'refused before it is read'],
    ['GET', `/${bucket}/kept`, undefined],
  ] as const) {
    await new Promise<void>((resolve, reject) => {
      const headers = sign(server.endpoint(), {
        method,
        path,
        payloadHash: 'UNSIGNED-PAYLOAD',
        ...(body !== undefined && { headers: { 'content-length': String(body.length) } }),
      });
      const outgoing = request(
        { host: url.hostname, port: url.port, method, path, headers, agent },
        (incoming) => {
          ports.add(incoming.socket.localPort);
          incoming.resume().on('end', resolve);
        },
      );
      outgoing.on('error', reject).end(body);
    });
  }
  expect(ports.size).toBe(1);
  agent.destroy();
});

it('cuts a connection on which nothing moves, and keeps nothing of it', async () => {
  const dir = await makeTempDir();
  const idle = await startS3Server({ ...serverOptions(dir.path), limits: { idleMs: 200 } });
  const { path, headers } = await presignPut(idle.endpoint, {
    key: 'stalled',
    contentType: 'a/b',
    sizeBytes: 100,
  });
  const socket = connect(Number(new URL(idle.endpoint).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\nhalf of`);
  await until(() => socket.closed);
  const got = await sendSigned(idle.endpoint, { method: 'GET', path: `/${bucket}/stalled` });
  expect(got.code).toBe('NoSuchKey');
  await idle.close();
  await dir.remove();
});

describe('a copy that takes long', () => {
  // Every answer takes longer than nothing: each copy of these sends white space while it works.
  const slow = useServer({ slowAfterMs: 1 });
  const body = randomBytes(20_000_000);

  it('keeps its client waiting with white space, and ends as any other', async () => {
    await slow.client().send(new PutObjectCommand({ Bucket: bucket, Key: 'source', Body: body }));
    const answer = await sendSigned(slow.endpoint(), {
      method: 'PUT',
      path: `/${bucket}/copied`,
      headers: { 'x-amz-copy-source': `/${bucket}/source` },
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n +<CopyObjectResult /);
    const got = await slow.client().send(new GetObjectCommand({ Bucket: bucket, Key: 'copied' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });

  it('tells of a late failure in the body, where clients look for it', async () => {
    const object = { Bucket: bucket, Key: 'joined' };
    const client = slow.client();
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        ...object,
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
      }),
    );
    const upload = { ...object, UploadId };
    const part = new UploadPartCommand({ ...upload, PartNumber: 1, Body: body, ChecksumAlgorithm: 'CRC32' });
    const { ETag } = await client.send(part);
    const answer = await sendSigned(slow.endpoint(), {
      method: 'POST',
      path: `/${bucket}/joined?uploadId=${UploadId}`,
      body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${ETag}</ETag></Part></CompleteMultipartUpload>`,
      // That the whole has another checksum is known only when all of it was joined.
      headers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
    });
    expect(answer).toMatchObject({ status: 200, code: 'BadDigest' });
    await expect(client.send(new HeadObjectCommand(object))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('closing', () => {
  it('lets a running upload end, refuses new ones, and may be asked twice', async () => {
    const dir = await makeTempDir();
    const closing = await startS3Server(serverOptions(dir.path));
    const { path, headers } = await presignPut(closing.endpoint, {
      key: 'last',
      contentType: 'a/b',
      sizeBytes: 10,
    });
    const socket = connect(Number(new URL(closing.endpoint).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    const lines = Object.entries({ ...headers, expect: '100-continue' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    await until(() => text.includes('100 Continue'));
    const closed = Promise.all([closing.close(), closing.close()]);
    socket.write('0123456789');
    await until(() => text.includes('HTTP/1.1 200 '));
    await closed;
    await expect(fetch(closing.endpoint)).rejects.toThrow();
    const again = await startS3Server(serverOptions(dir.path));
    const client = makeClient(again.endpoint);
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'last' }));
    expect(await got.Body?.transformToString()).toBe('0123456789');
    client.destroy();
    await again.close();
    await dir.remove();
  });

  it('cuts who does not end', async () => {
    const dir = await makeTempDir();
    const closing = await startS3Server(serverOptions(dir.path));
    const { path, headers } = await presignPut(closing.endpoint, {
      key: 'never',
      contentType: 'a/b',
      sizeBytes: 10,
    });
    const socket = connect(Number(new URL(closing.endpoint).port), '127.0.0.1');
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    const lines = Object.entries({ ...headers, expect: '100-continue' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    await until(() => text.includes('100 Continue'));
    await closing.close();
    await until(() => socket.closed);
    await dir.remove();
  });
});

it('logs no key, URL, signature or secret, and whole what is a fault of its own', async () => {
  const dir = await makeTempDir();
  const log = makeRecordingLog();
  const logged = await startS3Server({ ...serverOptions(dir.path), log });
  const { path, headers } = await presignPut(logged.endpoint, {
    key: 'canary-key',
    contentType: 'a/b',
    sizeBytes: 3,
  });
  await send(logged.endpoint, { method: 'PUT', path, headers, body: 'abc' });
  await send(logged.endpoint, {
    method: 'PUT',
    path,
    headers: { ...headers, 'content-type': 'x/y' },
    body: 'abc',
  });
  await send(logged.endpoint, { method: 'GET', path });
  const signature = /X-Amz-Signature=(\w+)/.exec(path)?.[1] ?? 'none';
  const text = JSON.stringify(log.lines);
  for (const secret of ['canary-key', signature, 'X-Amz', 'app-secret-key'])
    expect(text).not.toContain(secret);
  expect(log.lines.map(({ message }) => message)).toContain('S3 request refused');
  await logged.close();
  await dir.remove();
});

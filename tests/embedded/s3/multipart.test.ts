import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { app, bucket, presign, send, useServer } from './harness.js';

const server = useServer();
const MiB = 1024 ** 2;
const object = { Bucket: bucket, Key: 'multi/part' };
const md5 = (data: Buffer) => createHash('md5').update(data).digest();

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof S3ServiceException) return error.name;
    throw error;
  }
  throw new Error('it was not refused');
}

async function begin(
  client: S3Client,
  parts: readonly Buffer[],
  create: Partial<CreateMultipartUploadCommandInput> = {},
) {
  const partFields = { ChecksumAlgorithm: create.ChecksumAlgorithm };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...object, ...create }));
  const upload = { Bucket: bucket, Key: create.Key ?? object.Key, UploadId };
  const done: CompletedPart[] = [];
  for (const [at, Body] of parts.entries()) {
    const part = await client.send(
      new UploadPartCommand({ ...upload, ...partFields, PartNumber: at + 1, Body }),
    );
    const { ETag, ChecksumCRC32, ChecksumSHA256 } = part;
    done.push({ PartNumber: at + 1, ETag, ChecksumCRC32, ChecksumSHA256 });
  }
  return {
    upload,
    parts: done,
    complete: (change: Partial<CompleteMultipartUploadCommandInput> = {}) =>
      client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: done }, ...change }),
      ),
  };
}

beforeEach(() => server.client().send(new DeleteObjectCommand(object)));

describe.each(['WHEN_REQUIRED', 'WHEN_SUPPORTED'] as const)('multipart uploads with checksums %s', (mode) => {
  const client = () =>
    server.client(app, { requestChecksumCalculation: mode, responseChecksumValidation: mode });

  it('join their parts, in order', async () => {
    const bodies = [randomBytes(5 * MiB), randomBytes(5 * MiB), randomBytes(77)];
    const { complete } = await begin(client(), bodies, { ContentType: 'video/mp4', Metadata: { a: 'b' } });
    const { ETag } = await complete();
    expect(ETag).toBe(`"${md5(Buffer.concat(bodies.map(md5))).toString('hex')}-3"`);
    const got = await client().send(new GetObjectCommand(object));
    expect(got).toMatchObject({ ETag, ContentType: 'video/mp4', Metadata: { a: 'b' } });
    const all = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(all.equals(Buffer.concat(bodies))).toBe(true);
  });

  it('sum up the checksums of their parts', async () => {
    const bodies = [randomBytes(5 * MiB), randomBytes(10)];
    const composite = await begin(client(), bodies, { ChecksumAlgorithm: 'SHA256' });
    const digest = (data: Buffer) => createHash('sha256').update(data).digest();
    expect((await composite.complete()).ChecksumSHA256).toBe(
      `${digest(Buffer.concat(bodies.map(digest))).toString('base64')}-2`,
    );
    const full = await begin(client(), bodies, { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const { ChecksumCRC32 } = await full.complete();
    await client().send(
      new PutObjectCommand({ ...object, Body: Buffer.concat(bodies), ChecksumAlgorithm: 'CRC32' }),
    );
    const head = await client().send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
    expect(ChecksumCRC32).toBe(head.ChecksumCRC32);
  });
});

it('are listed, part by part, until they end', async () => {
  const client = server.client();
  const listed = { Bucket: bucket, Key: 'listed/one' };
  const one = await begin(client, [Buffer.from('1'), Buffer.from('22')], listed);
  const page = await client.send(new ListPartsCommand({ ...one.upload, MaxParts: 1 }));
  expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1' });
  const rest = await client.send(
    new ListPartsCommand({ ...one.upload, PartNumberMarker: page.NextPartNumberMarker }),
  );
  expect(rest.Parts).toMatchObject([{ PartNumber: 2, Size: 2, ETag: one.parts[1]?.ETag }]);

  const list = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'listed/' }))).Uploads ?? [];
  expect(await list()).toMatchObject([{ Key: listed.Key, UploadId: one.upload.UploadId }]);
  await client.send(new AbortMultipartUploadCommand(one.upload));
  expect(await list()).toEqual([]);
  for (const work of [
    () => client.send(new ListPartsCommand(one.upload)),
    () => client.send(new AbortMultipartUploadCommand(one.upload)),
    () => client.send(new UploadPartCommand({ ...one.upload, PartNumber: 1, Body: 'x' })),
    () => one.complete(),
  ]) {
    expect(await codeOf(work())).toBe('NoSuchUpload');
  }
});

it('lists uploads page by page, by key', async () => {
  const client = server.client();
  const keys = ['pages/b', 'pages/a', 'pages/b', 'pages/c'];
  for (const Key of keys) await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  const seen: (string | undefined)[] = [];
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'pages/', MaxUploads: 1, ...marker }),
    );
    seen.push(...(page.Uploads ?? []).map(({ Key }) => Key));
    if (page.IsTruncated !== true) break;
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
  expect(seen).toEqual(['pages/a', 'pages/b', 'pages/b', 'pages/c']);
});

it('refuse parts that are missing, others, out of order or too small', async () => {
  const client = server.client();
  const { complete, parts } = await begin(client, [
    Buffer.alloc(5 * MiB),
    Buffer.from('small'),
    Buffer.from('end'),
  ]);
  const [one = {}, two = {}, three = {}] = parts;
  const withParts = (Parts: CompletedPart[]) => codeOf(complete({ MultipartUpload: { Parts } }));
  expect(await withParts([one, two, three])).toBe('EntityTooSmall');
  expect(await withParts([three, one])).toBe('InvalidPartOrder');
  expect(await withParts([one, one])).toBe('InvalidPartOrder');
  expect(await withParts([one, { ...two, ETag: '"0"' }])).toBe('InvalidPart');
  expect(await withParts([one, { PartNumber: 9, ETag: '"0"' }])).toBe('InvalidPart');
  expect(await withParts([])).toBe('MalformedXML');
  expect(await codeOf(client.send(new HeadObjectCommand(object)))).toBe('NotFound');
  await complete({ MultipartUpload: { Parts: [one, three] } });
  expect(await client.send(new HeadObjectCommand(object))).toMatchObject({ ContentLength: 5 * MiB + 3 });
});

it('refuse part numbers outside of 1 to 10,000', async () => {
  const client = server.client();
  const { upload } = await begin(client, []);
  for (const PartNumber of [0, 10_001, -1]) {
    const part = new UploadPartCommand({ ...upload, PartNumber, Body: 'x' });
    expect(await codeOf(client.send(part))).toBe('InvalidArgument');
  }
});

it('keep the last of two parts with the same number', async () => {
  const client = server.client();
  const { upload, complete } = await begin(client, [Buffer.from('first')]);
  const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'second' }));
  await complete({ MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } });
  const got = await client.send(new GetObjectCommand(object));
  expect(await got.Body?.transformToString()).toBe('second');
});

it('succeed again when asked to complete again', async () => {
  const { complete } = await begin(server.client(), [Buffer.from('once')]);
  const [first, second] = await Promise.all([complete(), complete()]);
  expect(second.ETag).toBe(first.ETag);
  expect((await complete()).ETag).toBe(first.ETag);
});

it('keep to If-None-Match, a declared size and a declared checksum', async () => {
  const client = server.client();
  await client.send(new PutObjectCommand({ ...object, Body: 'there' }));
  const { complete } = await begin(client, [Buffer.from('new')], {
    ChecksumAlgorithm: 'CRC32',
    ChecksumType: 'FULL_OBJECT',
  });
  expect(await codeOf(complete({ IfNoneMatch: '*' }))).toBe('PreconditionFailed');
  expect(await codeOf(complete({ MpuObjectSize: 4 }))).toBe('InvalidRequest');
  expect(await codeOf(complete({ ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest');
  expect(await client.send(new HeadObjectCommand(object))).toMatchObject({ ContentLength: 5 });
  await complete({ MpuObjectSize: 3 });
});

it('belong to their key alone', async () => {
  const client = server.client();
  const { upload } = await begin(client, []);
  const elsewhere = { ...upload, Key: 'multi/other' };
  expect(await codeOf(client.send(new UploadPartCommand({ ...elsewhere, PartNumber: 1, Body: 'x' })))).toBe(
    'NoSuchUpload',
  );
  for (const UploadId of ['../objects', 'none', '..']) {
    expect(await codeOf(client.send(new ListPartsCommand({ ...object, UploadId })))).toBe('NoSuchUpload');
  }
});

it('copy parts of other objects', async () => {
  const client = server.client();
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'source', Body: '0123456789' }));
  const { upload, complete } = await begin(client, []);
  const copy = (CopySourceRange?: string) =>
    client.send(
      new UploadPartCopyCommand({
        ...upload,
        PartNumber: 1,
        CopySource: `${bucket}/source`,
        ...(CopySourceRange !== undefined && { CopySourceRange }),
      }),
    );
  expect(await codeOf(copy('bytes=3-20'))).toBe('InvalidRange');
  expect(await codeOf(copy('bytes=3-'))).toBe('InvalidArgument');
  await copy();
  const { CopyPartResult } = await copy('bytes=3-5');
  await complete({ MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] } });
  const got = await client.send(new GetObjectCommand(object));
  expect(await got.Body?.transformToString()).toBe('345');
});

it('take parts by presigned URLs that pin their length', async () => {
  const { upload, complete } = await begin(server.client(), []);
  const headers = { 'content-length': '4' };
  const path = await presign(server.endpoint(), {
    method: 'PUT',
    key: object.Key,
    query: { partNumber: '1', uploadId: upload.UploadId ?? '' },
    headers,
    names: new Set(['content-length']),
  });
  const put = (body: string) =>
    send(server.endpoint(), { method: 'PUT', path, headers: { 'content-length': body.length }, body });
  expect(await put('five!')).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  const answer = await put('four');
  expect(answer.status).toBe(200);
  await complete({ MultipartUpload: { Parts: [{ PartNumber: 1, ETag: String(answer.headers['etag']) }] } });
});

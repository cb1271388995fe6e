import { PutObjectCommand } from '@aws-sdk/client-s3';
import { app, bucket, sendSigned, stranger, uploader, useServer } from './harness.js';
import type { SignInput } from './harness.js';

const server = useServer();
const path = `/${bucket}/theirs`;

async function attempt(input: SignInput & { body?: string }) {
  const { status, code } = await sendSigned(server.endpoint(), input);
  return { status, code };
}

const refused = { status: 403, code: 'AccessDenied' };
const copy = { 'x-amz-copy-source': `/${bucket}/theirs` };

beforeAll(() =>
  server.client().send(new PutObjectCommand({ Bucket: bucket, Key: 'theirs', Body: 'private' })),
);

describe('a write-only credential', () => {
  const credential = uploader;

  it('puts objects, at once and in parts', async () => {
    const own = `/${bucket}/uploaded`;
    expect(await attempt({ credential, method: 'PUT', path: own, body: 'x' })).toMatchObject({ status: 200 });
    const begun = await sendSigned(server.endpoint(), { credential, method: 'POST', path: `${own}?uploads` });
    const uploadId = /<UploadId>(\w+)</.exec(begun.text)?.[1] ?? '';
    const part = await sendSigned(server.endpoint(), {
      credential,
      method: 'PUT',
      path: `${own}?partNumber=1&uploadId=${uploadId}`,
      body: 'part',
    });
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${String(part.headers['etag'])}</ETag></Part></CompleteMultipartUpload>`;
    expect(
      await attempt({ credential, method: 'POST', path: `${own}?uploadId=${uploadId}`, body }),
    ).toMatchObject({ status: 200 });
    const another = await sendSigned(server.endpoint(), {
      credential,
      method: 'POST',
      path: `${own}?uploads`,
    });
    const anotherId = /<UploadId>(\w+)</.exec(another.text)?.[1] ?? '';
    expect(
      await attempt({ credential, method: 'DELETE', path: `${own}?uploadId=${anotherId}` }),
    ).toMatchObject({ status: 204 });
  });

  it.each([
    { method: 'GET', path },
    { method: 'GET', path: `/${bucket}/none` },
    { method: 'DELETE', path },
    { method: 'GET', path: `/${bucket}?list-type=2` },
    { method: 'GET', path: `/${bucket}?uploads` },
    { method: 'GET', path: `/${bucket}?location` },
    { method: 'GET', path: `/${bucket}?cors` },
    { method: 'PUT', path: `/${bucket}?cors`, body: '<CORSConfiguration/>' },
    { method: 'PUT', path: `/${bucket}?lifecycle`, body: '<LifecycleConfiguration/>' },
    {
      method: 'POST',
      path: `/${bucket}?delete`,
      body: '<Delete><Object><Key>theirs</Key></Object></Delete>',
    },
    { method: 'PUT', path: '/another-bucket' },
    { method: 'GET', path: `${path}?uploadId=x` },
    { method: 'PUT', path: `/${bucket}/mine`, headers: copy },
    { method: 'PUT', path: `/${bucket}/mine?partNumber=1&uploadId=x`, headers: copy },
    { method: 'PUT', path, headers: { 'if-match': '"x"' }, body: 'x' },
  ])('may not $method $path', async (input) => {
    expect(await attempt({ credential, ...input })).toEqual(refused);
  });

  it('is not told by HEAD what is there', async () => {
    for (const name of ['theirs', 'none']) {
      const head = { credential, method: 'HEAD', path: `/${bucket}/${name}` };
      expect(await attempt(head)).toEqual({ status: 403, code: undefined });
    }
    expect((await attempt({ credential, method: 'HEAD', path: `/${bucket}` })).status).toBe(403);
  });
});

describe('a credential of another account', () => {
  const credential = stranger;

  it.each([
    { method: 'GET', path },
    { method: 'PUT', path, body: 'x' },
    { method: 'DELETE', path },
    { method: 'GET', path: `/${bucket}?list-type=2` },
    { method: 'POST', path: `${path}?uploads` },
    { method: 'PUT', path: `/${bucket}?cors`, body: '<CORSConfiguration/>' },
  ])('may not $method $path', async (input) => {
    expect(await attempt({ credential, ...input })).toEqual(refused);
  });

  it('has buckets of its own, and cannot copy across', async () => {
    expect((await attempt({ credential, method: 'PUT', path: '/others' })).status).toBe(200);
    expect(await attempt({ credential, method: 'PUT', path: '/others' })).toMatchObject({
      code: 'BucketAlreadyOwnedByYou',
    });
    expect(await attempt({ credential, method: 'PUT', path: `/${bucket}` })).toMatchObject({
      code: 'BucketAlreadyExists',
    });
    expect(await attempt({ credential, method: 'PUT', path: '/others/stolen', headers: copy })).toEqual(
      refused,
    );
    expect(await attempt({ credential: app, method: 'PUT', path: '/others/x', body: 'x' })).toEqual(refused);
  });
});

it('answers that a bucket does not exist, and refuses bad names and other owners', async () => {
  expect(await attempt({ method: 'GET', path: '/no-such-bucket/key' })).toEqual({
    status: 404,
    code: 'NoSuchBucket',
  });
  for (const name of ['UPPER', 'a', '..', 'a_b']) {
    expect(await attempt({ method: 'PUT', path: `/${name}` })).toEqual({
      status: 400,
      code: 'InvalidBucketName',
    });
  }
  const headers = { 'x-amz-expected-bucket-owner': 'other' };
  expect(await attempt({ method: 'GET', path, headers })).toEqual(refused);
  expect(await attempt({ method: 'GET', path: '/' })).toEqual({ status: 501, code: 'NotImplemented' });
});

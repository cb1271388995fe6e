import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketLifecycleCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { openBuckets } from '../../../src/embedded/s3/buckets.js';
import { sweepBucket } from '../../../src/embedded/s3/lifecycle.js';
import { startS3Server } from '../../../src/embedded/s3/server.js';
import {
  bucket,
  makeClient,
  makeTempDir,
  presign,
  region,
  send,
  sendSigned,
  serverOptions,
  useServer,
} from './harness.js';

const server = useServer();
const origin = 'https://portal.example';

describe('a bucket', () => {
  it('answers, tells its region, and is there already', async () => {
    expect(await server.client().send(new HeadBucketCommand({ Bucket: bucket }))).toMatchObject({
      BucketRegion: region,
    });
    const { LocationConstraint } = await server
      .client()
      .send(new GetBucketLocationCommand({ Bucket: bucket }));
    expect(LocationConstraint).toBe(region);
    await expect(server.client().send(new CreateBucketCommand({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    await server.client().send(new CreateBucketCommand({ Bucket: 'second-bucket' }));
    await server.client().send(new HeadBucketCommand({ Bucket: 'second-bucket' }));
  });
});

describe('CORS', () => {
  const rules = [
    {
      ID: 'portal',
      AllowedOrigins: [origin, 'https://*.preview.example'],
      AllowedMethods: ['PUT', 'GET'],
      AllowedHeaders: ['content-type', 'x-amz-*'],
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 600,
    },
    { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] },
  ];
  const preflight = (from: string, method: string, headers?: string) =>
    send(server.endpoint(), {
      method: 'OPTIONS',
      path: `/${bucket}/key`,
      headers: {
        origin: from,
        'access-control-request-method': method,
        ...(headers !== undefined && { 'access-control-request-headers': headers }),
      },
    });

  it('allows nobody until it is configured', async () => {
    expect(await preflight(origin, 'PUT')).toMatchObject({ status: 403, code: 'AccessForbidden' });
    const get = await sendSigned(server.endpoint(), {
      method: 'GET',
      path: `/${bucket}/key`,
      headers: { origin },
    });
    expect(get.headers['access-control-allow-origin']).toBeUndefined();
    await expect(server.client().send(new GetBucketCorsCommand({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'NoSuchCORSConfiguration',
    });
  });

  it('answers preflights as configured', async () => {
    await server
      .client()
      .send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: rules } }));
    const { CORSRules } = await server.client().send(new GetBucketCorsCommand({ Bucket: bucket }));
    expect(CORSRules).toEqual(rules);

    const allowed = await preflight(origin, 'PUT', 'Content-Type, x-amz-checksum-sha256');
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'PUT, GET',
      'access-control-allow-headers': 'content-type, x-amz-checksum-sha256',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    });
    expect((await preflight('https://a.preview.example', 'GET')).status).toBe(200);
    expect((await preflight('https://any.where', 'HEAD')).headers['access-control-allow-origin']).toBe('*');
    for (const refused of [
      preflight('https://evil.example', 'PUT'),
      preflight('https://preview.example', 'PUT'),
      preflight(origin, 'DELETE'),
      preflight(origin, 'PUT', 'authorization'),
    ]) {
      expect(await refused).toMatchObject({ status: 403, code: 'AccessForbidden' });
    }
  });

  it('lets a browser read answers and refusals, of allowed origins only', async () => {
    const path = await presign(server.endpoint(), { method: 'GET', key: 'none' });
    for (const [change, status] of [
      ['', 404],
      ['&added=1', 403],
    ] as const) {
      const answer = await send(server.endpoint(), {
        method: 'GET',
        path: path + change,
        headers: { origin },
      });
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'ETag',
        vary: 'Origin',
      });
    }
    const headers = { origin: 'https://evil.example' };
    const evil = await send(server.endpoint(), { method: 'GET', path, headers });
    expect(evil.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('is gone when it is deleted', async () => {
    await server.client().send(new DeleteBucketCorsCommand({ Bucket: bucket }));
    expect((await preflight(origin, 'PUT')).status).toBe(403);
  });

  it('refuses configurations that are none', async () => {
    const put = (body: string) =>
      sendSigned(server.endpoint(), { method: 'PUT', path: `/${bucket}?cors`, body });
    const rule = (inside: string) => `<CORSConfiguration><CORSRule>${inside}</CORSRule></CORSConfiguration>`;
    expect((await put('')).code).toBe('MalformedXML');
    expect((await put('<CORSConfiguration/>')).code).toBe('MalformedXML');
    expect((await put('<Other/>')).code).toBe('MalformedXML');
    expect((await put(rule('<AllowedMethod>GET</AllowedMethod>'))).code).toBe('MalformedXML');
    expect(
      (await put(rule('<AllowedOrigin>*</AllowedOrigin><AllowedMethod>TRACE</AllowedMethod>'))).code,
    ).toBe('InvalidRequest');
    expect(
      (await put(rule('<AllowedOrigin>*.*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>'))).code,
    ).toBe('InvalidRequest');
    expect((await put('x'.repeat(1024 * 1024 + 1))).code).toBe('EntityTooLarge');
  });
});

describe('lifecycle rules', () => {
  const rules = [
    { ID: 'staging', Status: 'Enabled' as const, Filter: { Prefix: 'staging/' }, Expiration: { Days: 1 } },
    {
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
    { Status: 'Disabled' as const, Filter: { Prefix: 'kept/' }, Expiration: { Days: 1 } },
  ];

  it('are given back as they were put', async () => {
    const input = { Bucket: bucket };
    await expect(
      server.client().send(new GetBucketLifecycleConfigurationCommand(input)),
    ).rejects.toMatchObject({
      name: 'NoSuchLifecycleConfiguration',
    });
    await server
      .client()
      .send(
        new PutBucketLifecycleConfigurationCommand({ ...input, LifecycleConfiguration: { Rules: rules } }),
      );
    const { Rules } = await server.client().send(new GetBucketLifecycleConfigurationCommand(input));
    expect(Rules).toEqual(rules);
    await server.client().send(new DeleteBucketLifecycleCommand(input));
  });

  it('that ask for more than is done are refused', async () => {
    const put = (inside: string) =>
      sendSigned(server.endpoint(), {
        method: 'PUT',
        path: `/${bucket}?lifecycle`,
        body: `<LifecycleConfiguration><Rule><Status>Enabled</Status>${inside}</Rule></LifecycleConfiguration>`,
      });
    expect((await put('<Transition><Days>1</Days></Transition>')).code).toBe('NotImplemented');
    expect((await put('<Filter><Tag/></Filter><Expiration><Days>1</Days></Expiration>')).code).toBe(
      'NotImplemented',
    );
    expect((await put('<Expiration><Date>2030-01-01</Date></Expiration>')).code).toBe('NotImplemented');
    expect((await put('<Expiration><Days>0</Days></Expiration>')).code).toBe('InvalidArgument');
    expect((await put('')).code).toBe('InvalidRequest');
  });

  it('delete what has had its time, and nothing else', async () => {
    const dir = await makeTempDir();
    const buckets = await openBuckets(dir.path);
    const swept = await buckets.create('swept', 'askfile');
    await swept.setLifecycle([
      { enabled: true, prefix: 'staging/', expirationDays: 1 },
      { enabled: true, prefix: '', abortMultipartDays: 2 },
      { enabled: false, prefix: 'kept/', expirationDays: 1 },
    ]);
    for (const key of ['staging/a', 'staging/b', 'kept/a', 'stagin']) {
      const chunks = (async function* () {
        yield await Promise.resolve(Buffer.from(key));
      })();
      await swept.objects.put({ key, chunks, describe: () => ({ etag: 'x', headers: {} }) });
    }
    const uploadId = await swept.uploads.create({ key: 'any', initiated: Date.now(), headers: {} });
    const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
    expect(await sweepBucket(swept, inDays(0.9))).toEqual({ objects: 0, uploads: 0 });
    expect(await sweepBucket(swept, inDays(2))).toMatchObject({ objects: 2 });
    expect(await sweepBucket(swept, inDays(3))).toEqual({ objects: 0, uploads: 1 });
    expect(await swept.objects.head('kept/a')).toBeDefined();
    expect(await swept.objects.head('stagin')).toBeDefined();
    expect(await swept.objects.head('staging/a')).toBeUndefined();
    expect(await swept.uploads.find(uploadId, 'any')).toBeUndefined();
    await dir.remove();
  });
});

it('keeps the settings of a bucket over a restart', async () => {
  const dir = await makeTempDir();
  const rule = { AllowedOrigins: [origin], AllowedMethods: ['PUT'] };
  const first = await startS3Server(serverOptions(dir.path));
  const before = makeClient(first.endpoint);
  await before.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }));
  before.destroy();
  await first.close();
  const second = await startS3Server(serverOptions(dir.path));
  const after = makeClient(second.endpoint);
  expect((await after.send(new GetBucketCorsCommand({ Bucket: bucket }))).CORSRules).toEqual([rule]);
  after.destroy();
  await second.close();
  await dir.remove();
});

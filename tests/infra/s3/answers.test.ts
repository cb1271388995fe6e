import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import type { StorageConfig } from '../../../src/config.js';
import type { ObjectStore } from '../../../src/domains/storage/object-store.js';
import { ObjectChangedError } from '../../../src/domains/storage/object-store.js';
import { setUpBucket } from '../../../src/infra/s3/bucket-setup.js';
import { makeS3ObjectStore } from '../../../src/infra/s3/object-store.js';
import { startHttpServer } from '../../support/http-server.js';

const unavailable = { code: 'STORAGE_UNAVAILABLE' };
const etag = `"${'a'.repeat(32)}"`;
const copying = { from: 'staging/a', to: 'final/a', etag, contentType: 'text/plain' };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` against a server that gives these answers; resolves with what it was asked. */
async function against(answer: Answer, use: (store: ObjectStore, config: StorageConfig) => Promise<void>) {
  const server = await startHttpServer(answer);
  const credential = { accessKeyId: 'app', secretKey: 'app-secret-key' };
  const address = {
    endpoint: server.endpoint,
    publicUrl: server.endpoint,
    region: 'us-east-1',
    bucket: 'askfile',
  };
  const config = { ...credential, ...address, forcePathStyle: true, upload: null };
  const store = makeS3ObjectStore(config);
  try {
    await use(store, config);
  } finally {
    store.close();
    await server.close();
  }
  return server.seen;
}

/** Answers by method, the last of each again and again. */
function byMethod(answers: Record<string, Answer[]>): Answer {
  return (request, response) => {
    const queue = answers[request.method ?? ''] ?? [];
    const next = queue.length > 1 ? queue.shift() : queue[0];
    if (next === undefined) response.writeHead(501).end();
    else next(request, response);
  };
}

const reply =
  (status: number, xml = '', headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(xml);
const error = (code: string, more = '') => `<Error><Code>${code}</Code><Message>no</Message>${more}</Error>`;
const copied = reply(200, '<CopyObjectResult><ETag>"b"</ETag></CopyObjectResult>');
const object = (itsEtag: string, headers = {}) =>
  reply(200, '', { 'content-length': '12', 'content-type': 'text/plain', etag: itsEtag, ...headers });

test('a store that is busy is asked three times in all', async () => {
  const seen = await against(reply(503, error('SlowDown')), async (store) => {
    await expect(store.delete('a')).rejects.toMatchObject(unavailable);
  });
  expect(seen.map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'DELETE']);
});

test('a store that refuses us is asked once', async () => {
  const seen = await against(reply(403, error('AccessDenied')), async (store) => {
    await expect(store.delete('a')).rejects.toMatchObject(unavailable);
  });
  expect(seen.map(({ method }) => method)).toEqual(['DELETE']);
});

test('what storage says of the request stays out of the error and its cause', async () => {
  const said = error(
    'SignatureDoesNotMatch',
    '<AWSAccessKeyId>canary-1</AWSAccessKeyId><StringToSign>canary-2</StringToSign>',
  );
  await against(reply(403, said), async (store) => {
    const fault: unknown = await store.read('canary-3').catch((reason: unknown) => reason);
    expect(fault).toMatchObject({
      ...unavailable,
      cause: { reason: 'SignatureDoesNotMatch', httpStatus: 403 },
    });
    expect(inspect(fault, { depth: 20, showHidden: true })).not.toContain('canary');
  });
});

test('an answer that is no list is an outage, not an empty bucket', async () => {
  for (const page of [
    '<html><body>Welcome</body></html>',
    '<ListBucketResult><Name>askfile</Name><IsTruncated>true</IsTruncated></ListBucketResult>',
  ]) {
    await against(reply(200, page), async (store) => {
      await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
    });
  }
});

test('a copy that fails after its 200 was sent has failed', async () => {
  await against(byMethod({ PUT: [reply(200, error('InternalError'))] }), async (store) => {
    await expect(store.copy(copying)).rejects.toMatchObject(unavailable);
  });
});

test('a copy with another ETag than asked for is deleted', async () => {
  const answers = byMethod({ PUT: [copied], HEAD: [object('"b"')], DELETE: [reply(204)] });
  const seen = await against(answers, async (store) => {
    await expect(store.copy(copying)).rejects.toBeInstanceOf(ObjectChangedError);
  });
  expect(seen.map(({ method }) => method)).toEqual(['PUT', 'HEAD', 'DELETE']);
});

test('where a KMS key encrypts, so that each copy has its own ETag, the source is looked at again', async () => {
  const kms = { 'x-amz-server-side-encryption': 'aws:kms' };
  const encrypted = reply(200, '<CopyObjectResult><ETag>"b"</ETag></CopyObjectResult>', kms);
  await against(
    byMethod({ PUT: [encrypted], HEAD: [object('"b"', kms), object(etag, kms)] }),
    async (store) => {
      expect(await store.copy(copying)).toMatchObject({ etag: '"b"', sizeBytes: 12 });
    },
  );
  const changed = byMethod({
    PUT: [encrypted],
    HEAD: [object('"b"', kms), object('"c"', kms)],
    DELETE: [reply(204)],
  });
  await against(changed, async (store) => {
    await expect(store.copy(copying)).rejects.toBeInstanceOf(ObjectChangedError);
  });
});

test('storage:setup tells a store that lacks a call from one that fails', async () => {
  const notThere = reply(501, error('NotImplemented'));
  await against(byMethod({ HEAD: [reply(200)], GET: [notThere] }), async (_store, config) => {
    const rows = await setUpBucket(config, ['http://localhost:4000']);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['already so', 'not supported', 'not supported']);
    expect(rows[1]?.advice).toContain('x-amz-checksum-sha256');
  });
  await against(
    byMethod({ HEAD: [reply(200)], GET: [reply(403, error('AccessDenied'))] }),
    async (_store, config) => {
      const rows = await setUpBucket(config, ['http://localhost:4000']);
      expect(rows.map(({ outcome }) => outcome)).toEqual(['already so', 'FAILED', 'FAILED']);
    },
  );
});

test('storage:setup makes a bucket that is missing, and keeps the rules of others', async () => {
  const theirs =
    '<CORSRule><ID>theirs</ID><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>';
  const answers: Answer = (request, response) => {
    const found = request.url?.includes('cors') === true;
    const get = found
      ? reply(200, `<CORSConfiguration>${theirs}</CORSConfiguration>`)
      : reply(404, error('NoSuchLifecycleConfiguration'));
    byMethod({ HEAD: [reply(404)], PUT: [reply(200)], GET: [get] })(request, response);
  };
  const seen = await against(answers, async (_store, config) => {
    const rows = await setUpBucket(config, ['http://localhost:4000']);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  });
  const [bucket, cors, lifecycle] = seen.filter(({ method }) => method === 'PUT');
  expect(bucket?.url).toMatch(/^\/askfile\/?$/);
  expect(cors?.body).toContain('<ID>theirs</ID>');
  expect(cors?.body).toContain('<AllowedOrigin>http://localhost:4000</AllowedOrigin>');
  expect(lifecycle?.body).toContain('<Prefix>staging/</Prefix>');
});

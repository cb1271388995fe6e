import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate } from './authenticate.js';
import type { Authenticated, Credential } from './authenticate.js';
import type { Bucket, Buckets } from './buckets.js';
import type { Incoming, Reply } from './call.js';
import { answerPreflight, corsHeaders } from './cors.js';
import { S3Error } from './errors.js';
import { createBucket } from './handlers/bucket.js';
import { findOperation } from './operations.js';
import type { Operation } from './operations.js';
import { parseTarget } from './target.js';
import type { Target } from './target.js';

export interface AnswerDeps {
  readonly buckets: Buckets;
  readonly region: string;
  readonly credentials: readonly Credential[];
}

/**
 * One request, from its first line to the answer to be sent: who asks, what for, may they, do it.
 * Throws S3Error. Sets CORS headers on `res` also for refusals, so that a browser may read these.
 */
export async function answer(
  deps: AnswerDeps,
  req: IncomingMessage,
  res: ServerResponse,
  startBody: () => void,
): Promise<Reply> {
  const target = parseTarget(req.url ?? '', req.headers.host);
  const method = req.method ?? '';
  const bucket = deps.buckets.find(target.bucket);
  if (method === 'OPTIONS') return answerPreflight(bucket?.cors(), toMap(req));
  const cors = corsHeaders(bucket?.cors(), req.headers.origin, method);
  for (const [name, value] of Object.entries(cors)) res.setHeader(name, value);

  const authenticated = authenticate({ ...deps, http: req, target, now: new Date() });
  const { credential, fields } = authenticated;
  const incoming: Incoming = { ...authenticated, http: req, startBody };
  if (target.bucket === '') throw new S3Error('NotImplemented');
  if (isCreateBucket(method, target)) {
    if (credential.access !== 'full') throw new S3Error('AccessDenied');
    return createBucket(deps.buckets, target.bucket, incoming, deps.region);
  }
  const operation = findOperation({ ...target, method, fields });
  assertAccess(operation, authenticated);
  const ownBucket = assertOwn(bucket, credential);
  const expectedOwner = fields.get('x-amz-expected-bucket-owner');
  if (expectedOwner !== undefined && expectedOwner !== ownBucket.account) throw new S3Error('AccessDenied');
  return operation.run({
    ...incoming,
    region: deps.region,
    bucket: ownBucket,
    key: target.key,
    query: target.query,
    readableBucket: (name) => assertOwn(deps.buckets.find(name), credential),
  });
}

function isCreateBucket(method: string, target: Target): boolean {
  const parameters = [...target.query.keys()].filter((name) => !/^x-/i.test(name));
  return method === 'PUT' && target.key === '' && parameters.length === 0;
}

function assertAccess(operation: Operation, { credential, fields }: Authenticated): void {
  if (credential.access === 'full') return;
  // If-Match tells what is there, which is reading.
  if (!operation.isWrite || fields.has('if-match')) throw new S3Error('AccessDenied');
}

function assertOwn(bucket: Bucket | undefined, credential: Credential): Bucket {
  if (!bucket) throw new S3Error('NoSuchBucket');
  if (bucket.account !== credential.account) throw new S3Error('AccessDenied');
  return bucket;
}

function toMap(req: IncomingMessage): Map<string, string> {
  return new Map(
    Object.entries(req.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}

import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StorageConfig } from '../../config.js';
import { hasCorsRule, hasLifecycleRule, toCorsRule, toLifecycleRules, withRules } from './bucket-rules.js';
import { makeS3Client } from './client.js';
import { withDeadline } from './deadline.js';
import { toFault } from './fault.js';
import type { StorageFault } from './fault.js';

export interface SetupRow {
  readonly what: string;
  /** `not supported`: by this store; the advice says what to do instead. */
  readonly outcome: 'done' | 'already so' | 'not supported' | 'FAILED';
  readonly advice: string | null;
}

const timeoutMs = 30_000;

/**
 * Makes the bucket, its CORS rule for `origins` and its lifecycle rules, each where it is missing or differs; rules
 * of others stay. Never throws for what storage answers: each step becomes a row.
 */
export async function setUpBucket(config: StorageConfig, origins: readonly string[]): Promise<SetupRow[]> {
  const client = makeS3Client(config);
  try {
    const bucket = await makeBucket(client, config);
    if (bucket.outcome === 'FAILED') return [bucket];
    return [bucket, await setCors(client, config.bucket, origins), await setLifecycle(client, config.bucket)];
  } finally {
    client.destroy();
  }
}

async function makeBucket(client: S3Client, { bucket: Bucket, region }: StorageConfig): Promise<SetupRow> {
  const what = `Bucket ${Bucket}`;
  const found = await attempt('HeadBucket', (abortSignal) =>
    client.send(new HeadBucketCommand({ Bucket }), { abortSignal }),
  );
  if (found.ok) return { what, outcome: 'already so', advice: null };
  if (found.fault.httpStatus !== 404) {
    const advice = `Check STORAGE_ENDPOINT, the keys, and that the bucket is yours (${found.fault.message}).`;
    return { what, outcome: 'FAILED', advice };
  }
  const made = await attempt('CreateBucket', (abortSignal) =>
    client.send(new CreateBucketCommand({ Bucket }), { abortSignal }),
  );
  if (made.ok) return { what, outcome: 'done', advice: null };
  const advice = `Make it by hand, in region ${region}, without public access (${made.fault.message}).`;
  return { what, outcome: 'FAILED', advice };
}

async function setCors(client: S3Client, Bucket: string, origins: readonly string[]): Promise<SetupRow> {
  const what = `CORS for ${origins.join(', ')}`;
  const byHand = `Allow PUT, GET and HEAD from these origins with headers content-type and x-amz-checksum-sha256, exposing ETag`;
  const rule = toCorsRule(origins);
  const found = await attempt('GetBucketCors', (abortSignal) =>
    client.send(new GetBucketCorsCommand({ Bucket }), { abortSignal }),
  );
  if (!found.ok && !isNotSetYet(found.fault)) return failed(what, byHand, found.fault);
  const current = found.ok ? (found.value.CORSRules ?? []) : [];
  if (hasCorsRule(current, rule)) return { what, outcome: 'already so', advice: null };
  const CORSConfiguration = { CORSRules: withRules(current, [rule]) };
  const set = await attempt('PutBucketCors', (abortSignal) =>
    client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration }), { abortSignal }),
  );
  return set.ok ? { what, outcome: 'done', advice: null } : failed(what, byHand, set.fault);
}

async function setLifecycle(client: S3Client, Bucket: string): Promise<SetupRow> {
  const what = 'Lifecycle: unfinished multipart uploads and staging/ end after 2 days';
  const byHand = 'Nothing is lost: the janitor clears both. Otherwise set these rules by hand';
  const rules = toLifecycleRules();
  const found = await attempt('GetBucketLifecycle', (abortSignal) =>
    client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), { abortSignal }),
  );
  if (!found.ok && !isNotSetYet(found.fault)) return failed(what, byHand, found.fault);
  const current = found.ok ? (found.value.Rules ?? []) : [];
  if (rules.every((rule) => hasLifecycleRule(current, rule)))
    return { what, outcome: 'already so', advice: null };
  const LifecycleConfiguration = { Rules: withRules(current, rules) };
  const set = await attempt('PutBucketLifecycle', (abortSignal) =>
    client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }), {
      abortSignal,
    }),
  );
  return set.ok ? { what, outcome: 'done', advice: null } : failed(what, byHand, set.fault);
}

/** `NoSuchCORSConfiguration`, `NoSuchLifecycleConfiguration`. */
function isNotSetYet(fault: StorageFault): boolean {
  return fault.httpStatus === 404;
}

/** A store that does not know the call says so in many ways; one that is down or refuses us, in few. */
function failed(what: string, byHand: string, fault: StorageFault): SetupRow {
  const isRefusal = fault.httpStatus === 0 || fault.httpStatus === 403 || fault.httpStatus === 503;
  return {
    what,
    outcome: isRefusal ? 'FAILED' : 'not supported',
    advice: `${byHand} (${fault.message}).`,
  };
}

type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: StorageFault };

async function attempt<T>(operation: string, work: (signal: AbortSignal) => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await withDeadline(operation, timeoutMs, work) };
  } catch (error) {
    return { ok: false, fault: toFault(operation, error) };
  }
}

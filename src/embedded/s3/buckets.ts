import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDirectory, readJson, writeJson } from './durable.js';
import { S3Error } from './errors.js';
import { makeLocks } from './lock.js';
import { openMultipartFiles } from './multipart-files.js';
import type { MultipartFiles } from './multipart-files.js';
import { openObjectFiles } from './object-files.js';
import type { ObjectFiles } from './object-files.js';

const corsRule = z.object({
  id: z.string().optional(),
  allowedOrigins: z.array(z.string()),
  allowedMethods: z.array(z.string()),
  allowedHeaders: z.array(z.string()),
  exposeHeaders: z.array(z.string()),
  maxAgeSeconds: z.number().int().optional(),
});
export type CorsRule = Readonly<z.infer<typeof corsRule>>;

const lifecycleRule = z.object({
  id: z.string().optional(),
  enabled: z.boolean(),
  prefix: z.string(),
  expirationDays: z.number().int().optional(),
  abortMultipartDays: z.number().int().optional(),
});
export type LifecycleRule = Readonly<z.infer<typeof lifecycleRule>>;

const bucketRecord = z.object({
  account: z.string(),
  cors: z.array(corsRule).optional(),
  lifecycle: z.array(lifecycleRule).optional(),
});
type BucketRecord = Readonly<z.infer<typeof bucketRecord>>;

export interface Bucket {
  readonly name: string;
  /** Who made it: nobody of another account may do anything with it. */
  readonly account: string;
  cors(): readonly CorsRule[] | undefined;
  lifecycle(): readonly LifecycleRule[] | undefined;
  /** Resolves once it is kept for good; undefined removes the configuration. */
  setCors(rules: readonly CorsRule[] | undefined): Promise<void>;
  setLifecycle(rules: readonly LifecycleRule[] | undefined): Promise<void>;
  readonly objects: ObjectFiles;
  readonly uploads: MultipartFiles;
}

const recordName = 'bucket.json';

/** Every bucket below `dir`, a folder each. A bucket exists when its record does. */
export async function openBuckets(dir: string) {
  await makeDirectory(dir);
  const buckets = new Map<string, Bucket>();
  for (const name of await readdir(dir)) {
    const stored = isBucketName(name) ? await readJson(join(dir, name, recordName)) : undefined;
    if (stored !== undefined) buckets.set(name, await openBucket(dir, name, bucketRecord.parse(stored)));
  }
  const inCreation = new Set<string>();

  return {
    find: (name: string): Bucket | undefined => buckets.get(name),
    all: (): Bucket[] => [...buckets.values()],
    /** Throws InvalidBucketName, BucketAlreadyOwnedByYou or BucketAlreadyExists. */
    async create(name: string, account: string): Promise<Bucket> {
      if (!isBucketName(name)) throw new S3Error('InvalidBucketName');
      const existing = buckets.get(name);
      if (existing?.account === account) throw new S3Error('BucketAlreadyOwnedByYou');
      if (existing || inCreation.has(name)) throw new S3Error('BucketAlreadyExists');
      inCreation.add(name);
      try {
        const bucket = await openBucket(dir, name, { account });
        // The record comes last: what has none was never answered for.
        await bucket.setCors(undefined);
        buckets.set(name, bucket);
        return bucket;
      } finally {
        inCreation.delete(name);
      }
    },
  };
}

export type Buckets = Awaited<ReturnType<typeof openBuckets>>;

async function openBucket(dir: string, name: string, stored: BucketRecord): Promise<Bucket> {
  const folder = join(dir, name);
  const tmpDir = join(folder, 'tmp');
  // Whatever is in there was never acknowledged.
  await rm(tmpDir, { recursive: true, force: true });
  await makeDirectory(tmpDir);

  const locks = makeLocks();
  let { cors, lifecycle } = stored;
  // One after the other, each with what is true when its turn comes: the last change is what stays.
  const save = () =>
    locks.run(recordName, () =>
      writeJson(tmpDir, join(folder, recordName), { account: stored.account, cors, lifecycle }),
    );
  return {
    name,
    account: stored.account,
    cors: () => cors,
    lifecycle: () => lifecycle,
    setCors(rules) {
      cors = rules && [...rules];
      return save();
    },
    setLifecycle(rules) {
      lifecycle = rules && [...rules];
      return save();
    },
    objects: await openObjectFiles(join(folder, 'objects'), tmpDir),
    uploads: await openMultipartFiles(join(folder, 'uploads'), tmpDir),
  };
}

function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
}

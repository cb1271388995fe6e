import type { Bucket, LifecycleRule } from './buckets.js';
import { fromKeyBytes, toKeyBytes } from './key-names.js';

const dayMs = 24 * 60 * 60 * 1000;

class NotExpired extends Error {}

/** Deletes what the bucket's lifecycle rules say has had its time at `now`. Resolves with how much that was. */
export async function sweepBucket(bucket: Bucket, now: Date): Promise<{ objects: number; uploads: number }> {
  const swept = { objects: 0, uploads: 0 };
  for (const rule of bucket.lifecycle() ?? []) {
    if (!rule.enabled) continue;
    if (rule.expirationDays !== undefined) swept.objects += await expireObjects(bucket, rule, now);
    if (rule.abortMultipartDays !== undefined) swept.uploads += await abortUploads(bucket, rule, now);
  }
  return swept;
}

async function expireObjects(bucket: Bucket, rule: LifecycleRule, now: Date): Promise<number> {
  const { index } = bucket.objects;
  const prefix = toKeyBytes(rule.prefix);
  let count = 0;
  let key = index.at(index.seek(prefix));
  while (key?.startsWith(prefix) === true) {
    try {
      // Looked at under the key's lock: what was just replaced stays.
      await bucket.objects.delete(fromKeyBytes(key), (current) => {
        if (!current || !isPast(current.lastModified, rule.expirationDays, now)) throw new NotExpired();
      });
      count += 1;
    } catch (error) {
      if (!(error instanceof NotExpired)) throw error;
    }
    key = index.at(index.seek(`${key}\0`));
  }
  return count;
}

async function abortUploads(bucket: Bucket, rule: LifecycleRule, now: Date): Promise<number> {
  let count = 0;
  for (const { uploadId, record } of await bucket.uploads.list()) {
    if (!record.key.startsWith(rule.prefix) || !isPast(record.initiated, rule.abortMultipartDays, now))
      continue;
    await bucket.uploads.exclusively(uploadId, () => bucket.uploads.remove(uploadId));
    count += 1;
  }
  return count;
}

/** As S3 counts: so many days later, and from there to the next midnight UTC. */
function isPast(sinceMs: number, days: number | undefined, now: Date): boolean {
  if (days === undefined) return false;
  return now.getTime() >= Math.ceil((sinceMs + days * dayMs) / dayMs) * dayMs;
}

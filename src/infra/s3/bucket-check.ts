import { randomUUID } from 'node:crypto';
import type { StorageConfig } from '../../config.js';
import { AppError } from '../../core/errors.js';
import { stagingPrefix } from '../../domains/storage/object-keys.js';
import { accessChecks } from './checks/access.js';
import type { Check, CheckContext, CheckOutcome, Finding } from './checks/check.js';
import { failed } from './checks/check.js';
import { toCorsChecks } from './checks/cors.js';
import { objectChecks } from './checks/objects.js';
import { partChecks } from './checks/parts.js';
import { uploadChecks } from './checks/uploads.js';
import { makeS3Client } from './client.js';
import { StorageFault } from './fault.js';
import { makeS3ObjectStore } from './object-store.js';

export interface CheckRow {
  readonly what: string;
  readonly outcome: CheckOutcome;
  readonly advice: string | null;
}

/**
 * Proves by real requests that the store enforces what the service relies on, for browsers at `origins` as well.
 * Deletes all that it made; what a crash leaves lies under the staging prefix and is swept from there.
 * A store that does not answer gives one FAILED row.
 */
export async function checkBucket(config: StorageConfig, origins: readonly string[]): Promise<CheckRow[]> {
  const prefix = `${stagingPrefix}storage-check-${randomUUID()}/`;
  let made = 0;
  const context: CheckContext = {
    config,
    client: makeS3Client(config),
    store: makeS3ObjectStore(config),
    expiredStore: makeS3ObjectStore(config, { now: () => new Date(Date.now() - 600_000) }),
    newKey: () => `${prefix}${made++}`,
  };
  try {
    const answers = await toRow({ what: `Bucket ${config.bucket} answers`, run: checkAnswers }, context);
    if (answers.outcome !== 'ok') return [answers];
    const rows = [answers];
    // One after another: a row is easier to find in the store's own log that way.
    for (const check of [
      ...uploadChecks,
      ...partChecks,
      ...accessChecks,
      ...objectChecks,
      ...toCorsChecks(origins),
    ]) {
      rows.push(await toRow(check, context));
    }
    rows.push(
      await toRow(
        { what: 'All that this check made is deleted', run: () => cleanUp(context, prefix) },
        context,
      ),
    );
    return rows;
  } finally {
    context.store.close();
    context.expiredStore.close();
    context.client.destroy();
  }
}

async function toRow(check: Check, context: CheckContext): Promise<CheckRow> {
  try {
    return { what: check.what, ...(await check.run(context)) };
  } catch (error) {
    return { what: check.what, ...failed(`It could not be tried: ${explain(error)}.`) };
  }
}

async function checkAnswers({ store }: CheckContext): Promise<Finding> {
  try {
    await store.ping();
    return { outcome: 'ok', advice: null };
  } catch (error) {
    return failed(
      `Run npm run storage:setup, or check STORAGE_ENDPOINT, the bucket and the keys (${explain(error)}).`,
    );
  }
}

async function cleanUp({ store }: CheckContext, prefix: string): Promise<Finding> {
  for await (const upload of store.listMultipartUploads(prefix)) await store.abortMultipart(upload);
  for await (const { key } of store.list(prefix)) await store.delete(key);
  for await (const left of store.list(prefix)) {
    return failed(`Let STORAGE_ACCESS_KEY_ID delete (s3:DeleteObject): ${left.key} is still there.`);
  }
  return { outcome: 'ok', advice: null };
}

/** Our own words, or those of `StorageFault`: nothing of the SDK, which would tell keys and signatures. */
function explain(error: unknown): string {
  if (error instanceof AppError && error.cause instanceof StorageFault) return error.cause.message;
  return error instanceof Error ? error.message : 'unknown fault';
}

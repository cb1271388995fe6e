import { PutObjectCommand } from '@aws-sdk/client-s3';
import { jobsChannel } from '../../src/adapters.js';
import { makeS3Client } from '../../src/infra/s3/client.js';
import type { TestBackends, TestService } from './service.js';
import { until } from './until.js';

/** Rows as Postgres has them; the caller's SQL decides their shape. */
export async function rows<T = Record<string, unknown>>(
  { database }: TestBackends,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await database.executeSql(sql, values)).rows as T[];
}

/**
 * A hash of each table's content, by its name: of all that is kept, or of one organization's. When a key was last used
 * is left out, for any request may change it.
 */
export async function hashTables(backends: TestBackends, orgId?: string): Promise<Record<string, string>> {
  const tables = await rows<{ name: string }>(
    backends,
    `select t.table_name as name from information_schema.tables t where t.table_schema = 'public'
       and t.table_name <> 'unlock_attempts' and ($1::text is null
       or exists (select from information_schema.columns c where c.table_schema = t.table_schema
         and c.table_name = t.table_name and c.column_name = 'org_id'))`,
    [orgId ?? null],
  );
  const hashes = tables.map(({ name }) => {
    const scope = orgId === undefined ? '' : `where org_id = '${orgId}'`;
    const content = `select (to_jsonb(t) - 'last_used_at')::text as row from "${name}" t ${scope}`;
    return `select '${name}' as name, md5(string_agg(row, ' ' order by row)) as hash from (${content}) rows`;
  });
  const found = await rows<{ name: string; hash: string }>(backends, hashes.join(' union all '));
  return Object.fromEntries(found.map(({ name, hash }) => [name, hash]));
}

/** Moves the prompt's deadlines: seconds from now, negative for the past. */
export async function movePrompt(
  backends: TestBackends,
  id: string,
  { expiresIn, hardExpiresIn }: { expiresIn: number; hardExpiresIn?: number },
): Promise<void> {
  await rows(
    backends,
    `update upload_prompts set expires_at = now() + make_interval(secs => $2),
       hard_expires_at = case when $3::float8 is null then hard_expires_at else now() + make_interval(secs => $3) end
     where id = $1`,
    [id, expiresIn, hardExpiresIn ?? null],
  );
}

/** The lease of the upload is over. */
export async function endLease(backends: TestBackends, uploadId: string): Promise<void> {
  await rows(backends, `update uploads set expires_at = now() - interval '1 second' where id = $1`, [
    uploadId,
  ]);
}

/** Puts bytes where the upload's land, past everything that its URL pins: a store that checks nothing. */
export async function putStaged(
  backends: TestBackends,
  uploadId: string,
  bytes: Buffer,
  contentType = 'application/pdf',
): Promise<void> {
  const [upload] = await rows<{ key: string }>(
    backends,
    'select staging_key as key from uploads where id = $1',
    [uploadId],
  );
  const client = makeS3Client(backends.store.config);
  const Bucket = backends.store.config.bucket;
  await client.send(
    new PutObjectCommand({ Bucket, Key: upload?.key, Body: bytes, ContentType: contentType }),
  );
  client.destroy();
}

export interface Usage {
  readonly used: number;
  readonly reserved: number;
}

/** The counters of an organization, by its `org` claim. */
export async function usageOf(backends: TestBackends, org = 'acme'): Promise<Usage> {
  const [usage] = await rows<Usage>(
    backends,
    `select used_bytes::float8 as used, reserved_bytes::float8 as reserved
     from storage_usage join organizations on organizations.id = org_id where external_id = $1`,
    [org],
  );
  if (usage === undefined) throw new Error(`There is no organization ${org}.`);
  return usage;
}

/** What the counters should say: the sums over assets and open uploads. */
export async function summedUsage(backends: TestBackends, org = 'acme'): Promise<Usage> {
  const [usage] = await rows<Usage>(
    backends,
    `select (select coalesce(sum(size_bytes), 0) from assets where org_id = o.id)::float8 as used,
       (select coalesce(sum(size_bytes), 0) from uploads where org_id = o.id and status = 'OPEN')::float8 as reserved
     from organizations o where external_id = $1`,
    [org],
  );
  if (usage === undefined) throw new Error(`There is no organization ${org}.`);
  return usage;
}

/** The keys of every object in the bucket, in order. */
export async function listKeys({ adapters }: Pick<TestService, 'adapters'>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of adapters.objects.list('')) keys.push(key);
  return keys;
}

/** The keys at which assets are recorded, in order. */
export async function listAssetKeys(backends: TestBackends): Promise<string[]> {
  const found = await rows<{ key: string }>(
    backends,
    'select storage_key as key from assets order by storage_key collate "C"',
  );
  return found.map(({ key }) => key);
}

/** Makes every delayed job due and lets the service run them, until none is left. */
export function runAllJobs(backends: TestBackends, service: TestService): Promise<void> {
  return runJobs(backends, service, () =>
    rows(
      backends,
      `update pgboss.job set start_after = now() where state in ('created', 'retry') and start_after > now()`,
    ),
  );
}

/** Lets the service run what is due now; delayed jobs stay delayed. */
export function runDueJobs(backends: TestBackends, service: TestService): Promise<void> {
  return runJobs(backends, service);
}

async function runJobs(
  backends: TestBackends,
  { adapters }: TestService,
  prepare: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await until(async () => {
    await prepare();
    const left = await rows<{ name: string }>(
      backends,
      `select distinct name from pgboss.job
       where state = 'active' or state in ('created', 'retry') and start_after <= now()`,
    );
    // The worker would find them by itself, but only when it looks again.
    for (const { name } of left) adapters.channels.publish(jobsChannel, { id: name, version: 1 });
    return left.length === 0;
  });
}

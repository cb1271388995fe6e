import { createHash } from 'node:crypto';
import { makeS3ObjectStore } from '../../src/infra/s3/object-store.js';
import { stagingPrefix, toStem } from '../../src/domains/storage/object-keys.js';
import type { ObjectStore } from '../../src/domains/storage/object-store.js';
import type { TestBackends } from './service.js';
import { until } from './until.js';

type Backends = Pick<TestBackends, 'database' | 'store'>;

/**
 * What must hold whatever went wrong before, once all is quiet: no request under way, and a worker running. Makes the
 * clean-up that was planned for later due now, waits for all work to be done, then compares rows, counters and bytes.
 */
export async function expectInvariants(backends: Backends, jobsWithinMs?: number): Promise<void> {
  await finishJobs(backends, jobsWithinMs);
  expect(await findContradictions(backends)).toEqual([]);
  const objects = makeS3ObjectStore(backends.store.config);
  try {
    await expectStored(backends, objects);
  } finally {
    objects.close();
  }
}

/** Everything that was planned is done: scans, and what is deleted from storage. */
export async function finishJobs({ database }: Backends, deadlineMs = 20_000): Promise<void> {
  await database.executeSql(`update pgboss.job set start_after = now() where state in ('created', 'retry')`);
  await until(async () => {
    const { rows } = await database.executeSql(
      `select 1 from pgboss.job where state in ('created', 'retry', 'active') limit 1`,
    );
    return rows.length === 0;
  }, deadlineMs);
}

/** Each is a query for rows that must not be. */
const contradictions: Readonly<Record<string, string>> = {
  'a prompt that has ended and does not say when, or has not and says so': `
    select id from upload_prompts where (status in ('PENDING', 'UPLOADING')) <> (resolved_at is null)`,
  'a reason that does not belong to its status': `
    select id from upload_prompts where not case status
      when 'DECLINED' then reason in ('USER', 'AGENT_CANCELLED', 'REVOKED')
      when 'TIMEOUT' then reason in ('NO_ANSWER', 'UPLOAD_INCOMPLETE')
      else reason is null end`,
  'an uploaded prompt with fewer or more assets than it takes, or an answer to one that is not uploaded': `
    select p.id from upload_prompts p where
      (select count(*) from prompt_assets pa
        join (select id from assets union all select id from purged_assets) a on a.id = pa.asset_id
        where pa.prompt_id = p.id)
      not between (case when p.status = 'UPLOADED' then min_files else 0 end)
        and (case when p.status = 'UPLOADED' then max_files else 0 end)`,
  'an upload that was completed, and neither waits nor was taken': `
    select u.id from uploads u join upload_prompts p on p.id = u.prompt_id
    where u.status = 'COMPLETED' and case p.status
      when 'UPLOADING' then not exists (select from verified_files f where f.upload_id = u.id)
      when 'UPLOADED' then not exists (
        select from prompt_assets pa where pa.prompt_id = p.id and pa.asset_id = u.asset_id)
      else true end`,
  'a file that waits for no submission': `
    select f.upload_id from verified_files f join uploads u on u.id = f.upload_id
      join upload_prompts p on p.id = u.prompt_id
    where u.status <> 'COMPLETED' or p.status <> 'UPLOADING' or
      exists (select from assets a where a.id = u.asset_id)`,
  'a direct upload that was completed, and came to nothing': `
    select id from uploads u where status = 'COMPLETED' and prompt_id is null and
      not exists (select from assets a where a.id = coalesce(u.replaces_asset_id, u.asset_id))`,
  'an upload that is left of an asset which is gone for good': `
    select u.id from uploads u join purged_assets a on a.id in (u.asset_id, u.replaces_asset_id)`,
  'a replacement that waits although its scan is over': `
    select f.upload_id from verified_files f join uploads u on u.id = f.upload_id where u.prompt_id is null`,
  'an upload that holds a prompt which does not know': `
    select u.id from uploads u join upload_prompts p on p.id = u.prompt_id
    where (u.status = 'OPEN' or (u.status = 'COMPLETED' and p.status <> 'UPLOADED')) and not (
      p.status = 'UPLOADING' and
      (p.upload_id is not distinct from u.id or p.holder_session_id is not distinct from u.session_id))`,
  'a prompt that is held by nothing, or by more than it takes': `
    select p.id from upload_prompts p where p.status = 'UPLOADING' and
      (select count(*) from uploads u where u.prompt_id = p.id and u.status in ('OPEN', 'COMPLETED'))
      not between 1 and p.max_files`,
  'an asset that came of no upload': `
    select a.id from assets a where 1 <> (
      select count(*) from uploads u where u.asset_id = a.id and u.status = 'COMPLETED')`,
  'an asset in a state between': `
    select id from assets where (deleted_at is null) <> (restorable_until is null) or purging_at is not null`,
  'a feed whose events are not numbered without a gap': `
    select owner_id from asset_feeds f where last_version <> (
      select count(*) from asset_events e where e.owner_id = f.owner_id)`,
  'counters that are not the sums': `
    select org_id from storage_usage s where
      used_bytes <> (select coalesce(sum(size_bytes), 0) from assets a where a.org_id = s.org_id) or
      reserved_bytes <> (
        select coalesce(sum(size_bytes), 0) from uploads u where u.org_id = s.org_id and (
          u.status = 'OPEN' or exists (select from verified_files f where f.upload_id = u.id))) or
      trashed_bytes <> (
        select coalesce(sum(size_bytes), 0) from assets a where a.org_id = s.org_id and a.deleted_at is not null) or
      used_bytes + reserved_bytes > coalesce(quota_bytes, used_bytes + reserved_bytes)`,
  "a space's counters that are not its sums": `
    select coalesce(u.org_id, a.org_id) as id
    from space_usage u full join (
      select org_id, space_id, count(*) as asset_count, sum(size_bytes) as used_bytes from assets group by 1, 2
    ) a on a.org_id = u.org_id and a.space_id is not distinct from u.space_id
    where (coalesce(u.asset_count, 0), coalesce(u.used_bytes, 0))
      is distinct from (coalesce(a.asset_count, 0), coalesce(a.used_bytes, 0))`,
  'names in the clear of what is sealed, or sealed ones of what is not': `
    select id from assets where case when key_version > 0
      then filename <> id or description is not null or sealed_filename is null or sealed_storage_key is null
        or storage_key <> concat(org_id, '/', memory_id, '/', id)
      else sealed_filename is not null or sealed_description is not null or sealed_storage_key is not null end
    union all
    select id from uploads where case when key_version > 0
      then filename <> id or description is not null or sealed_filename is null
      else sealed_filename is not null or sealed_description is not null end`,
  'a row that is not as encrypted as its memory': `
    select r.id from memories m join (
      select id, memory_id, key_version from assets union all select id, memory_id, key_version from uploads
    ) r on r.memory_id = m.id where r.key_version is distinct from m.key_version`,
  'a key that its memory does not need, or none that it needs': `
    select m.id from memories m left join vault_keys k on k.memory_id = m.id
    where k.version is distinct from m.key_version`,
  'a processing that has ended in nothing, or of a file that is not known to be safe': `
    select asset_id as id from asset_processing p join assets a on a.id = p.asset_id
    where p.status = 'PENDING' or a.scan_status <> 'CLEAN' or (p.status = 'FAILED') > (p.error is not null)`,
  'a text of what was not processed': `
    select t.asset_id as id from asset_texts t where not exists (
      select from asset_processing p where p.asset_id = t.asset_id and p.status = 'DONE')`,
  'a text of what is in an encrypted memory': `
    select t.asset_id as id from asset_texts t join assets a on a.id = t.asset_id where a.key_version is not null`,
  'a verdict without the hash of what was read': `
    select id from assets where (scan_status = 'PENDING') <> (sha256 is null)`,
  'work that was given up': `select id from pgboss.job where state = 'failed'`,
};

async function findContradictions({ database }: Backends): Promise<string[]> {
  const found: string[] = [];
  for (const [what, sql] of Object.entries(contradictions)) {
    const { rows } = await database.executeSql(sql);
    if (rows.length > 0) found.push(`${what}: ${JSON.stringify(rows)}`);
  }
  return found;
}

/** The bucket has the bytes of the assets and their thumbnails, of open uploads and of files that wait, and nothing else. */
async function expectStored({ database }: Backends, objects: ObjectStore): Promise<void> {
  const { rows } = await database.executeSql(
    'select storage_key, key_version > 0 as is_sealed, size_bytes, sha256 from assets',
  );
  // As selected.
  const assets = rows as {
    storage_key: string;
    is_sealed: boolean | null;
    size_bytes: string;
    sha256: string | null;
  }[];
  const coming = await database.executeSql(
    `select staging_key as key from uploads where status = 'OPEN' union all select storage_key from verified_files
     union all select thumbnail_key from asset_processing where thumbnail_key is not null`,
  );
  const expected = new Set((coming.rows as { key: string }[]).map(({ key }) => key));
  const stems = new Set(assets.filter((asset) => asset.is_sealed).map((asset) => asset.storage_key));
  const keys = new Map<string, string>();
  for await (const { key } of objects.list('')) {
    // A sealed key is known by its stem alone; so is that of a file that waits for one.
    if (expected.has(key) || expected.has(toStem(key))) continue;
    keys.set(stems.has(toStem(key)) ? toStem(key) : key, key);
  }
  expect([...keys.keys()].sort()).toEqual(assets.map((asset) => asset.storage_key).sort());
  for (const key of expected) {
    if (key.endsWith('.thumbnail.webp')) expect(await objects.head(key)).toBeDefined();
  }
  const staged = [...expected].filter((key) => key.startsWith(stagingPrefix));
  for await (const { key } of objects.listMultipartUploads('')) expect(staged).toContain(key);
  for (const asset of assets) {
    const digest = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of await objects.read(keys.get(asset.storage_key) ?? '')) {
      digest.update(chunk as Buffer); // No encoding is set: always a Buffer.
      sizeBytes += (chunk as Buffer).length;
    }
    expect(sizeBytes).toBe(Number(asset.size_bytes));
    if (asset.sha256 !== null) expect(digest.digest('hex')).toBe(asset.sha256);
  }
}

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { newId } from '../../src/core/ids.js';
import type { ActorRef } from '../../src/core/viewer.js';
import { makeS3Client } from '../../src/infra/s3/client.js';
import type { Api } from './api.js';
import { pdf } from './heart.js';
import type { TestBackends, TestService } from './service.js';
import { listKeys, rows, runAllJobs } from './state.js';
import { until } from './until.js';

export const eraseMutations = {
  eraseUser: 'mutation($id: ID!) { eraseUser(userId: $id) }',
  eraseAgent: 'mutation($id: ID!) { eraseAgent(agentUrn: $id) }',
  eraseMemory: 'mutation($id: ID!) { eraseMemory(urn: $id) }',
  eraseExecution: 'mutation($id: ID!) { eraseExecution(executionId: $id) }',
} as const;
export type EraseMutation = keyof typeof eraseMutations;

/** Asks for it, and sees it to its end. */
export async function erase(
  backends: TestBackends,
  service: TestService,
  admin: Api,
  mutation: EraseMutation,
  id: string,
): Promise<void> {
  expect(await admin.get(eraseMutations[mutation], { id })).toEqual({ [mutation]: id });
  await runAllJobs(backends, service);
  await until(async () => (await rows(backends, 'select from erasures')).length === 0);
}

/** Where a text is kept: every column of ours that can hold one, as `table.column`. */
export async function findText(backends: TestBackends, text: string): Promise<string[]> {
  const columns = await rows<{ table: string; column: string }>(
    backends,
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'character varying', 'jsonb', 'json', 'ARRAY')
     order by 1, 2`,
  );
  expect(columns.length).toBeGreaterThan(80);
  const found: string[] = [];
  for (const { table, column } of columns) {
    const query = `select from "${table}" where position($1 in "${column}"::text) > 0 limit 1`;
    if ((await rows(backends, query, [text])).length > 0) found.push(`${table}.${column}`);
  }
  return found;
}

/** Of objects whose keys have the text in them. */
export async function findKeys(service: TestService, text: string): Promise<string[]> {
  return (await listKeys(service)).filter((key) => key.includes(text));
}

/** A file in the space Default, as a direct upload leaves it: asset, upload, counters and bytes. */
export async function storeInSpace(
  backends: TestBackends,
  by: ActorRef,
  { agentUrn = null, executionId = null }: { agentUrn?: string | null; executionId?: string | null } = {},
  org = 'acme',
): Promise<{ id: string; key: string }> {
  const [space] = await rows<{ id: string; orgId: string }>(
    backends,
    `select s.id, s.org_id as "orgId" from spaces s join organizations o on o.id = s.org_id where external_id = $1`,
    [org],
  );
  const [id, bytes] = [newId(), pdf()];
  const [spaceId, orgId] = [space?.id ?? '', space?.orgId ?? ''];
  const key = `${orgId}/${spaceId}/${id}.pdf`;
  const client = makeS3Client(backends.store.config);
  const Bucket = backends.store.config.bucket;
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: 'application/pdf' }));
  client.destroy();
  const values = [id, orgId, spaceId, agentUrn, executionId, bytes.length, by.kind, by.id];
  await rows(
    backends,
    `with upload as (
       insert into uploads (id, asset_id, org_id, space_id, agent_urn, execution_id, size_bytes, created_by_kind,
         created_by_id, status, filename, mime_type, staging_key, expires_at, session_id)
       values ($9, $1, $2, $3, $4, $5, $6, $7, $8, 'COMPLETED', 'a.pdf', 'application/pdf', 'staging/' || $9, now(),
         'session of ' || $8)
     ), usage as (
       update storage_usage set used_bytes = used_bytes + $6 where org_id = $2
     ), space as (
       insert into space_usage (org_id, space_id, used_bytes, asset_count) values ($2, $3, $6, 1)
       on conflict (org_id, space_id) do update set used_bytes = space_usage.used_bytes + $6,
         asset_count = space_usage.asset_count + 1
     )
     insert into assets (id, org_id, space_id, agent_urn, execution_id, size_bytes, uploaded_by_kind, uploaded_by_id,
       filename, mime_type, type, storage_key, etag)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'a.pdf', 'application/pdf', 'DOCUMENT', $10, '')`,
    [...values, newId(), key],
  );
  return { id, key };
}

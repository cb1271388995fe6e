import { PutObjectCommand } from '@aws-sdk/client-s3';
import { newId } from '../../src/core/ids.js';
import type { ActorRef } from '../../src/core/viewer.js';
import { makeAudit } from '../../src/domains/accounts/audit.service.js';
import { makeSpaceAccess } from '../../src/domains/spaces/space-access.js';
import { makeAssetEvents } from '../../src/domains/assets/asset-events.js';
import { makeAssetStore } from '../../src/domains/assets/asset.store.js';
import { makeQuotas } from '../../src/domains/quotas/quota.service.js';
import type { Permission } from '../../src/domains/spaces/role.js';
import { toAssetKey } from '../../src/domains/storage/object-keys.js';
import { toExtension } from '../../src/domains/assets/filename.js';
import { findKindsOfExtension } from '../../src/domains/uploads/file-kinds.js';
import { makeS3Client } from '../../src/infra/s3/client.js';
import { pdf } from './heart.js';
import type { TestBackends, TestService } from './service.js';
import { rows } from './state.js';

export interface TestSpace {
  readonly id: string;
  readonly orgId: string;
}

/** The organization is known: somebody of it has signed in. */
export async function findOrgId(backends: TestBackends, org: string): Promise<string> {
  const [found] = await rows<{ id: string }>(
    backends,
    'select id from organizations where external_id = $1',
    [org],
  );
  if (found === undefined) throw new Error(`There is no organization ${org}.`);
  return found.id;
}

export async function defaultSpace(backends: TestBackends, org = 'acme'): Promise<TestSpace> {
  const orgId = await findOrgId(backends, org);
  const [space] = await rows<{ id: string }>(
    backends,
    `select id from spaces where org_id = $1 and name = 'Default'`,
    [orgId],
  );
  return { id: space?.id ?? '', orgId };
}

export async function givenSpace(backends: TestBackends, name: string, org = 'acme'): Promise<TestSpace> {
  const space = { id: newId(), orgId: await findOrgId(backends, org) };
  const insert = 'insert into spaces (id, org_id, name) values ($1, $2, $3)';
  await rows(backends, insert, [space.id, space.orgId, name]);
  return space;
}

export async function givenFolder(
  backends: TestBackends,
  space: Pick<TestSpace, 'id'>,
  name: string,
  parentId: string | null = null,
): Promise<string> {
  const id = newId();
  await rows(
    backends,
    `insert into folders (id, org_id, space_id, parent_id, name, created_by_kind, created_by_id)
     select $1, org_id, id, $3, $4, 'USER', 'ada' from spaces where id = $2`,
    [id, space.id, parentId, name],
  );
  return id;
}

/** A role of the space's organization. */
export async function givenRole(
  backends: TestBackends,
  space: Pick<TestSpace, 'id'>,
  permissions: readonly Permission[],
): Promise<string> {
  const id = newId();
  await rows(
    backends,
    'insert into roles (id, org_id, name, permissions) select $1, org_id, $1, $3::permission[] from spaces where id = $2',
    [id, space.id, permissions],
  );
  return id;
}

/** `role` is the id of `givenRole`'s or of a built-in one, or all that somebody may do. */
export async function setRole(
  backends: TestBackends,
  space: Pick<TestSpace, 'id'>,
  { kind, id }: ActorRef,
  role: string | readonly Permission[],
): Promise<void> {
  const roleId = typeof role === 'string' ? role : await givenRole(backends, space, role);
  await rows(
    backends,
    `insert into space_members (space_id, org_id, kind, id, role_id) select id, org_id, $2, $3, $4 from spaces
     where id = $1 on conflict (space_id, kind, id) do update set role_id = excluded.role_id`,
    [space.id, kind, id, roleId],
  );
}

export interface GivenFile {
  readonly folderId?: string | null;
  readonly filename?: string;
  readonly description?: string | null;
  readonly bytes?: Buffer;
  readonly agentUrn?: string;
  readonly executionId?: string;
  readonly provider?: string;
}

/** A file in a space, as a completed upload leaves it: bytes, rows, counters and event. Its scan is under way. */
export async function givenFile(
  backends: TestBackends,
  { adapters }: Pick<TestService, 'adapters'>,
  space: TestSpace,
  file: GivenFile = {},
): Promise<{ id: string; sizeBytes: number }> {
  const { filename = 'plan.pdf', bytes = pdf(), description = null, folderId = null } = file;
  const { agentUrn = null, executionId = null, provider = null } = file;
  const id = newId();
  const [kind] = findKindsOfExtension(toExtension(filename));
  if (kind === undefined) throw new Error(`Of no kind that is known: ${filename}`);
  const { mimeType, type } = kind;
  const key = toAssetKey(space.orgId, space.id, id, toExtension(filename));
  const client = makeS3Client(backends.store.config);
  const Bucket = backends.store.config.bucket;
  const { ETag = '' } = await client.send(
    new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: mimeType }),
  );
  client.destroy();
  const ada = { kind: 'USER', id: 'ada' } as const;
  await backends.database.transact(async (tx) => {
    const { id: spaceId, orgId } = space;
    const sizeBytes = bytes.length;
    await tx.executeSql(
      `insert into uploads (id, org_id, space_id, folder_id, status, filename, mime_type, size_bytes, staging_key,
         expires_at, created_by_kind, created_by_id, session_id, asset_id)
       values ($1, $2, $3, $4, 'COMPLETED', $5, $6, $7, $1, now(), 'USER', 'ada', 'session', $8)`,
      [newId(), orgId, spaceId, folderId, filename, mimeType, sizeBytes, id],
    );
    const asset = await makeAssetStore(tx.db).insert({
      ...{ id, orgId, memoryId: null, userId: null, spaceId, folderId },
      ...{ agentUrn, executionId, provider, metadata: {}, filename, mimeType, sizeBytes, type, description },
      ...{ storageKey: key, sealed: null, etag: ETag, uploadedBy: ada },
    });
    await makeAssetEvents({ channels: adapters.channels }).record(tx, 'CREATED', [asset]);
    await adapters.queue.enqueue(tx, 'scan-asset', { assetId: id });
    const { db, transact } = backends.database;
    const spaceAccess = makeSpaceAccess({ db });
    const quotas = makeQuotas({ db, transact, audit: makeAudit(), spaceAccess });
    await quotas.reserve(tx, orgId, sizeBytes);
    await quotas.settle(tx, { orgId, spaceId, sizeBytes });
  });
  return { id, sizeBytes: bytes.length };
}

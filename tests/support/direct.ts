import { newId } from '../../src/core/ids.js';
import type { Api } from './api.js';
import { complete, fileOf, pdf, put, type AssetFields, type BegunUpload } from './heart.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';

/** The space that an organization has from its beginning, by its `org` claim. */
export async function defaultSpaceId(backends: TestBackends, org = 'acme'): Promise<string> {
  const [space] = await rows<{ id: string }>(
    backends,
    `select s.id from spaces s join organizations o on o.id = s.org_id where o.external_id = $1 and s.name = 'Default'`,
    [org],
  );
  if (space === undefined) throw new Error(`There is no organization ${org}.`);
  return space.id;
}

/** Another space of the same organization. */
export async function givenSpace(backends: TestBackends, besideId: string, name: string): Promise<string> {
  const id = newId();
  await rows(
    backends,
    'insert into spaces (id, org_id, name) select $1, org_id, $3 from spaces where id = $2',
    [id, besideId, name],
  );
  return id;
}

export async function givenFolder(
  backends: TestBackends,
  spaceId: string,
  name: string,
  parentId: string | null = null,
): Promise<string> {
  const id = newId();
  await rows(
    backends,
    `insert into folders (id, org_id, space_id, parent_id, name, created_by_kind, created_by_id)
     select $1, org_id, id, $3, $4, 'USER', 'ada' from spaces where id = $2`,
    [id, spaceId, parentId, name],
  );
  return id;
}

/** The role that the space itself gives to somebody; one with just these permissions, or a built-in one by name. */
export async function giveRole(
  backends: TestBackends,
  spaceId: string,
  [kind, id]: readonly [kind: 'USER' | 'SERVICE_ACCOUNT' | 'APP', id: string],
  role: 'admin' | 'member' | 'guest' | readonly string[],
): Promise<void> {
  const roleId = typeof role === 'string' ? role : newId();
  if (typeof role !== 'string') {
    await rows(
      backends,
      'insert into roles (id, org_id, name, permissions) select $1, org_id, $1, $3::permission[] from spaces where id = $2',
      [roleId, spaceId, role],
    );
  }
  await rows(
    backends,
    `insert into space_members (space_id, org_id, kind, id, role_id) select id, org_id, $2, $3, $4 from spaces
     where id = $1 on conflict (space_id, kind, id) do update set role_id = excluded.role_id`,
    [spaceId, kind, id, roleId],
  );
}

export const beginDirectMutation = `mutation($input: BeginUploadInput!) {
  beginUpload(input: $input) { id expiresAt request { url method headers { name value } } }
}`;

export async function beginDirect(by: Api, input: object): Promise<BegunUpload> {
  return (await by.get<{ beginUpload: BegunUpload }>(beginDirectMutation, { input })).beginUpload;
}

export interface DirectInput {
  spaceId: string;
  folderId?: string;
  file?: object;
  execution?: object;
  replaceAssetId?: string;
}

/** Begun, and its bytes are there. */
export async function sendDirect(by: Api, input: DirectInput, bytes: Buffer = pdf()): Promise<BegunUpload> {
  const upload = await beginDirect(by, { file: fileOf(bytes), ...input });
  const response = await put(upload, bytes);
  if (!response.ok) throw new Error(`PUT ${response.status}: ${await response.text()}`);
  return upload;
}

/** All of it: begin, put, complete. */
export async function uploadDirect(by: Api, input: DirectInput, bytes: Buffer = pdf()): Promise<AssetFields> {
  return complete(by, (await sendDirect(by, input, bytes)).id);
}

export interface AuditRow {
  action: string;
  subject: string;
  actor: string;
  details: Record<string, unknown>;
}

/** What the audit log says of these subjects, the oldest first. */
export async function auditOf(backends: TestBackends, ...subjects: string[]): Promise<AuditRow[]> {
  return rows<AuditRow>(
    backends,
    `select action, subject, actor_kind || ' ' || actor_id as actor, details from audit_entries
     where subject = any($1) order by at, id`,
    [subjects],
  );
}

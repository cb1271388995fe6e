import type { Api } from './api.js';
import { agentUrn } from './heart.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';
import { givenAsset } from './trash.js';

export interface FolderFields {
  id: string;
  name: string;
  path: string;
}

export interface SpaceFields {
  id: string;
  urn: string;
  name: string;
  viewerPermissions: string[];
}

export interface RoleFields {
  id: string;
  name: string;
  permissions: string[];
  builtIn: boolean;
}

const spaceFields = 'id urn name viewerPermissions';
const roleFields = 'id name permissions builtIn';

export const createSpaceMutation = `mutation($name: String!) { createSpace(name: $name) { ${spaceFields} } }`;
export const createRoleMutation = `mutation($name: String!, $permissions: [Permission!]!) {
  createRole(name: $name, permissions: $permissions) { ${roleFields} } }`;
export const setMemberMutation = `mutation($spaceId: ID!, $userId: ID!, $roleId: ID!) {
  setSpaceMember(spaceId: $spaceId, userId: $userId, roleId: $roleId) { userId name role { ${roleFields} } } }`;
export const removeMemberMutation = `mutation($spaceId: ID!, $userId: ID!) {
  removeSpaceMember(spaceId: $spaceId, userId: $userId) }`;
export const createFolderMutation = `mutation($spaceId: ID!, $parentId: ID, $name: String!) {
  createFolder(spaceId: $spaceId, parentId: $parentId, name: $name) { id name path } }`;
export const renameFolderMutation =
  'mutation($id: ID!, $name: String!) { renameFolder(id: $id, name: $name) { id name path } }';
export const moveFolderMutation =
  'mutation($id: ID!, $parentId: ID) { moveFolder(id: $id, parentId: $parentId) { id name path } }';
export const deleteFolderMutation =
  'mutation($id: ID!, $recursive: Boolean) { deleteFolder(id: $id, recursive: $recursive) }';

export async function createSpace(admin: Api, name: string): Promise<SpaceFields> {
  return (await admin.get<{ createSpace: SpaceFields }>(createSpaceMutation, { name })).createSpace;
}

export async function createRole(admin: Api, name: string, ...permissions: string[]): Promise<RoleFields> {
  const variables = { name, permissions };
  return (await admin.get<{ createRole: RoleFields }>(createRoleMutation, variables)).createRole;
}

export async function setMember(admin: Api, spaceId: string, userId: string, roleId: string) {
  const { setSpaceMember } = await admin.get<{
    setSpaceMember: { userId: string; name: string | null; role: RoleFields };
  }>(setMemberMutation, { spaceId, userId, roleId });
  return setSpaceMember;
}

/** Those that the viewer sees, as they are listed. */
export async function listSpaces(by: Api): Promise<SpaceFields[]> {
  const { viewer } = await by.get<{ viewer: { organization: { spaces: SpaceFields[] } } }>(
    `{ viewer { organization { spaces { ${spaceFields} } } } }`,
  );
  return viewer.organization.spaces;
}

export async function createFolder(
  by: Api,
  spaceId: string,
  name: string,
  parentId?: string,
): Promise<FolderFields> {
  const variables = { spaceId, name, parentId };
  return (await by.get<{ createFolder: FolderFields }>(createFolderMutation, variables)).createFolder;
}

/** By its id, or by its path in a space. */
export async function findFolder(
  by: Api,
  variables: { id: string } | { spaceId: string; path: string },
): Promise<FolderFields | null> {
  const query = `query($id: ID, $spaceId: ID, $path: String) {
    folder(id: $id, spaceId: $spaceId, path: $path) { id name path } }`;
  return (await by.get<{ folder: FolderFields | null }>(query, variables)).folder;
}

export async function deleteFolder(by: Api, id: string, recursive = false): Promise<string> {
  return (await by.get<{ deleteFolder: string }>(deleteFolderMutation, { id, recursive })).deleteFolder;
}

/** What the audit says about a subject, oldest first. */
export function listAudited(backends: TestBackends, subject: string) {
  return rows<{ action: string; actor_id: string; details: object }>(
    backends,
    'select action, actor_id, details from audit_entries where subject = $1 order by at, id',
    [subject],
  );
}

/** An asset that alice uploaded, with all its bytes and counters, taken out of her memory and put into a space. */
export async function givenAssetIn(
  backends: TestBackends,
  people: { alice: Api; agent: Api },
  spaceId: string,
  folderId: string | null,
): Promise<{ id: string; sizeBytes: number }> {
  const { id, sizeBytes } = await givenAsset(people);
  const [asset] = await rows<{ org_id: string }>(
    backends,
    `update assets set memory_id = null, user_id = null, space_id = $2, folder_id = $3
     where id = $1 and agent_urn = $4 returning org_id`,
    [id, spaceId, folderId, agentUrn],
  );
  await rows(
    backends,
    `update space_usage set used_bytes = used_bytes - $2, asset_count = asset_count - 1
     where org_id = $1 and space_id is null`,
    [asset?.org_id, sizeBytes],
  );
  await rows(
    backends,
    `insert into space_usage (org_id, space_id, used_bytes, asset_count) values ($1, $2, $3, 1)
     on conflict (org_id, space_id) do update set
       used_bytes = space_usage.used_bytes + excluded.used_bytes, asset_count = space_usage.asset_count + 1`,
    [asset?.org_id, spaceId, sizeBytes],
  );
  return { id, sizeBytes };
}

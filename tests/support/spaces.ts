import type { Api } from './api.js';

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

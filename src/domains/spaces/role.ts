import type { OrgRole, Viewer } from '../../core/viewer.js';

/** `assets:read`, `:create`, `:update` and `:delete`, as a role in a space has them. */
export const permissions = ['ASSETS_READ', 'ASSETS_CREATE', 'ASSETS_UPDATE', 'ASSETS_DELETE'] as const;
export type Permission = (typeof permissions)[number];

export interface Role {
  /** A KSUID; of a built-in role its name in lower case, the same in every organization. */
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly builtIn: boolean;
}

const member: Role = {
  id: 'member',
  name: 'Member',
  permissions: ['ASSETS_READ', 'ASSETS_CREATE', 'ASSETS_UPDATE'],
  builtIn: true,
};

export const builtInRoles: readonly Role[] = [
  { id: 'admin', name: 'Admin', permissions, builtIn: true },
  member,
  { id: 'guest', name: 'Guest', permissions: ['ASSETS_READ'], builtIn: true },
];

const builtInRoleIds: Readonly<Record<OrgRole, string>> = {
  ADMIN: 'admin',
  BUILDER: 'member',
  MEMBER: 'member',
  GUEST: 'guest',
};

/** What the viewer may do in each space of the organization that gives them no role of its own. */
export function cascadingRole(viewer: Viewer): Role | undefined {
  // An agent's runtime stores what it generates, and reads what it is to work on.
  if (viewer.kind === 'APP') return member;
  // A service account has the roles that it is given.
  if (viewer.orgRole === null) return undefined;
  return builtInRoles.find(({ id }) => id === builtInRoleIds[viewer.orgRole ?? 'GUEST']);
}

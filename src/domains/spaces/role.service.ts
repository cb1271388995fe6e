import type { Db, Transact } from '../../core/db.js';
import { isId, newId } from '../../core/ids.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import { nameTaken, toName } from './names.js';
import { builtInRoles, permissions, type Permission, type Role } from './role.js';
import { makeRoleStore } from './role.store.js';

export type Roles = ReturnType<typeof makeRoles>;

export interface RolesDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
}

/** What somebody may do in a space, by a name. Every member of the organization may see them; admins make them. */
export function makeRoles({ db, transact, audit }: RolesDeps) {
  const store = makeRoleStore(db);

  /** In any order; what is missing does not exist. No query for the built-in ones. */
  async function listByIds(orgId: string, ids: readonly string[]): Promise<Role[]> {
    const builtIn = builtInRoles.filter(({ id }) => ids.includes(id));
    const own = ids.filter(isId);
    return own.length === 0 ? builtIn : [...builtIn, ...(await store.listByIds(orgId, own))];
  }

  return {
    /**
     * Without any permission it keeps its bearers out. What it is called and what it may do never changes. Throws
     * PERMISSION_DENIED, BAD_USER_INPUT, NAME_TAKEN.
     */
    async createRole(
      viewer: Viewer,
      input: { name: string; permissions: readonly Permission[] },
    ): Promise<Role> {
      assertOrgAdmin(viewer);
      const role = {
        id: newId(),
        name: toName(input.name),
        permissions: permissions.filter((permission) => input.permissions.includes(permission)),
      };
      const isBuiltIn = builtInRoles.some(({ name }) => name === role.name);
      return transact(async (tx) => {
        if (isBuiltIn || !(await makeRoleStore(tx.db).insert({ ...role, orgId: viewer.orgId }))) {
          throw nameTaken('There is a role of this name already.');
        }
        await audit.record(tx, viewer, 'createRole', role.id, { permissions: role.permissions });
        return { ...role, builtIn: false };
      });
    },

    /** The built-in ones, then the organization's own by name. */
    list: async (viewer: Viewer): Promise<Role[]> => [...builtInRoles, ...(await store.list(viewer.orgId))],

    /** undefined when there is none in the organization. */
    async find(orgId: string, id: string): Promise<Role | undefined> {
      return (await listByIds(orgId, [id]))[0];
    },

    listByIds,
  };
}

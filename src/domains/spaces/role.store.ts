import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Permission, Role } from './role.js';
import { roles } from './role.table.js';

export interface NewRole {
  readonly id: string;
  readonly orgId: string;
  readonly name: string;
  readonly permissions: Permission[];
}

/** The organizations' own roles. */
export function makeRoleStore(db: Db) {
  async function list(orgId: string, ids?: readonly string[]): Promise<Role[]> {
    const rows = await db
      .select({ id: roles.id, name: roles.name, permissions: roles.permissions })
      .from(roles)
      .where(and(eq(roles.orgId, orgId), ids && inArray(roles.id, [...ids])))
      .orderBy(asc(roles.name));
    return rows.map((row) => ({ ...row, builtIn: false }));
  }

  return {
    /** false when the organization has one of that name. */
    async insert(role: NewRole): Promise<boolean> {
      const { rowCount } = await db.insert(roles).values(role).onConflictDoNothing();
      return rowCount === 1;
    },

    /** By name. */
    list: (orgId: string) => list(orgId),

    listByIds: (orgId: string, ids: readonly string[]) => list(orgId, ids),
  };
}

import { and, eq, inArray } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Permission } from './role.js';
import { roles } from './role.table.js';
import { spaceMembers } from './space-member.table.js';
import type { Space } from './space.js';
import { spaces } from './space.table.js';

/** A space, and the role that it gives to somebody itself: null where it gives none. */
export interface SpaceGrant {
  readonly space: Space;
  readonly roleId: string | null;
  /** Of a custom role; null for a built-in one, and for none. */
  readonly permissions: readonly Permission[] | null;
}

const inOrg = (orgId: string, id: string) => and(eq(spaces.orgId, orgId), eq(spaces.id, id));
const columns = { id: spaces.id, orgId: spaces.orgId, name: spaces.name };

export function makeSpaceStore(db: Db) {
  return {
    /** false when the organization has one of that name. */
    async insert(space: Space): Promise<boolean> {
      const { rowCount } = await db.insert(spaces).values(space).onConflictDoNothing();
      return rowCount === 1;
    },

    /** Whoever asks for the same waits until the transaction ends; files are put into the space meanwhile. */
    async lock(orgId: string, id: string): Promise<void> {
      await db
        .select({ id: spaces.id })
        .from(spaces)
        .where(inOrg(orgId, id))
        // Foreign keys to it are not held up.
        .for('no key update');
    },

    async exists(orgId: string, id: string): Promise<boolean> {
      const rows = await db.select({ id: spaces.id }).from(spaces).where(inOrg(orgId, id));
      return rows.length === 1;
    },

    /** What each of these spaces gives to the actor, or each of the organization where none is named; by name. */
    async listGrants(
      orgId: string,
      { kind, id }: ActorRef,
      only: { ids?: readonly string[]; name?: string } = {},
    ): Promise<SpaceGrant[]> {
      const { ids, name } = only;
      return db
        .select({ space: columns, roleId: spaceMembers.roleId, permissions: roles.permissions })
        .from(spaces)
        .leftJoin(
          spaceMembers,
          and(eq(spaceMembers.spaceId, spaces.id), eq(spaceMembers.kind, kind), eq(spaceMembers.id, id)),
        )
        .leftJoin(roles, and(eq(roles.id, spaceMembers.roleId), eq(roles.orgId, orgId)))
        .where(
          and(
            eq(spaces.orgId, orgId),
            ids && inArray(spaces.id, [...ids]),
            name === undefined ? undefined : eq(spaces.name, name),
          ),
        )
        .orderBy(spaces.name, spaces.id);
    },
  };
}

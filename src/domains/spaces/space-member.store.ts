import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { SpaceMember } from './space-member.js';
import { spaceMembers } from './space-member.table.js';

const columns = {
  spaceId: spaceMembers.spaceId,
  kind: spaceMembers.kind,
  id: spaceMembers.id,
  roleId: spaceMembers.roleId,
};

const inSpace = (orgId: string, spaceId: string) =>
  and(eq(spaceMembers.orgId, orgId), eq(spaceMembers.spaceId, spaceId));

export function makeSpaceMemberStore(db: Db) {
  return {
    /** false when it was so before. */
    async set(orgId: string, member: SpaceMember): Promise<boolean> {
      const { rowCount } = await db
        .insert(spaceMembers)
        .values({ orgId, ...member })
        .onConflictDoUpdate({
          target: [spaceMembers.spaceId, spaceMembers.kind, spaceMembers.id],
          set: { roleId: sql`excluded.role_id` },
          setWhere: ne(spaceMembers.roleId, member.roleId),
        });
      return rowCount === 1;
    },

    /** Who has that id in the space: a person rather than somebody else. */
    async find(orgId: string, spaceId: string, id: string): Promise<SpaceMember | undefined> {
      const [row] = await db
        .select(columns)
        .from(spaceMembers)
        .where(and(inSpace(orgId, spaceId), eq(spaceMembers.id, id)))
        // In the order in which the kinds are declared.
        .orderBy(asc(spaceMembers.kind));
      return row;
    },

    /** The role that it had; undefined when there was none such. */
    async remove(orgId: string, spaceId: string, { kind, id }: ActorRef): Promise<string | undefined> {
      const [row] = await db
        .delete(spaceMembers)
        .where(and(inSpace(orgId, spaceId), eq(spaceMembers.kind, kind), eq(spaceMembers.id, id)))
        .returning({ roleId: spaceMembers.roleId });
      return row?.roleId;
    },

    async listOfSpaces(orgId: string, spaceIds: readonly string[]): Promise<SpaceMember[]> {
      return db
        .select(columns)
        .from(spaceMembers)
        .where(and(eq(spaceMembers.orgId, orgId), inArray(spaceMembers.spaceId, [...spaceIds])));
    },
  };
}

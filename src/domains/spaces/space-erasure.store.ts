import { and, eq } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { erasedId } from '../../core/erased.js';
import type { ActorRef } from '../../core/viewer.js';
import { folders } from './folder.table.js';
import { spaceMembers } from './space-member.table.js';

export function makeSpaceErasureStore(db: Db) {
  return {
    async deleteMember(orgId: string, { kind, id }: ActorRef): Promise<void> {
      await db
        .delete(spaceMembers)
        .where(and(eq(spaceMembers.orgId, orgId), eq(spaceMembers.kind, kind), eq(spaceMembers.id, id)));
    },

    async disownFolders(orgId: string, { kind, id }: ActorRef): Promise<void> {
      await db
        .update(folders)
        .set({ createdById: erasedId })
        .where(and(eq(folders.orgId, orgId), eq(folders.createdByKind, kind), eq(folders.createdById, id)));
    },
  };
}

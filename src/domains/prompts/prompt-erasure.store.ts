import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { erasedId } from '../../core/erased.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Memory } from '../memories/memory.service.js';
import { promptAssets } from './prompt-asset.table.js';
import { uploadPrompts } from './prompt.table.js';

const p = uploadPrompts;
const isOpen = sql`${p.status} in ('PENDING', 'UPLOADING')`;

export function makePromptErasureStore(db: Db) {
  // By the person, who has an index.
  const isOf = ({ id, orgId, userId }: Memory) =>
    and(eq(p.orgId, orgId), eq(p.userId, userId), eq(p.memoryId, id));

  return {
    async listOpenIds(memory: Memory): Promise<string[]> {
      const rows = await db
        .select({ id: p.id })
        .from(p)
        .where(and(isOf(memory), isOpen));
      return rows.map(({ id }) => id);
    },

    /** Those that have ended, held until the transaction ends. */
    async lockEndedIds(memory: Memory, limit: number): Promise<string[]> {
      const rows = await db
        .select({ id: p.id })
        .from(p)
        .where(and(isOf(memory), sql`not ${isOpen}`))
        .orderBy(p.id)
        .limit(limit)
        .for('update');
      return rows.map(({ id }) => id);
    },

    async hasAny(memory: Memory): Promise<boolean> {
      return (await db.select({ id: p.id }).from(p).where(isOf(memory)).limit(1)).length > 0;
    },

    async delete(ids: readonly string[]): Promise<void> {
      await db.delete(promptAssets).where(inArray(promptAssets.promptId, [...ids]));
      await db.delete(p).where(inArray(p.id, [...ids]));
    },

    /** Of the prompts of others that they ended: as an admin, who took a tool away. */
    async disown(orgId: string, { kind, id }: ActorRef): Promise<void> {
      await db
        .update(p)
        .set({ resolvedById: erasedId })
        .where(
          and(
            eq(p.orgId, orgId),
            eq(p.resolvedById, id),
            eq(p.resolvedByKind, kind),
            eq(p.reason, 'REVOKED'),
          ),
        );
    },
  };
}

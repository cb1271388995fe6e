import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Memory, MemoryOwner } from './memory.js';
import { memories } from './memory.table.js';

/** Everybody's memories of one person, or one agent's of everybody. */
export type MemoriesOf = { readonly userId: string } | { readonly agentUrn: string };

export function makeMemoryStore(db: Db) {
  const isOf = ({ orgId, agentUrn, userId }: MemoryOwner) =>
    and(eq(memories.orgId, orgId), eq(memories.userId, userId), eq(memories.agentUrn, agentUrn));

  return {
    /** Inserts it, unless that agent has a memory of that person already. */
    async create(owner: MemoryOwner & { id: string }): Promise<void> {
      await db.insert(memories).values(owner).onConflictDoNothing();
    },

    async findById(id: string): Promise<Memory | undefined> {
      const [row] = await db.select().from(memories).where(eq(memories.id, id));
      return row;
    },

    /** Nobody deletes it before the transaction ends; one that is being deleted is waited for, and not found. */
    async findId(owner: MemoryOwner): Promise<string | undefined> {
      const [row] = await db.select({ id: memories.id }).from(memories).where(isOf(owner)).for('key share');
      return row?.id;
    },

    /** By their agents' URNs. */
    async listOfPerson(orgId: string, userId: string): Promise<Memory[]> {
      return db
        .select()
        .from(memories)
        .where(and(eq(memories.orgId, orgId), eq(memories.userId, userId)))
        .orderBy(asc(memories.agentUrn));
    },

    /**
     * Holds the row until the transaction ends. 'share' is held by any number at once and keeps 'no key update' out;
     * neither holds up foreign keys to the row.
     */
    async lockKeyVersion(id: string, strength: 'share' | 'no key update'): Promise<number | null> {
      const [row] = await db
        .select({ keyVersion: memories.keyVersion })
        .from(memories)
        .where(eq(memories.id, id))
        .for(strength);
      return row?.keyVersion ?? null;
    },

    async setKeyVersion(id: string, keyVersion: number): Promise<void> {
      await db.update(memories).set({ keyVersion }).where(eq(memories.id, id));
    },

    async listOfAgent(orgId: string, agentUrn: string, limit: number): Promise<Memory[]> {
      return db
        .select()
        .from(memories)
        .where(and(eq(memories.orgId, orgId), eq(memories.agentUrn, agentUrn)))
        .limit(limit);
    },

    async hasAny(orgId: string, of: MemoriesOf): Promise<boolean> {
      const isIts = 'userId' in of ? eq(memories.userId, of.userId) : eq(memories.agentUrn, of.agentUrn);
      const rows = await db
        .select({ id: memories.id })
        .from(memories)
        .where(and(eq(memories.orgId, orgId), isIts))
        .limit(1);
      return rows.length > 0;
    },

    async lock(id: string): Promise<void> {
      await db.select({ id: memories.id }).from(memories).where(eq(memories.id, id)).for('update');
    },

    async delete(id: string): Promise<void> {
      await db.delete(memories).where(eq(memories.id, id));
    },
  };
}

import { and, eq } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { memories } from './memory.table.js';

interface MemoryOwner {
  orgId: string;
  agentUrn: string;
  userId: string;
}

export interface Memory extends MemoryOwner {
  id: string;
}

export function makeMemoryStore(db: Db) {
  return {
    /** Inserts it, unless that agent has a memory of that person already. */
    async create(owner: MemoryOwner & { id: string }): Promise<void> {
      await db.insert(memories).values(owner).onConflictDoNothing();
    },

    async findById(id: string): Promise<Memory | undefined> {
      const [row] = await db.select().from(memories).where(eq(memories.id, id));
      return row;
    },

    async findId({ orgId, agentUrn, userId }: MemoryOwner): Promise<string | undefined> {
      const [row] = await db
        .select({ id: memories.id })
        .from(memories)
        .where(and(eq(memories.orgId, orgId), eq(memories.userId, userId), eq(memories.agentUrn, agentUrn)));
      return row?.id;
    },
  };
}

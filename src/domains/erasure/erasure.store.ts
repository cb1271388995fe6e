import { and, eq } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Erasure, ErasureTarget } from './erasure.js';
import { erasures } from './erasure.table.js';

export function makeErasureStore(db: Db) {
  return {
    /** false when it has begun already. */
    async insert({ requestedBy, ...erasure }: Erasure): Promise<boolean> {
      const { rowCount } = await db
        .insert(erasures)
        .values({ ...erasure, requestedByKind: requestedBy.kind, requestedById: requestedBy.id })
        .onConflictDoNothing();
      return rowCount === 1;
    },

    async find(id: string): Promise<Erasure | undefined> {
      const [row] = await db.select().from(erasures).where(eq(erasures.id, id));
      return row && toErasure(row);
    },

    async findOfTarget({ orgId, kind, subject }: ErasureTarget): Promise<Erasure | undefined> {
      const [row] = await db
        .select()
        .from(erasures)
        .where(and(eq(erasures.orgId, orgId), eq(erasures.kind, kind), eq(erasures.subject, subject)));
      return row && toErasure(row);
    },

    /** false when another has done so. */
    async delete(id: string): Promise<boolean> {
      const { rowCount } = await db.delete(erasures).where(eq(erasures.id, id));
      return rowCount === 1;
    },
  };
}

function toErasure(row: typeof erasures.$inferSelect): Erasure {
  const { requestedByKind, requestedById, createdAt: _, ...erasure } = row;
  return { ...erasure, requestedBy: { kind: requestedByKind, id: requestedById } };
}

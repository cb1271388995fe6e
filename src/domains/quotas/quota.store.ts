import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { storageUsage } from './usage.table.js';

export type QuotaStore = ReturnType<typeof makeQuotaStore>;

/** Counters of one organization. Its row is the last that a transaction locks: every upload passes through it. */
export function makeQuotaStore(db: Db) {
  const usage = storageUsage;
  return {
    async create(orgId: string): Promise<void> {
      await db.insert(usage).values({ orgId }).onConflictDoNothing();
    },

    /** false when the quota has no room for it. */
    async reserve(orgId: string, sizeBytes: number): Promise<boolean> {
      const hasRoom = sql`${usage.usedBytes} + ${usage.reservedBytes} + ${sizeBytes} <= ${usage.quotaBytes}`;
      const { rowCount } = await db
        .update(usage)
        .set({ reservedBytes: sql`${usage.reservedBytes} + ${sizeBytes}` })
        .where(and(eq(usage.orgId, orgId), or(isNull(usage.quotaBytes), hasRoom)));
      return rowCount === 1;
    },

    async settle(orgId: string, sizeBytes: number): Promise<void> {
      await db
        .update(usage)
        .set({
          reservedBytes: sql`${usage.reservedBytes} - ${sizeBytes}`,
          usedBytes: sql`${usage.usedBytes} + ${sizeBytes}`,
        })
        .where(eq(usage.orgId, orgId));
    },

    async free(orgId: string, sizeBytes: number): Promise<void> {
      await db
        .update(usage)
        .set({ usedBytes: sql`${usage.usedBytes} - ${sizeBytes}` })
        .where(eq(usage.orgId, orgId));
    },

    async release(orgId: string, sizeBytes: number): Promise<void> {
      await db
        .update(usage)
        .set({ reservedBytes: sql`${usage.reservedBytes} - ${sizeBytes}` })
        .where(eq(usage.orgId, orgId));
    },
  };
}

import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { spaceUsage, storageUsage } from './usage.table.js';

export type QuotaStore = ReturnType<typeof makeQuotaStore>;

/** What is added to an organization's counters, or, where negative, taken off. */
export interface UsageChange {
  usedBytes?: number;
  reservedBytes?: number;
  trashedBytes?: number;
}

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

    async change(
      orgId: string,
      { usedBytes = 0, reservedBytes = 0, trashedBytes = 0 }: UsageChange,
    ): Promise<void> {
      await db
        .update(usage)
        .set({
          usedBytes: sql`${usage.usedBytes} + ${usedBytes}`,
          reservedBytes: sql`${usage.reservedBytes} + ${reservedBytes}`,
          trashedBytes: sql`${usage.trashedBytes} + ${trashedBytes}`,
        })
        .where(eq(usage.orgId, orgId));
    },

    /** One file more. `spaceId` null: the memories. Before `change`, which locks the last row. */
    async addFile(orgId: string, spaceId: string | null, sizeBytes: number): Promise<void> {
      await db
        .insert(spaceUsage)
        .values({ orgId, spaceId, usedBytes: sizeBytes, assetCount: 1 })
        .onConflictDoUpdate({
          target: [spaceUsage.orgId, spaceUsage.spaceId],
          set: {
            usedBytes: sql`${spaceUsage.usedBytes} + ${sizeBytes}`,
            assetCount: sql`${spaceUsage.assetCount} + 1`,
          },
        });
    },

    /** One file less. */
    async removeFile(orgId: string, spaceId: string | null, sizeBytes: number): Promise<void> {
      const isPlace = spaceId === null ? isNull(spaceUsage.spaceId) : eq(spaceUsage.spaceId, spaceId);
      await db
        .update(spaceUsage)
        .set({
          usedBytes: sql`${spaceUsage.usedBytes} - ${sizeBytes}`,
          assetCount: sql`${spaceUsage.assetCount} - 1`,
        })
        .where(and(eq(spaceUsage.orgId, orgId), isPlace));
    },
  };
}

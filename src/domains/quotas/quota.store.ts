import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Space } from '../spaces/space.js';
import { spaces } from '../spaces/space.table.js';
import type { SpaceUsage, StorageUsage } from './usage.js';
import { spaceUsage, storageUsage } from './usage.table.js';

/** What is added to an organization's counters, or, where negative, taken off. */
export interface UsageChange {
  usedBytes?: number;
  reservedBytes?: number;
  trashedBytes?: number;
}

/** Counters of one organization. Its row is the last that a transaction locks: every upload passes through it. */
export function makeQuotaStore(db: Db) {
  const usage = storageUsage;
  const totals = {
    orgId: usage.orgId,
    quotaBytes: usage.quotaBytes,
    usedBytes: usage.usedBytes,
    reservedBytes: usage.reservedBytes,
    trashedBytes: usage.trashedBytes,
  };
  const ofSpace = {
    usedBytes: sql`coalesce(${spaceUsage.usedBytes}, 0)`.mapWith(Number),
    assetCount: sql`coalesce(${spaceUsage.assetCount}, 0)`.mapWith(Number),
  };

  return {
    async create(orgId: string): Promise<void> {
      await db.insert(usage).values({ orgId }).onConflictDoNothing();
    },

    /** Every organization has its row from its beginning. */
    async get(orgId: string): Promise<StorageUsage> {
      const [row] = await db.select(totals).from(usage).where(eq(usage.orgId, orgId));
      if (row === undefined) throw new Error('an organization has no counters');
      return row;
    },

    /** Every space of the organization, by name. */
    async listBySpace(orgId: string): Promise<(Omit<SpaceUsage, 'space'> & { space: Space })[]> {
      return db
        .select({ space: { id: spaces.id, orgId: spaces.orgId, name: spaces.name }, ...ofSpace })
        .from(spaces)
        .leftJoin(spaceUsage, and(eq(spaceUsage.orgId, orgId), eq(spaceUsage.spaceId, spaces.id)))
        .where(eq(spaces.orgId, orgId))
        .orderBy(spaces.name, spaces.id);
    },

    async getOfMemories(orgId: string): Promise<SpaceUsage> {
      const [row] = await db
        .select(ofSpace)
        .from(spaceUsage)
        .where(and(eq(spaceUsage.orgId, orgId), isNull(spaceUsage.spaceId)));
      return { space: null, usedBytes: 0, assetCount: 0, ...row };
    },

    /** undefined when it is that already. */
    async setQuota(orgId: string, quotaBytes: number | null): Promise<StorageUsage | undefined> {
      const [row] = await db
        .update(usage)
        .set({ quotaBytes })
        .where(and(eq(usage.orgId, orgId), sql`${usage.quotaBytes} is distinct from ${quotaBytes}`))
        .returning(totals);
      return row;
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

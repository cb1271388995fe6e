import { asc, eq, gt, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Counters } from './usage.js';
import { spaceUsage, storageUsage } from './usage.table.js';

const usage = storageUsage;

/** The counters as they are checked and put right. */
export function makeCounterStore(db: Db) {
  return {
    async listOrgIds(afterOrgId: string, limit: number): Promise<string[]> {
      const rows = await db
        .select({ orgId: usage.orgId })
        .from(usage)
        .where(gt(usage.orgId, afterOrgId))
        .orderBy(asc(usage.orgId))
        .limit(limit);
      return rows.map(({ orgId }) => orgId);
    },

    /** Those whose check is due, each to this caller alone for so long. */
    async claimDue(limit: number, leaseSeconds: number): Promise<string[]> {
      const due = sql`select org_id from ${usage} where ${usage.nextCheckAt} <= now()
        order by ${usage.nextCheckAt} limit ${limit} for update skip locked`;
      const rows = await db
        .update(usage)
        .set({ nextCheckAt: sql`now() + make_interval(secs => ${leaseSeconds})` })
        .where(sql`${usage.orgId} in (${due})`)
        .returning({ orgId: usage.orgId });
      return rows.map(({ orgId }) => orgId);
    },

    async noteChecked(orgId: string): Promise<void> {
      await db
        .update(usage)
        .set({ nextCheckAt: sql`now() + interval '1 day'` })
        .where(eq(usage.orgId, orgId));
    },

    /**
     * No upload begins, completes or ends in the organization until the transaction does. In the order in which those
     * lock; who cannot wait for somebody that it holds up itself is this transaction, which gives up long before the
     * database looks for a deadlock.
     */
    async lock(orgId: string): Promise<void> {
      await db.execute(sql`set local lock_timeout = '500ms'`);
      await db
        .select({ spaceId: spaceUsage.spaceId })
        .from(spaceUsage)
        .where(eq(spaceUsage.orgId, orgId))
        .orderBy(asc(spaceUsage.spaceId))
        .for('update');
      await db.select({ orgId: usage.orgId }).from(usage).where(eq(usage.orgId, orgId)).for('update');
    },

    async read(orgId: string): Promise<Counters> {
      const [totals] = await db
        .select({
          usedBytes: usage.usedBytes,
          reservedBytes: usage.reservedBytes,
          trashedBytes: usage.trashedBytes,
        })
        .from(usage)
        .where(eq(usage.orgId, orgId));
      if (totals === undefined) throw new Error('an organization has no counters');
      const bySpace = await db
        .select({
          spaceId: spaceUsage.spaceId,
          usedBytes: spaceUsage.usedBytes,
          assetCount: spaceUsage.assetCount,
        })
        .from(spaceUsage)
        .where(eq(spaceUsage.orgId, orgId));
      return { ...totals, bySpace };
    },

    /** Those of spaces that are not named become 0. */
    async write(orgId: string, { bySpace, ...totals }: Counters): Promise<void> {
      await db.update(spaceUsage).set({ usedBytes: 0, assetCount: 0 }).where(eq(spaceUsage.orgId, orgId));
      if (bySpace.length > 0) {
        await db
          .insert(spaceUsage)
          .values(bySpace.map((space) => ({ orgId, ...space })))
          .onConflictDoUpdate({
            target: [spaceUsage.orgId, spaceUsage.spaceId],
            set: { usedBytes: sql`excluded.used_bytes`, assetCount: sql`excluded.asset_count` },
          });
      }
      await db.update(usage).set(totals).where(eq(usage.orgId, orgId));
    },
  };
}

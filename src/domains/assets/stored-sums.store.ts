import { desc, DrizzleQueryError, eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../core/db.js';
import type { AssetType } from './asset.js';
import { assets } from './asset.table.js';

/** What one space of an organization holds, or, where `spaceId` is null, its memories. */
export interface StoredSum {
  readonly spaceId: string | null;
  readonly assetCount: number;
  readonly usedBytes: number;
  /** Part of usedBytes. */
  readonly trashedBytes: number;
}

/** Read from the index `assets_counted` alone: a million assets in a tenth of a second, where their rows have 350 MB. */
export async function sumStored(db: Db, orgId: string): Promise<StoredSum[]> {
  return db
    .select({
      spaceId: assets.spaceId,
      assetCount: sql`count(*)`.mapWith(Number),
      usedBytes: sql`sum(${assets.sizeBytes})`.mapWith(Number),
      trashedBytes:
        sql`coalesce(sum(${assets.sizeBytes}) filter (where ${assets.deletedAt} is not null), 0)`.mapWith(
          Number,
        ),
    })
    .from(assets)
    .where(eq(assets.orgId, orgId))
    .groupBy(assets.spaceId);
}

/** What an organization holds of one type, in spaces and memories, in the trash too. */
export interface TypeUsage {
  readonly type: AssetType;
  readonly assetCount: number;
  readonly usedBytes: number;
}

/** The largest first. Of the same index. */
export async function sumStoredByType(db: Db, orgId: string): Promise<TypeUsage[]> {
  const usedBytes = sql`sum(${assets.sizeBytes})`.mapWith(Number);
  return db
    .select({ type: assets.type, assetCount: sql`count(*)`.mapWith(Number), usedBytes })
    .from(assets)
    .where(eq(assets.orgId, orgId))
    .groupBy(assets.type)
    .orderBy(desc(usedBytes), assets.type);
}

/** Until the transaction ends, a statement that takes longer is given up; `isOutOfTime` tells its error. */
export async function limitTime({ db }: Tx, ms: number): Promise<void> {
  await db.execute(sql`select set_config('statement_timeout', ${String(ms)}, true)`);
}

/** Postgres says query_canceled; drizzle says so around it. */
export function isOutOfTime(error: unknown): boolean {
  const fault = error instanceof DrizzleQueryError ? error.cause : undefined;
  return fault !== undefined && 'code' in fault && fault.code === '57014';
}

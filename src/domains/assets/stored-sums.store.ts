import { eq, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
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

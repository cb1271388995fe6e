import { and, desc, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Asset } from './asset.js';
import { toAsset } from './asset.store.js';
import { assets } from './asset.table.js';

/** Whose trash: what lay in any of the spaces, and in the person's memories. */
export interface TrashScope {
  readonly orgId: string;
  readonly spaceIds: readonly string[];
  /** undefined: nobody's. */
  readonly userId: string | undefined;
}

/** The last row of the page before: (deletedAt, id), both descending. */
export interface TrashPosition {
  readonly deletedAt: Date;
  readonly id: string;
}

const newest = sql`order by ${assets.deletedAt} desc, ${assets.id} desc`;

/** What was deleted and not swept yet. Whoever asks has seen to it that they may. */
export function makeTrashListStore(db: Db) {
  return {
    /**
     * The first `limit` after a position, the last deleted first: the first of each space and of the memories, merged.
     */
    async list(
      { orgId, spaceIds, userId }: TrashScope,
      limit: number,
      after: TrashPosition | undefined,
    ): Promise<Asset[]> {
      const walk = (place: SQL) =>
        sql`select ${assets.id} from ${assets} where ${and(
          eq(assets.orgId, orgId),
          place,
          isNotNull(assets.deletedAt),
          isNull(assets.purgingAt),
          after &&
            sql`(${assets.deletedAt}, ${assets.id}) < (${after.deletedAt.toISOString()}::timestamptz, ${after.id})`,
        )} ${newest} limit ${limit}`;
      const inSpaces = sql`select found.id from unnest(${sql.param(spaceIds)}::text[]) as space(id)
        cross join lateral (${walk(sql`${assets.spaceId} = space.id`)}) as found`;
      const inMemories = sql`(${walk(eq(assets.userId, userId ?? ''))})`;
      const found = userId === undefined ? inSpaces : sql`${inSpaces} union all ${inMemories}`;
      const rows = await db
        .select({ row: assets })
        .from(sql`(${found}) as page`)
        .innerJoin(assets, sql`${assets.id} = page.id`)
        .orderBy(desc(assets.deletedAt), desc(assets.id))
        .limit(limit);
      return rows.map(({ row }) => toAsset(row));
    },
  };
}

import { eq, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Asset } from './asset.js';
import {
  orderOf,
  toBound,
  toGathering,
  toWalk,
  type AssetListQuery,
  type ListPosition,
} from './asset-list-sql.store.js';
import { toAsset } from './asset.store.js';
import { assets } from './asset.table.js';

export type { AssetListQuery, AssetScope, ListPosition } from './asset-list-sql.store.js';

export interface ListedAsset {
  readonly asset: Asset;
  readonly position: ListPosition;
}

export type AssetListStore = ReturnType<typeof makeAssetListStore>;

/** Assets in spaces or memories, in order. Whoever asks has seen to it that they may be read. */
export function makeAssetListStore(db: Db) {
  async function run(page: SQL, query: AssetListQuery): Promise<(ListedAsset & { isEnd: boolean })[]> {
    const { direction } = orderOf(query);
    const rows = await db
      .select({ row: assets, sortKey: sql<string>`sort_key::text`, isEnd: sql<boolean>`is_end` })
      .from(sql`(${page}) as page`)
      .innerJoin(assets, sql`${assets.id} = page.id`)
      .where(eq(assets.orgId, query.orgId))
      .orderBy(sql`page.sort_key ${direction}, page.id ${direction}`);
    return rows.map(({ row, sortKey, isEnd }) => ({
      asset: toAsset(row),
      position: { sortKey, id: row.id },
      isEnd,
    }));
  }

  async function findBound(query: AssetListQuery): Promise<ListPosition | undefined> {
    const [bound] = await db
      .select({ sortKey: sql<string>`sort_key::text`, id: sql<string>`id` })
      .from(sql`(${toBound(query)}) as bound`);
    return bound;
  }

  return {
    /**
     * The first `limit` after a position, every page at about the same cost: by walking along the index of the order
     * until the page is full. What that index does not know of is looked at on the way; when the way gets long, those
     * that fit are gathered by what else they have in common, and sorted. Where they are many, a look at some of them
     * tells how far the page reaches at most, and no more are gathered.
     */
    async list(query: AssetListQuery): Promise<ListedAsset[]> {
      const walked = await run(toWalk(query), query);
      if (!walked.some(({ isEnd }) => isEnd)) return walked;
      const bound = await findBound(query);
      const page = await run(toGathering(query, bound), query);
      // Where one of those that were looked at is gone by now, the page may reach further.
      const isFull = bound === undefined || page.length === query.limit;
      return isFull ? page : run(toGathering(query, undefined), query);
    },
  };
}

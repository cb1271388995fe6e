import { and, eq, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { folders } from '../spaces/folder.table.js';
import type { Asset } from './asset.js';
import { isLive, nameKey, placeOf } from './asset-columns.table.js';
import { attributesOf, periodOf } from './asset-conditions.store.js';
import type { AssetConditions, AssetOrder } from './asset-filter.js';
import { toAsset } from './asset.store.js';
import { matchesText, selectByText } from './asset-text.store.js';
import { assets } from './asset.table.js';

/** Where to look. */
export type AssetScope =
  | { readonly kind: 'spaces'; readonly spaceIds: readonly string[] }
  /** In one folder or in the space's root, not beneath. `placeId` is the folder's id, or the space's. */
  | { readonly kind: 'place'; readonly spaceId: string; readonly placeId: string }
  /** In one folder and everywhere beneath it. */
  | { readonly kind: 'subtree'; readonly spaceId: string; readonly folderId: string };

/** The place of an asset in a list, in the database's own words. */
export interface ListPosition {
  readonly sortKey: string;
  readonly id: string;
}

export interface AssetListQuery {
  readonly orgId: string;
  readonly scope: AssetScope;
  readonly conditions: AssetConditions;
  readonly orderBy: AssetOrder;
  readonly limit: number;
  readonly after: ListPosition | undefined;
}

export interface ListedAsset {
  readonly asset: Asset;
  readonly position: ListPosition;
}

/**
 * How far a list is walked along, for each row of the page, for what its index does not know of. Where one in a hundred
 * fits, that fills the page; where fewer do, gathering and sorting all that do costs about as much as the walk did.
 */
const walkedPerRow = 100;

const ascending = { direction: sql`asc`, beyond: sql`>` };
const descending = { direction: sql`desc`, beyond: sql`<` };
const byAge = { key: sql`${assets.createdAt}`, type: sql`timestamptz` };

/** `id` decides between equals, in the same direction. */
const orders: Readonly<Record<AssetOrder, { key: SQL; type: SQL; direction: SQL; beyond: SQL }>> = {
  NEWEST: { ...byAge, ...descending },
  OLDEST: { ...byAge, ...ascending },
  NAME: { key: nameKey(assets), type: sql`text collate "C"`, ...ascending },
  LARGEST: { key: sql`${assets.sizeBytes}`, type: sql`bigint`, ...descending },
};

export type AssetListStore = ReturnType<typeof makeAssetListStore>;

/** Assets in spaces, in order. Whoever asks has seen to it that they may be read. */
export function makeAssetListStore(db: Db) {
  async function run(page: SQL, query: AssetListQuery): Promise<(ListedAsset & { isEnd: boolean })[]> {
    const { direction } = orders[query.orderBy];
    const rows = await db
      .select({ row: assets, sortKey: sql<string>`sort_key::text`, isEnd: sql<boolean>`is_end` })
      .from(sql`(${page}) as page`)
      .innerJoin(assets, sql`${assets.id} = page.id`)
      .orderBy(sql`page.sort_key ${direction}, page.id ${direction}`);
    return rows.map(({ row, sortKey, isEnd }) => ({
      asset: toAsset(row),
      position: { sortKey, id: row.id },
      isEnd,
    }));
  }

  return {
    /**
     * The first `limit` after a position, every page at about the same cost: by walking along the index of the order
     * until the page is full. What that index does not know of is looked at on the way; when the way gets long, all
     * that fit are gathered by what else they have in common, and sorted.
     */
    async list(query: AssetListQuery): Promise<ListedAsset[]> {
      const walked = await run(toWalk(query), query);
      return walked.some(({ isEnd }) => isEnd) ? run(toGathering(query), query) : walked;
    },
  };
}

/**
 * The index has one list after the other: of each space or place, those that are not in the trash and those that are.
 * The first of each are merged. Every level names its rows like the table, so that a condition reads the same in each.
 */
function toWalk(query: AssetListQuery): SQL {
  const { scope, conditions, limit } = query;
  const isLiveOrNot = conditions.includeDeleted ? [true, false] : [true];
  return sql`select ${assets.id}, sort_key, is_end from unnest(${sql.param(containerIds(scope))}::text[]) as container(id)
    cross join unnest(${sql.param(isLiveOrNot)}::boolean[]) as state(is_live)
    cross join lateral (${walkOne(query)}) as ${assets}
    order by ${inOrder(query)} limit ${limit}`;
}

/** Along one list. When it may not be over, its last row is marked as the end. */
function walkOne(query: AssetListQuery): SQL {
  const { scope, orderBy, conditions, limit } = query;
  const { key, direction } = orders[orderBy];
  const isByAge = orderBy === 'NEWEST' || orderBy === 'OLDEST';
  const { indexed, others, mentions } = attributesOf(conditions);
  // Within a space, an attribute's index is in the order of age too.
  const known = scope.kind === 'spaces' && isByAge ? indexed.slice(0, 1) : [];
  const isHere = and(
    eq(assets.orgId, query.orgId),
    sql`${scope.kind === 'place' ? placeOf(assets) : assets.spaceId} = container.id`,
    scope.kind === 'place' ? eq(assets.spaceId, scope.spaceId) : undefined,
    sql`${isLive(assets)} = state.is_live`,
    isNull(assets.purgingAt),
    isBeyond(query),
    isByAge ? periodOf(conditions) : undefined,
    ...known,
  );
  const lookedAt = and(
    ...indexed.slice(known.length),
    ...others,
    mentions && or(mentions, matchesText(assets.id, spaceIdsOf(scope), conditions.words)),
    isByAge ? undefined : periodOf(conditions),
    scope.kind === 'subtree' ? sql`${assets.folderId} in (select id from subtree)` : undefined,
  );
  const order = sql`order by ${key} ${direction}, ${assets.id} ${direction}`;
  const along = sql`from ${assets} where ${isHere} ${order} limit`;
  if (lookedAt === undefined) {
    return sql`select ${assets.id}, ${key} as sort_key, false as is_end ${along} ${limit}`;
  }
  const maxWalked = walkedPerRow * limit;
  const isEnd = sql`row_number() over (${order}) = ${maxWalked}`;
  return sql`${scope.kind === 'subtree' ? toSubtree(scope) : sql``} select ${assets.id}, sort_key, is_end from (
      select ${assets}.*, ${key} as sort_key, ${isEnd} as is_end ${along} ${maxWalked}
    ) as ${assets} where ${or(lookedAt, sql`is_end`)} order by ${inOrder(query)} limit ${limit}`;
}

function toGathering(query: AssetListQuery): SQL {
  const { scope, conditions, limit } = query;
  const { indexed, others, mentions } = attributesOf(conditions);
  const spaceIds = spaceIdsOf(scope);
  const fits = and(
    eq(assets.orgId, query.orgId),
    sql`${assets.spaceId} = any(${sql.param(spaceIds)}::text[])`,
    scope.kind === 'place' ? eq(placeOf(assets), scope.placeId) : undefined,
    // As an array, or the planner may read the whole space to compare it with the folders.
    scope.kind === 'subtree' ? sql`${placeOf(assets)} = any(array(select id from subtree))` : undefined,
    conditions.includeDeleted ? isNull(assets.purgingAt) : isLive(assets),
    isBeyond(query),
    periodOf(conditions),
    ...indexed,
    ...others,
  );
  const gather = (how: SQL | undefined) =>
    sql`select ${assets.id}, ${orders[query.orderBy].key} as sort_key from ${assets} where ${and(fits, how)}`;
  // Each by an index of its own: at most all texts in the spaces that have the words. An array, for the same reason.
  const byText = sql`${assets.id} = any(array(${selectByText(spaceIds, conditions.words)}))`;
  const found = mentions === undefined ? gather(undefined) : sql`${gather(mentions)} union ${gather(byText)}`;
  // Materialized, or it would walk along after all.
  const matching = sql`matching as materialized (${found})`;
  const tables = scope.kind === 'subtree' ? sql`${toSubtree(scope)}, ${matching}` : sql`with ${matching}`;
  return sql`${tables} select ${assets.id}, sort_key, false as is_end from matching as ${assets}
    order by ${inOrder(query)} limit ${limit}`;
}

function spaceIdsOf(scope: AssetScope): readonly string[] {
  return scope.kind === 'spaces' ? scope.spaceIds : [scope.spaceId];
}

function containerIds(scope: AssetScope): readonly string[] {
  return scope.kind === 'place' ? [scope.placeId] : spaceIdsOf(scope);
}

function isBeyond({ orderBy, after }: AssetListQuery): SQL | undefined {
  if (after === undefined) return undefined;
  const { key, type, beyond } = orders[orderBy];
  return sql`(${key}, ${assets.id}) ${beyond} (${after.sortKey}::${type}, ${after.id})`;
}

function inOrder({ orderBy }: AssetListQuery): SQL {
  const { direction } = orders[orderBy];
  return sql`sort_key ${direction}, ${assets.id} ${direction}`;
}

/** The folder and those beneath it. UNION, so that it ends even where folders would form a ring. */
function toSubtree({ spaceId, folderId }: { spaceId: string; folderId: string }): SQL {
  return sql`with recursive subtree as (
    select id from ${folders} where id = ${folderId} and space_id = ${spaceId}
    union select child.id from ${folders} as child join subtree on child.parent_id = subtree.id)`;
}

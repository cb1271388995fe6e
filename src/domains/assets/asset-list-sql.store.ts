import { and, eq, isNull, or, sql, type SQL } from 'drizzle-orm';
import { folders } from '../spaces/folder.table.js';
import { isLive, memoryNameKey, nameKey, placeOf } from './asset-columns.table.js';
import { attributesOf, periodOf } from './asset-conditions.store.js';
import type { AssetConditions, AssetOrder } from './asset-filter.js';
import { matchesText, selectByText, type Containers } from './asset-text.store.js';
import { assets } from './asset.table.js';

/** Where to look. */
export type AssetScope =
  | { readonly kind: 'spaces'; readonly spaceIds: readonly string[] }
  /** In one folder or in the space's root, not beneath. `placeId` is the folder's id, or the space's. */
  | { readonly kind: 'place'; readonly spaceId: string; readonly placeId: string }
  /** In one folder and everywhere beneath it. */
  | { readonly kind: 'subtree'; readonly spaceId: string; readonly folderId: string }
  | { readonly kind: 'memories'; readonly memoryIds: readonly string[] };

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

/**
 * How far a list is walked along, for each row of the page, for what its index does not know of. Where one in a hundred
 * fits, that fills the page; where fewer do, gathering and sorting all that do costs about as much as the walk did.
 */
const walkedPerRow = 100;

const ascending = { direction: sql`asc`, beyond: sql`>`, upTo: sql`<=` };
const descending = { direction: sql`desc`, beyond: sql`<`, upTo: sql`>=` };
const byName = { type: sql`text collate "C"`, ...ascending };
const byAge = { key: sql`${assets.createdAt}`, type: sql`timestamptz` };

interface Order {
  readonly key: SQL;
  readonly type: SQL;
  readonly direction: SQL;
  /** What comes after a position, and what comes up to it. */
  readonly beyond: SQL;
  readonly upTo: SQL;
}

/** `id` decides between equals, in the same direction. */
const orders: Readonly<Record<AssetOrder, Order>> = {
  NEWEST: { ...byAge, ...descending },
  OLDEST: { ...byAge, ...ascending },
  NAME: { key: nameKey(assets), ...byName },
  LARGEST: { key: sql`${assets.sizeBytes}`, type: sql`bigint`, ...descending },
};
const byNameInMemories: Order = { key: memoryNameKey(assets), ...byName };

export function orderOf({ scope, orderBy }: Pick<AssetListQuery, 'scope' | 'orderBy'>): Order {
  return scope.kind === 'memories' && orderBy === 'NAME' ? byNameInMemories : orders[orderBy];
}

/**
 * The index has one list after the other: of each space, place or memory, those that are not in the trash and those that
 * are (by age, a memory has one of both). The first of each are merged. Every level names its rows like the table, so
 * that a condition reads the same in each.
 */
export function toWalk(query: AssetListQuery): SQL {
  return sql`select ${assets.id}, sort_key, is_end from ${eachList(query, query.orderBy, walkOne(query))}
    order by ${inOrder(query)} limit ${query.limit}`;
}

/** `rows` of each list that the index of that order has. */
function eachList({ scope, conditions }: AssetListQuery, orderBy: AssetOrder, rows: SQL): SQL {
  const isLiveOrNot = conditions.includeDeleted && isTrashApart(scope, orderBy) ? [true, false] : [true];
  return sql`unnest(${sql.param(containerIds(scope))}::text[]) as container(id)
    cross join unnest(${sql.param(isLiveOrNot)}::boolean[]) as state(is_live)
    cross join lateral (${rows}) as ${assets}`;
}

/** Along one list. When it may not be over, its last row is marked as the end. */
function walkOne(query: AssetListQuery): SQL {
  const { scope, limit } = query;
  const { key } = orderOf(query);
  const { here, lookedAt, order } = along(query, query.orderBy);
  const path = sql`from ${assets} where ${and(here, isBeyond(query))} ${order} limit`;
  if (lookedAt === undefined) {
    return sql`select ${assets.id}, ${key} as sort_key, false as is_end ${path} ${limit}`;
  }
  const maxWalked = walkedPerRow * limit;
  const isEnd = sql`row_number() over (${order}) = ${maxWalked}`;
  return sql`${withSubtree(scope)} select ${assets.id}, sort_key, is_end from (
      select ${assets}.*, ${key} as sort_key, ${isEnd} as is_end ${path} ${maxWalked}
    ) as ${assets} where ${or(lookedAt, sql`is_end`)} order by ${inOrder(query)} limit ${limit}`;
}

/** What an index in that order finds of the query in one list, and what is to be looked at on the way. */
function along(query: AssetListQuery, orderBy: AssetOrder) {
  const { scope, conditions } = query;
  const { key, direction } = orderOf({ scope, orderBy });
  const within = containersOf(scope);
  const { indexed, others, mentions } = attributesOf(conditions, within.kind);
  // Within a space or memory, an attribute's index is in the order of age too.
  const isWhole = scope.kind === 'spaces' || scope.kind === 'memories';
  const known = isWhole && isByAge(orderBy) ? indexed.slice(0, 1) : [];
  const isApart = isTrashApart(scope, orderBy);
  const here = and(
    eq(assets.orgId, query.orgId),
    sql`${scope.kind === 'place' ? placeOf(assets) : columns[within.kind]} = container.id`,
    scope.kind === 'place' ? eq(assets.spaceId, scope.spaceId) : undefined,
    isApart ? sql`${isLive(assets)} = state.is_live` : undefined,
    isNull(assets.purgingAt),
    isByAge(orderBy) ? periodOf(conditions) : undefined,
    ...known,
  );
  const lookedAt = and(
    ...indexed.slice(known.length),
    ...others,
    mentions && or(mentions, matchesText(assets.id, within, conditions.words)),
    isApart || conditions.includeDeleted ? undefined : isLive(assets),
    isByAge(orderBy) ? undefined : periodOf(conditions),
    scope.kind === 'subtree' ? sql`${assets.folderId} in (select id from subtree)` : undefined,
  );
  return { here, lookedAt, order: sql`order by ${key} ${direction}, ${assets.id} ${direction}` };
}

/**
 * How far the page reaches at most: up to the last of any `limit` that fit. They are looked for along another order,
 * as far as a list is walked; no row where too few are met.
 */
export function toBound(query: AssetListQuery): SQL {
  const { scope, limit, orderBy } = query;
  // What has its age in common may well have its name in common, but hardly its size.
  const way = isByAge(orderBy) ? 'LARGEST' : 'NEWEST';
  const { here, lookedAt, order } = along(query, way);
  const met = sql`${withSubtree(scope)} select ${assets.id}, sort_key from (
      select ${assets}.*, ${orderOf(query).key} as sort_key from ${assets} where ${here} ${order}
      limit ${walkedPerRow * limit}
    ) as ${assets} where ${and(lookedAt, isBeyond(query)) ?? sql`true`}`;
  return sql`select ${assets.id}, sort_key from ${eachList(query, way, met)}
    order by ${inOrder(query)} offset ${limit - 1} limit 1`;
}

/** The first that fit, of all that do; of those up to the bound where there is one. */
export function toGathering(query: AssetListQuery, bound: ListPosition | undefined): SQL {
  const { scope, conditions, limit } = query;
  const within = containersOf(scope);
  const { indexed, others, mentions } = attributesOf(conditions, within.kind);
  // Nothing of the organization: with it, an attribute's index alone would not do. The page is looked at for that.
  const fits = and(
    sql`${columns[within.kind]} = any(${sql.param(within.ids)}::text[])`,
    scope.kind === 'place' ? eq(placeOf(assets), scope.placeId) : undefined,
    // As an array, or the planner may read the whole space to compare it with the folders.
    scope.kind === 'subtree' ? sql`${placeOf(assets)} = any(array(select id from subtree))` : undefined,
    conditions.includeDeleted ? isNull(assets.purgingAt) : isLive(assets),
    isBeyond(query),
    isUpTo(query, bound),
    periodOf(conditions),
    ...indexed,
    ...others,
  );
  const gather = (how: SQL | undefined) =>
    sql`select ${assets.id}, ${orderOf(query).key} as sort_key from ${assets} where ${and(fits, how)}`;
  // Each by an index of its own: at most all texts in them that have the words. An array, for the same reason,
  // unless there is another way to have only few.
  const isNarrow = bound !== undefined || scope.kind === 'place';
  const byText = isNarrow
    ? matchesText(assets.id, within, conditions.words)
    : sql`${assets.id} = any(array(${selectByText(within, conditions.words)}))`;
  const found = mentions === undefined ? gather(undefined) : sql`${gather(mentions)} union ${gather(byText)}`;
  // Materialized, or it would walk along after all.
  const matching = sql`matching as materialized (${found})`;
  const tables = scope.kind === 'subtree' ? sql`${toSubtree(scope)}, ${matching}` : sql`with ${matching}`;
  return sql`${tables} select ${assets.id}, sort_key, false as is_end from matching as ${assets}
    order by ${inOrder(query)} limit ${limit}`;
}

function isByAge(orderBy: AssetOrder): boolean {
  return orderBy === 'NEWEST' || orderBy === 'OLDEST';
}

/** In the order of age, a memory's files in the trash are among the others. */
function isTrashApart(scope: AssetScope, orderBy: AssetOrder): boolean {
  return scope.kind !== 'memories' || !isByAge(orderBy);
}

const columns = { space: assets.spaceId, memory: assets.memoryId };

/** What all of it is in. */
function containersOf(scope: AssetScope): Containers {
  if (scope.kind === 'memories') return { kind: 'memory', ids: scope.memoryIds };
  return { kind: 'space', ids: scope.kind === 'spaces' ? scope.spaceIds : [scope.spaceId] };
}

function containerIds(scope: AssetScope): readonly string[] {
  return scope.kind === 'place' ? [scope.placeId] : containersOf(scope).ids;
}

function isBeyond(query: AssetListQuery): SQL | undefined {
  return query.after && compared(orderOf(query), orderOf(query).beyond, query.after);
}

function isUpTo(query: AssetListQuery, bound: ListPosition | undefined): SQL | undefined {
  return bound && compared(orderOf(query), orderOf(query).upTo, bound);
}

function compared({ key, type }: Order, how: SQL, { sortKey, id }: ListPosition): SQL {
  return sql`(${key}, ${assets.id}) ${how} (${sortKey}::${type}, ${id})`;
}

function inOrder(query: AssetListQuery): SQL {
  const { direction } = orderOf(query);
  return sql`sort_key ${direction}, ${assets.id} ${direction}`;
}

function withSubtree(scope: AssetScope): SQL {
  return scope.kind === 'subtree' ? toSubtree(scope) : sql``;
}

/** The folder and those beneath it. UNION, so that it ends even where folders would form a ring. */
function toSubtree({ spaceId, folderId }: { spaceId: string; folderId: string }): SQL {
  return sql`with recursive subtree as (
    select id from ${folders} where id = ${folderId} and space_id = ${spaceId}
    union select child.id from ${folders} as child join subtree on child.parent_id = subtree.id)`;
}

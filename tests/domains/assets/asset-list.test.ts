import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { newId } from '../../../src/core/ids.js';
import {
  assetOrders,
  toConditions,
  type AssetFilterInput,
} from '../../../src/domains/assets/asset-filter.js';
import {
  makeAssetListStore,
  type AssetListQuery,
  type AssetListStore,
  type AssetScope,
  type ListedAsset,
} from '../../../src/domains/assets/asset-list.store.js';
import { insertManyAssets, moveToMemory } from '../../support/many-assets.js';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.js';

const assetCount = 20_000;
const limit = 21;
/** How many rows a walk looks at before it gives up, at most. */
const walked = 100 * limit;

let database: TestDatabase;
let pool: pg.Pool;
let store: AssetListStore;
let orgId: string;
let main: string;
let side: string;
let memory: string;
let sideMemory: string;
/** What the store asked since it was last looked at. */
let asked: { text: string; values: unknown[] }[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const logger = { logQuery: (text: string, values: unknown[]) => void asked.push({ text, values }) };
  store = makeAssetListStore(drizzle(pool, { logger }));
  [orgId, main, side, memory, sideMemory] = [newId(), newId(), newId(), newId(), newId()];
  await database.executeSql(`insert into organizations (id, external_id) values ($1, 'acme')`, [orgId]);
  await insertManyAssets(database, orgId, { spaceId: main, assetCount, folderCount: 400 });
  await insertManyAssets(database, orgId, { spaceId: side, assetCount: 500, folderCount: 100 });
  for (const [memoryId, count] of [
    [memory, assetCount],
    [sideMemory, 500],
  ] as const) {
    const spaceId = newId();
    await insertManyAssets(database, orgId, { spaceId, assetCount: count, folderCount: 100 });
    await moveToMemory(database, orgId, { spaceId, memoryId });
  }
  // The oldest tenth of the smaller ones is in the trash.
  await database.executeSql(
    `update assets set deleted_at = now(), restorable_until = now() + interval '1 day'
     where (space_id = $1 or memory_id = $2) and created_at < timestamptz '2026-01-01' + interval '50 seconds'`,
    [side, sideMemory],
  );
  await database.executeSql('vacuum analyze assets');
  await database.executeSql('vacuum analyze asset_texts');
});

afterAll(async () => {
  await pool.end();
  await database.close();
});

async function folderNamed(name: string): Promise<string> {
  const { rows } = await database.executeSql('select id from folders where space_id = $1 and name = $2', [
    main,
    name,
  ]);
  return (rows[0] as { id: string }).id; // as selected
}

const scopes: Record<string, () => Promise<AssetScope>> = {
  'one space': () => Promise.resolve({ kind: 'spaces', spaceIds: [main] }),
  'two spaces': () => Promise.resolve({ kind: 'spaces', spaceIds: [main, side] }),
  'no space': () => Promise.resolve({ kind: 'spaces', spaceIds: [] }),
  'a folder': async () => ({ kind: 'place', spaceId: main, placeId: await folderNamed('folder 201') }),
  'a root': () => Promise.resolve({ kind: 'place', spaceId: main, placeId: main }),
  'a subtree': async () => ({ kind: 'subtree', spaceId: main, folderId: await folderNamed('folder 1') }),
  'a memory': () => Promise.resolve({ kind: 'memories', memoryIds: [memory] }),
  'two memories': () => Promise.resolve({ kind: 'memories', memoryIds: [memory, sideMemory] }),
};

const filters: AssetFilterInput[] = [
  {},
  { includeDeleted: true },
  { type: 'IMAGE' },
  { type: 'VIDEO' },
  { provider: 'stability' },
  { provider: 'fal', type: 'IMAGE' },
  { executionId: 'execution-7' },
  { agentUrn: 'urn:agent:buno', scanStatus: 'CLEAN' },
  { mimeType: 'application/pdf' },
  { scanStatus: 'PENDING' },
  { search: 'REPORT' },
  { search: 'zeppelin' },
  { search: 'unheard' },
  { search: 'ME' },
  { search: 'eeting r' },
  { search: 'qx' },
  { search: 'notes meeting' },
  { search: 'minutes' },
  { search: 'SONNET' },
  { search: 'sonnet zeppelin', type: 'DOCUMENT' },
  { createdAfter: new Date('2026-01-01T00:05:00Z'), createdBefore: new Date('2026-01-01T00:06:00Z') },
];

/** In memories, the others are not looked for. */
const memoryFilters = filters.filter((filter) =>
  Object.keys(filter).every((name) => ['type', 'mimeType', 'search', 'includeDeleted'].includes(name)),
);

const cases = Object.keys(scopes).flatMap((where) => filters.map((filter) => ({ where, filter })));

async function toQuery(where: string, filter: AssetFilterInput): Promise<AssetListQuery> {
  const scope = await (scopes[where] ?? (() => Promise.reject(new Error(where))))();
  return { orgId, scope, conditions: toConditions(filter), orderBy: 'NEWEST', limit, after: undefined };
}

type Row = Record<string, string | null>;
/** Everything there is, read once. */
let everything: readonly Row[] | undefined;

async function readEverything(): Promise<readonly Row[]> {
  if (everything !== undefined) return everything;
  const { rows } = await database.executeSql(
    `with recursive beneath as (
       select id from folders where id = $1 union select f.id from folders f join beneath b on f.parent_id = b.id
     ) select a.*, (select true from beneath where beneath.id = a.folder_id) as is_beneath,
         extract(epoch from a.created_at) * 1000 as created_ms, lower(filename || ' ' || coalesce(description, '')) as said, t.text
       from assets a left join asset_texts t on t.asset_id = a.id`,
    [await folderNamed('folder 1')],
  );
  everything = rows as Row[]; // as selected
  return everything;
}

function isWritten(row: Row, words: readonly string[]): boolean {
  const text = row['text']?.toLowerCase().split(' ') ?? [];
  return words.every((word) => text.includes(word.toLowerCase()));
}

/** One or two letters begin a word. */
function isSaid({ said }: Row, word: string): boolean {
  const wanted = word.toLowerCase();
  if (wanted.length > 2) return said?.includes(wanted) ?? false;
  return said?.split(/[^a-z0-9]/).some((one) => one.startsWith(wanted)) ?? false;
}

/** What is to be found, in no order: by looking at everything. */
async function findAll({ scope, conditions }: AssetListQuery): Promise<Set<string>> {
  const found = (await readEverything()).filter((row) => {
    if (scope.kind === 'spaces' && !scope.spaceIds.includes(row['space_id'] ?? '')) return false;
    if (scope.kind === 'memories' && !scope.memoryIds.includes(row['memory_id'] ?? '')) return false;
    if (scope.kind === 'place' && (row['folder_id'] ?? row['space_id']) !== scope.placeId) return false;
    if (scope.kind === 'subtree' && row['is_beneath'] === null) return false;
    const { type, provider, executionId, agentUrn, mimeType, scanStatus, words } = conditions;
    const is = (wanted: string | undefined, column: string) => wanted === undefined || row[column] === wanted;
    return (
      (conditions.includeDeleted || row['deleted_at'] === null) &&
      [is(type, 'type'), is(provider, 'provider'), is(executionId, 'execution_id')].every(Boolean) &&
      [is(agentUrn, 'agent_urn'), is(mimeType, 'mime_type'), is(scanStatus, 'scan_status')].every(Boolean) &&
      (words.every((word) => isSaid(row, word)) || isWritten(row, words)) &&
      Number(row['created_ms']) >= (conditions.createdAfter?.getTime() ?? 0) &&
      Number(row['created_ms']) < (conditions.createdBefore?.getTime() ?? Infinity)
    );
  });
  return new Set(found.map(({ id }) => id ?? ''));
}

function isInOrder(orderBy: AssetListQuery['orderBy'], [a, b]: readonly [ListedAsset, ListedAsset]): boolean {
  const [x, y] = [a.asset, b.asset];
  const compare = (one: string | number, other: string | number) => (one < other ? -1 : one > other ? 1 : 0);
  const byId = compare(x.id, y.id);
  const order = {
    NEWEST: -compare(x.createdAt.getTime(), y.createdAt.getTime()) || -byId,
    OLDEST: compare(x.createdAt.getTime(), y.createdAt.getTime()) || byId,
    NAME: compare(x.filename.toLowerCase(), y.filename.toLowerCase()) || byId,
    LARGEST: -compare(x.sizeBytes, y.sizeBytes) || -byId,
  };
  return order[orderBy] < 0;
}

describe('whatever is asked for', () => {
  test.each(cases)('in $where, $filter: all of it, in every order, each once', async ({ where, filter }) => {
    const query = await toQuery(where, filter);
    const expected = await findAll(query);
    for (const orderBy of assetOrders) {
      // Pages as large as that are walked along for half of everything.
      const found: ListedAsset[] = [];
      let last: ListedAsset[] = [];
      do {
        last = await store.list({ ...query, orderBy, limit: 101, after: found.at(-1)?.position });
        found.push(...last);
      } while (last.length === 101 && found.length < 505);
      expect(
        found.every((asset, at) => at === 0 || isInOrder(orderBy, [found[at - 1] ?? asset, asset])),
      ).toBe(true);
      expect(found.every(({ asset }) => expected.has(asset.id))).toBe(true);
      expect(new Set(found.map(({ asset }) => asset.id)).size).toBe(found.length);
      expect(found).toHaveLength(Math.min(expected.size, Math.ceil(505 / 101) * 101));
    }
  });

  test('a page from the middle goes on where the one before ended', async () => {
    for (const [where, filter] of [
      ...filters.map((one) => ['two spaces', one] as const),
      ...memoryFilters.map((one) => ['two memories', one] as const),
    ]) {
      for (const orderBy of assetOrders) {
        const query = { ...(await toQuery(where, filter)), orderBy };
        const all = await store.list({ ...query, limit: 60 });
        const half = all.slice(0, 30);
        const rest = await store.list({ ...query, limit: 30, after: half.at(-1)?.position });
        if (half.length === 30)
          expect([...half, ...rest].map(({ asset }) => asset.id)).toEqual(all.map(({ asset }) => asset.id));
      }
    }
  });
});

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

/** Every node of the plans of what the store asks for a page, as they were run. */
async function explain(query: AssetListQuery): Promise<Plan[]> {
  asked = [];
  await store.list(query);
  const plans: Plan[] = [];
  for (const { text, values } of asked.splice(0)) {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json, timing off) ${text}`,
      values,
    );
    plans.push(...rows.map((row) => row['QUERY PLAN'][0].Plan));
  }
  const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)];
  return plans.flatMap(flatten);
}

/** How many rows of a table were looked at. */
function lookedAt(nodes: readonly Plan[], table: 'assets' | 'asset_texts' = 'assets'): number {
  return nodes
    .filter((node) => node['Relation Name'] === table)
    .reduce((sum, node) => {
      const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
      return sum + (node['Actual Rows'] + removed) * node['Actual Loops'];
    }, 0);
}

const memoryScopes = ['a memory', 'two memories'];

/** How many fit the one condition that fits the fewest; where to look is one. */
async function countBestFitting(where: string, filter: AssetFilterInput): Promise<number> {
  const alone = (Object.entries(filter) as [string, unknown][]).filter(([name]) => name !== 'includeDeleted');
  const everywhere = memoryScopes.includes(where) ? 'two memories' : 'two spaces';
  const queries = [
    toQuery(where, { includeDeleted: true }),
    ...alone.map(([name, value]) => toQuery(everywhere, { includeDeleted: true, [name]: value })),
  ];
  const counts = queries.map(async (query) => (await findAll(await query)).size);
  return Math.min(...(await Promise.all(counts)));
}

describe('a page costs', () => {
  const large = ['one space', 'two spaces', 'a folder', 'a root', 'a subtree'];

  const costly = [
    ...large.flatMap((where) => filters.map((filter) => ({ where, filter }))),
    ...memoryScopes.flatMap((where) => memoryFilters.map((filter) => ({ where, filter }))),
  ];
  test.each(costly)(
    'in $where, $filter: neither reading nor sorting everything',
    async ({ where, filter }) => {
      const query = await toQuery(where, filter);
      const fitting = await countBestFitting(where, filter);
      const written = (await readEverything()).filter((row) => isWritten(row, query.conditions.words)).length;
      for (const orderBy of assetOrders) {
        const [first] = await store.list({ ...query, orderBy, limit: 1 });
        for (const after of [undefined, first?.position]) {
          const nodes = await explain({ ...query, orderBy, after });
          expect(
            nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'assets'),
          ).toEqual([]);
          // Of texts no more than all that have the words, in the walk, on the way to the bound and in what comes after.
          expect(lookedAt(nodes, 'asset_texts')).toBeLessThanOrEqual(3 * walked + 3 * written);
          const sorts = nodes.filter((node) => node['Node Type'].endsWith('Sort'));
          const sorted = sorts.map(({ Plans }) =>
            Math.max(0, ...(Plans ?? []).map((plan) => plan['Actual Rows'])),
          );
          // Either a walk that fills the page, or one in vain, another for the bound, and then no more than what fits
          // one of the conditions.
          expect(Math.max(0, ...sorted)).toBeLessThanOrEqual(Math.max(walked, fitting));
          expect(lookedAt(nodes)).toBeLessThanOrEqual(5 * walked + 2 * fitting + limit);
        }
      }
    },
  );

  test('by name, of many that come late in it: the index of what they have in common, and no row', async () => {
    const query: AssetListQuery = { ...(await toQuery('one space', { provider: 'fal' })), orderBy: 'NAME' };
    // Among so few rows it would as soon read them.
    await pool.query('set enable_bitmapscan = off');
    const nodes = await explain(query);
    await pool.query('reset enable_bitmapscan');
    const gathered = nodes.filter(
      (node) => node['Index Name'] === 'assets_by_provider' && node['Node Type'] === 'Index Only Scan',
    );
    expect(gathered).toHaveLength(1);
  });

  test('by name, of a word that very many have who come late in it: no more are sorted than the page may reach', async () => {
    const query: AssetListQuery = { ...(await toQuery('one space', { search: 'report' })), orderBy: 'NAME' };
    expect((await findAll(query)).size).toBe(assetCount / 2);
    const nodes = await explain(query);
    const sorted = nodes
      .filter((node) => node['Node Type'].endsWith('Sort'))
      .flatMap(({ Plans = [] }) => Plans);
    expect(Math.max(...sorted.map((node) => node['Actual Rows']))).toBeLessThanOrEqual(walked);
  });

  test.each(['one space', 'two spaces', 'a folder', 'a root', ...memoryScopes])(
    'in %s without a filter, on any page: the rows of the page',
    async (where) => {
      // By age, what is in the trash of a memory lies among the others: fifty of the second one.
      const passedOver = where === 'two memories' ? 50 : 0;
      for (const orderBy of assetOrders) {
        let after: AssetListQuery['after'];
        const query = { ...(await toQuery(where, {})), orderBy };
        for (let page = 0; page < 5; page += 1) {
          const nodes = await explain({ ...query, after });
          expect(lookedAt(nodes)).toBeLessThanOrEqual(3 * limit + passedOver);
          after = (await store.list({ ...query, after, limit: 1000 })).at(-1)?.position ?? after;
        }
      }
    },
  );

  test.each<AssetFilterInput>([{ type: 'IMAGE' }, { type: 'VIDEO' }])(
    'in a memory by age, %j: the rows of the page',
    async (filter) => {
      for (const orderBy of ['NEWEST', 'OLDEST'] as const) {
        const nodes = await explain({ ...(await toQuery('a memory', filter)), orderBy });
        expect(lookedAt(nodes)).toBeLessThanOrEqual(2 * limit);
      }
    },
  );

  test.each([
    ['NEWEST', {}, 'assets_of_memory'],
    ['OLDEST', { type: 'IMAGE' }, 'assets_of_memory_by_type'],
    ['NAME', {}, 'assets_of_memory_by_name'],
    ['LARGEST', {}, 'assets_of_memory_by_size'],
    ['NAME', { search: 'zeppelin' }, 'assets_of_memory_by_text'],
    ['NAME', { search: 'zeppelin' }, 'asset_texts_of_memory_by_words'],
  ] as const)('in a memory, %s, %j: the index %s', async (orderBy, filter, index) => {
    const nodes = await explain({ ...(await toQuery('a memory', filter)), orderBy });
    expect(nodes.map((node) => node['Index Name'])).toContain(index);
  });

  test.each<AssetFilterInput>([
    { type: 'IMAGE' },
    { type: 'VIDEO' },
    { provider: 'stability' },
    { executionId: 'execution-7' },
    { agentUrn: 'urn:agent:buno' },
    { mimeType: 'image/png' },
    { scanStatus: 'PENDING' },
    { scanStatus: 'BLOCKED' },
    { createdAfter: new Date('2026-01-01T01:00:00Z'), createdBefore: new Date('2026-01-01T01:00:05Z') },
  ])('by age, %j: the rows of the page', async (filter) => {
    for (const orderBy of ['NEWEST', 'OLDEST'] as const) {
      const nodes = await explain({ ...(await toQuery('one space', filter)), orderBy });
      expect(lookedAt(nodes)).toBeLessThanOrEqual(2 * limit);
    }
  });
});

import { newId } from '../src/core/ids.js';
import { assetOrders, toConditions, type AssetFilterInput } from '../src/domains/assets/asset-filter.js';
import {
  makeAssetListStore,
  type AssetListQuery,
  type AssetScope,
  type ListPosition,
} from '../src/domains/assets/asset-list.store.js';
import { makeLog } from '../src/infra/pino/log.js';
import { makeDatabase, type Database } from '../src/infra/postgres/database.js';
import { migrate } from '../src/infra/postgres/migrate.js';
import { loadConfig } from '../src/config.js';
import { startEmbedded } from '../src/embedded/start.js';
import { insertManyAssets } from '../tests/support/many-assets.js';
import { median, type Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import type { Scope } from './support/scope.js';

const first = 20;

interface Subject {
  readonly name: string;
  readonly query: AssetListQuery;
}

/** What finding costs among a million assets in 10,000 folders: queries and rows, without GraphQL. */
export async function measureFind({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const [assetCount, folderCount, rounds] = quick ? [20_000, 1_000, 5] : [1_000_000, 10_000, 11];
  const deepPage = assetCount / 100;
  const database = await openDatabase(scope);
  const [orgId, spaceId] = [newId(), newId()];
  await database.executeSql(`insert into organizations (id, external_id) values ($1, 'acme')`, [orgId]);
  await insertManyAssets(database, orgId, { spaceId, assetCount, folderCount });
  await database.executeSql('vacuum analyze assets');

  const store = makeAssetListStore(database.db);
  const space: AssetScope = { kind: 'spaces', spaceIds: [spaceId] };
  const toQuery = (
    filter: AssetFilterInput = {},
    orderBy: AssetListQuery['orderBy'] = 'NEWEST',
    where: AssetScope = space,
  ): AssetListQuery => ({
    orgId,
    scope: where,
    conditions: toConditions(filter),
    orderBy,
    limit: first + 1,
    after: undefined,
  });
  const folder = await findFolder(database, spaceId, folderCount / 100 + 1);
  const parent = await findFolder(database, spaceId, 1);

  const subjects: Subject[] = [];
  for (const orderBy of assetOrders) {
    const query = toQuery({}, orderBy);
    const after = await findPosition(database, spaceId, orderBy, (deepPage - 1) * first);
    subjects.push({ name: `${orderBy}, page 1`, query });
    subjects.push({
      name: `${orderBy}, page ${deepPage.toLocaleString('en-US')}`,
      query: { ...query, after },
    });
  }
  const add = (name: string, query: AssetListQuery) => subjects.push({ name, query });
  add('a folder', toQuery({}, 'NEWEST', { kind: 'place', spaceId, placeId: folder }));
  add('a folder, by name', toQuery({}, 'NAME', { kind: 'place', spaceId, placeId: folder }));
  add('100 folders, recursive', toQuery({}, 'NEWEST', { kind: 'subtree', spaceId, folderId: parent }));
  add('100 folders, recursive, by name', toQuery({}, 'NAME', { kind: 'subtree', spaceId, folderId: parent }));
  add('a type', toQuery({ type: 'IMAGE' }));
  add('a type, by name', toQuery({ type: 'IMAGE' }, 'NAME'));
  add('an execution', toQuery({ executionId: 'execution-777' }));
  add('an execution, by name', toQuery({ executionId: 'execution-777' }, 'NAME'));
  add('a provider of ten', toQuery({ provider: 'stability' }));
  // One in ten, which come last in this order.
  add('a provider of a tenth, by name', toQuery({ provider: 'fal' }, 'NAME'));
  add('what waits for its scan', toQuery({ scanStatus: 'PENDING' }));
  add('an hour', toQuery({ createdAfter: at(1), createdBefore: at(2) }));
  add('an hour, by name', toQuery({ createdAfter: at(1), createdBefore: at(2) }, 'NAME'));
  add('a word that half have', toQuery({ search: 'report' }));
  add('a word that ten have', toQuery({ search: 'zeppelin' }));
  add('a word that none has', toQuery({ search: 'unheard' }));
  add('a word that ten have, by name', toQuery({ search: 'zeppelin' }, 'NAME'));
  add('two words', toQuery({ search: 'report meeting' }));
  // The half that comes last in this order.
  add('a word that half have, by name', toQuery({ search: 'report' }, 'NAME'));
  add('two letters that none has', toQuery({ search: 'qx' }));

  // In turns, so that whatever else the machine does meets all.
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, query } of subjects) {
      const startedAt = performance.now();
      await store.list(query);
      times.get(name)?.push(performance.now() - startedAt);
    }
  }
  const reference = median(times.get('NEWEST, page 1') ?? []);
  return [...times].map(([name, values]) => ({
    name,
    unit: 'ms',
    values,
    how: `${(median(values) / reference).toLocaleString('en-US', { maximumFractionDigits: 1 })} × the newest page`,
  }));
}

/** So many hours after the first. */
function at(hours: number): Date {
  return new Date(Date.UTC(2026, 0, 1, hours));
}

/** Of the nth asset: read by its number from the index alone, where listing all before it would bring their rows along. */
async function findPosition(
  { executeSql }: Database,
  spaceId: string,
  orderBy: AssetListQuery['orderBy'],
  number: number,
): Promise<ListPosition> {
  const keys = {
    NEWEST: 'created_at',
    OLDEST: 'created_at',
    NAME: 'lower(filename) collate "C"',
    LARGEST: 'size_bytes',
  };
  const direction = orderBy === 'NEWEST' || orderBy === 'LARGEST' ? 'desc' : 'asc';
  const { rows } = await executeSql(
    `select id, (${keys[orderBy]})::text as "sortKey" from assets
     where space_id = $1 and (deleted_at is null) = true
     order by ${keys[orderBy]} ${direction}, id ${direction} offset $2 limit 1`,
    [spaceId, number - 1],
  );
  return rows[0] as ListPosition; // as selected
}

async function findFolder({ executeSql }: Database, spaceId: string, number: number): Promise<string> {
  const { rows } = await executeSql('select id from folders where space_id = $1 and name = $2', [
    spaceId,
    `folder ${number}`,
  ]);
  return (rows[0] as { id: string }).id; // as selected
}

/** A migrated one whose statements may take their time. */
async function openDatabase(scope: Scope): Promise<Database> {
  const log = makeLog({ level: 'silent' });
  const embedded = await startEmbedded(loadConfig({ DATA_DIR: await makeTempDir(scope) }), log);
  scope.defer(() => embedded.close());
  const { url } = embedded.config.database;
  await migrate(url, 'drizzle');
  const database = makeDatabase({ url, poolSize: 1, log, silenceMs: 0 });
  scope.defer(() => database.close());
  await database.executeSql('set statement_timeout = 0');
  return database;
}

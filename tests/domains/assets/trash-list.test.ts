import { newId } from '../../../src/core/ids.js';
import { makeTrashListStore } from '../../../src/domains/assets/trash-list.store.js';
import { explain, toNodes } from '../../support/explain.js';
import { insertManyAssets } from '../../support/many-assets.js';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.js';

const [orgId, main, side] = [newId(), newId(), newId()];
const limit = 21;

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.executeSql(`insert into organizations (id, external_id) values ($1, 'acme')`, [orgId]);
  await insertManyAssets(database, orgId, { spaceId: main, assetCount: 6000, folderCount: 100 });
  await insertManyAssets(database, orgId, { spaceId: side, assetCount: 3000, folderCount: 100 });
  // Half of each is in the trash, deleted in an order of its own.
  await database.executeSql(
    `update assets set restorable_until = now() + interval '1 day',
       deleted_at = timestamptz '2026-02-01' + make_interval(secs => ('x' || substr(md5(id), 1, 6))::bit(24)::int / 1000)
     where ('x' || substr(md5(id), 7, 1))::bit(4)::int < 8`,
  );
  await database.executeSql('vacuum analyze assets');
});
afterAll(() => database.close());

test('any page of the trash walks along the index of each space, and reads nothing else', async () => {
  const scope = { orgId, spaceIds: [main, side], userId: undefined };
  const first = undefined;
  const later = { deletedAt: new Date('2026-02-01T02:00:00Z'), id: newId() };
  for (const after of [first, later]) {
    const plans = await explain(database, (db) => makeTrashListStore(db).list(scope, limit, after));
    const nodes = plans.flatMap(toNodes) as { 'Relation Name'?: string; 'Index Name'?: string }[]; // as EXPLAIN tells
    const reads = nodes.filter((node) => node['Relation Name'] === 'assets');
    expect(reads.map((node) => node['Index Name']).sort()).toEqual([
      'assets_pkey',
      'assets_trashed_in_space',
    ]);
  }
});

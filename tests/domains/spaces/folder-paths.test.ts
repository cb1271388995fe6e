import { newId } from '../../../src/core/ids.js';
import { makeFolderPaths } from '../../../src/domains/spaces/folder-paths.js';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
const orgId = newId();
const spaceId = newId();

beforeAll(async () => {
  database = await openTestDatabase();
  await database.executeSql(`insert into organizations (id, external_id) values ($1, 'acme')`, [orgId]);
  await database.executeSql(`insert into spaces (id, org_id, name) values ($1, $2, 'Main')`, [
    spaceId,
    orgId,
  ]);
});

afterAll(() => database.close());

async function given(name: string, parentId: string | null = null): Promise<string> {
  const id = newId();
  await database.executeSql(
    `insert into folders (id, org_id, space_id, parent_id, name, created_by_kind, created_by_id)
     values ($1, $2, $3, $4, $5, 'USER', 'ada')`,
    [id, orgId, spaceId, parentId, name],
  );
  return id;
}

test('paths of many folders, however deep, each with its own names', async () => {
  const paths = makeFolderPaths(database);
  const expected = new Map<string, string>();
  for (const top of ['documents', 'pictures']) {
    let parentId: string | null = null;
    let path = '';
    for (let depth = 0; depth < 30; depth += 1) {
      const name: string = depth === 0 ? top : `${depth}`;
      parentId = await given(name, parentId);
      path += `/${name}`;
      expected.set(parentId, path);
    }
  }
  expect(await paths.listPaths(orgId, [...expected.keys()])).toEqual(expected);
  expect(await paths.listPaths(newId(), [...expected.keys()])).toEqual(new Map());
  expect(await paths.listPaths(orgId, [newId()])).toEqual(new Map());
});

test('folders that would form a ring end nothing but their path', async () => {
  const [a, b] = [await given('a'), await given('b')];
  await database.executeSql('update folders set parent_id = $2 where id = $1', [a, b]);
  await database.executeSql('update folders set parent_id = $2 where id = $1', [b, a]);
  expect((await makeFolderPaths(database).listPaths(orgId, [a])).get(a)).toBe('/b/a');
});

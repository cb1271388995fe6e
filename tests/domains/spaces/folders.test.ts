import fc from 'fast-check';
import { newId } from '../../../src/core/ids.js';
import { makeFolderModel, type Change, type Step } from '../../support/folder-model.js';
import { openFolders } from '../../support/folders.js';
import { hasWaiting, openTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

let database: TestDatabase;
let tree: Awaited<ReturnType<typeof openFolders>>;

beforeAll(async () => {
  database = await openTestDatabase();
  tree = await openFolders(database);
});
afterAll(() => database.close());

interface StoredFolder {
  id: string;
  parent_id: string | null;
  name: string;
}

async function listStored(spaceId: string): Promise<StoredFolder[]> {
  const { rows } = await database.executeSql('select id, parent_id, name from folders where space_id = $1', [
    spaceId,
  ]);
  return rows as StoredFolder[]; // as selected
}

const aName = fc.constantFrom('a', 'b', 'A', 'Caf\u00e9', 'Cafe\u0301');
const aFolder = fc.nat(12);
const aParent = fc.option(aFolder, { nil: null, freq: 3 });
const aChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), parent: aParent, name: aName }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), folder: aFolder, name: aName }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('move' as const), folder: aFolder, parent: aParent }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), folder: aFolder, recursive: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add file' as const), folder: aFolder }) },
);

/** With the ids of the folders made so far, deleted ones too; of none where there are none. */
function toStep(change: Change, made: readonly string[]): Step {
  const idOf = (number: number) => made[number % made.length] ?? newId();
  const parentOf = (parent: number | null) => (parent === null ? null : idOf(parent));
  switch (change.kind) {
    case 'create':
      return { kind: 'create', parentId: parentOf(change.parent), name: change.name };
    case 'rename':
      return { kind: 'rename', id: idOf(change.folder), name: change.name };
    case 'move':
      return { kind: 'move', id: idOf(change.folder), parentId: parentOf(change.parent) };
    case 'delete':
      return { kind: 'delete', id: idOf(change.folder), recursive: change.recursive };
    case 'add file':
      return { kind: 'add file', id: idOf(change.folder) };
  }
}

test('one change after another leaves what a model of it says, and is refused where that says so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aChange, { minLength: 5, maxLength: 30 }), async (changes) => {
      const spaceId = await tree.createSpace();
      const model = makeFolderModel();
      const made: string[] = [];
      for (const change of changes) {
        const step = toStep(change, made);
        const code = model.refusalOf(step);
        const outcome = await tree.attempt(spaceId, step);
        expect('code' in outcome ? outcome.code : undefined).toBe(code);
        if ('code' in outcome) continue;
        model.apply(step, outcome.id);
        if (step.kind === 'create') made.push(outcome.id);
      }
      const paths = await tree.folders.listPaths(tree.orgId, made);
      expect(new Map(paths)).toEqual(new Map([...model.folders.keys()].map((id) => [id, model.pathOf(id)])));
    }),
    { numRuns: 40 },
  );
});

/** What must hold of a space's tree whatever was done to it, by however many at once. */
async function expectSound(spaceId: string): Promise<void> {
  const stored = await listStored(spaceId);
  const byId = new Map(stored.map((folder) => [folder.id, folder]));
  const paths = new Map<string, string>();
  for (const folder of stored) {
    const names: string[] = [];
    // Neither an orphan nor a cycle: everybody reaches the root, by way of folders of this space.
    for (let at: StoredFolder | undefined = folder; at !== undefined;) {
      names.unshift(at.name);
      expect(names.length).toBeLessThanOrEqual(stored.length);
      const { parent_id: parentId }: StoredFolder = at;
      if (parentId === null) break;
      expect(byId.has(parentId)).toBe(true);
      at = byId.get(parentId);
    }
    paths.set(folder.id, `/${names.join('/')}`);
  }
  expect(new Set(paths.values()).size).toBe(stored.length);
  expect(new Map(await tree.folders.listPaths(tree.orgId, [...byId.keys()]))).toEqual(paths);
  for (const [id, path] of paths) {
    expect(await tree.folders.find(tree.viewer, { spaceId, path })).toMatchObject({ id });
  }
  // What was in a folder that is gone is in the trash; nobody put anything into the root.
  const { rows } = await database.executeSql(
    'select id from assets where space_id = $1 and (folder_id is null) <> (deleted_at is not null)',
    [spaceId],
  );
  expect(rows).toEqual([]);
}

test('many changes at once leave a sound tree, and every refusal is one of those that are expected', async () => {
  const expected = ['NOT_FOUND', 'NAME_TAKEN', 'BAD_USER_INPUT', 'FOLDER_NOT_EMPTY'];
  const ofOne = fc.array(aChange, { minLength: 5, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(ofOne, { minLength: 4, maxLength: 6 }), async (everyone) => {
      const spaceId = await tree.createSpace();
      const made: string[] = [];
      for (const [index, parent] of [null, null, 0, 1, 2].entries()) {
        const step = toStep({ kind: 'create', parent, name: `first ${index}` }, made);
        const first = await tree.attempt(spaceId, step);
        if ('id' in first) made.push(first.id);
      }
      await Promise.all(
        everyone.map(async (changes) => {
          for (const change of changes) {
            const step = toStep(change, made);
            const outcome = await tree.attempt(spaceId, step);
            if ('code' in outcome) expect(expected).toContain(outcome.code);
            else if (step.kind === 'create') made.push(outcome.id);
          }
        }),
      );
      await expectSound(spaceId);
    }),
    { numRuns: 15 },
  );
  const { rows } = await database.executeSql(
    `select trashed_bytes::int as counted, (select coalesce(sum(size_bytes), 0)::int from assets
       where org_id = u.org_id and deleted_at is not null) as summed
     from storage_usage u where org_id = $1`,
    [tree.orgId],
  );
  expect(rows).toEqual([{ counted: expect.any(Number) as unknown, summed: expect.any(Number) as unknown }]);
  const [{ counted, summed }] = rows as [{ counted: number; summed: number }]; // as selected
  expect(counted).toBe(summed);
});

test('of two moves that would make a cycle together one wins, whoever is first', async () => {
  for (let round = 0; round < 20; round += 1) {
    const spaceId = await tree.createSpace();
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) => tree.folders.createFolder(tree.viewer, { spaceId, parentId: null, name })),
    );
    if (a === undefined || b === undefined) throw new Error('two were made');
    const outcomes = await Promise.all([
      tree.attempt(spaceId, { kind: 'move', id: a.id, parentId: b.id }),
      tree.attempt(spaceId, { kind: 'move', id: b.id, parentId: a.id }),
    ]);
    expect(outcomes.filter((outcome) => 'id' in outcome)).toHaveLength(1);
    expect(outcomes).toContainEqual({ code: 'BAD_USER_INPUT' });
    await expectSound(spaceId);
  }
});

test('of many who make a folder of one name, one does', async () => {
  const spaceId = await tree.createSpace();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => tree.attempt(spaceId, { kind: 'create', parentId: null, name: 'one' })),
  );
  expect(outcomes.filter((outcome) => 'id' in outcome)).toHaveLength(1);
  expect(outcomes.filter((outcome) => 'code' in outcome && outcome.code === 'NAME_TAKEN')).toHaveLength(19);
});

describe('a file that is being put into a folder', () => {
  test('is in the trash afterwards when the folder is deleted meanwhile', async () => {
    const spaceId = await tree.createSpace();
    const { id } = await tree.folders.createFolder(tree.viewer, { spaceId, parentId: null, name: 'a' });
    const fileId = newId();
    let deleting: Promise<string> | undefined;
    await database.transact(async (tx) => {
      expect(await tree.folders.lockForChild(tx, spaceId, id)).toBe(true);
      deleting = tree.folders.deleteFolder(tree.viewer, id, { recursive: true });
      await until(() => hasWaiting(database));
      await tx.executeSql(
        `insert into assets (id, org_id, space_id, folder_id, filename, mime_type, size_bytes, type, storage_key, etag,
           uploaded_by_kind, uploaded_by_id)
         values ($1, $2, $3, $4, 'f', 'text/plain', 0, 'OTHER', $1, '', 'USER', 'ada')`,
        [fileId, tree.orgId, spaceId, id],
      );
    });
    await deleting;
    const { rows } = await database.executeSql(
      'select folder_id, deleted_at is not null as is_deleted from assets where id = $1',
      [fileId],
    );
    expect(rows).toEqual([{ folder_id: null, is_deleted: true }]);
  });

  test('waits for a deletion that is under way, and then finds no folder; other files do not wait', async () => {
    const spaceId = await tree.createSpace();
    const make = (name: string) =>
      tree.folders.createFolder(tree.viewer, { spaceId, parentId: null, name }).then(({ id }) => id);
    const [deleted, other] = [await make('deleted'), await make('other')];
    let isFound: Promise<boolean> | undefined;
    await database.transact(async (tx) => {
      await tx.executeSql('select from spaces where id = $1 for no key update', [spaceId]);
      await tx.executeSql('delete from folders where id = $1', [deleted]);
      isFound = database.transact((late) => tree.folders.lockForChild(late, spaceId, deleted));
      await until(() => hasWaiting(database));
      expect(await tree.attempt(spaceId, { kind: 'add file', id: other })).toEqual({
        id: expect.any(String) as unknown,
      });
    });
    expect(await isFound).toBe(false);
  });

  test('finds no folder of another space, and none that is no id', async () => {
    const spaceId = await tree.createSpace();
    const { id } = await tree.folders.createFolder(tree.viewer, { spaceId, parentId: null, name: 'a' });
    const elsewhere = await tree.createSpace();
    await database.transact(async (tx) => {
      expect(await tree.folders.lockForChild(tx, elsewhere, id)).toBe(false);
      expect(await tree.folders.lockForChild(tx, spaceId, 'nothing\u0000')).toBe(false);
      expect(await tree.folders.lockForChild(tx, spaceId, id)).toBe(true);
    });
  });
});

test('paths are told of folders of the organization alone', async () => {
  const spaceId = await tree.createSpace();
  const make = (name: string, parentId: string | null) =>
    tree.folders.createFolder(tree.viewer, { spaceId, parentId, name }).then(({ id }) => id);
  const top = await make('top', null);
  const below = await make('a', top);
  const paths = await tree.folders.listPaths(tree.orgId, [below, newId()]);
  expect(paths.get(below)).toBe('/top/a');
  expect([...paths.keys()].sort()).toEqual([top, below].sort());
  expect(new Map(await tree.folders.listPaths(newId(), [top]))).toEqual(new Map());
});

test('one place holds ten thousand folders', async () => {
  const spaceId = await tree.createSpace();
  await database.executeSql(
    `insert into folders (id, org_id, space_id, name, created_by_kind, created_by_id)
     select $3 || lpad(n::text, 17, '0'), $1, $2, n::text, 'USER', 'ada' from generate_series(1, 9999) n`,
    [tree.orgId, spaceId, newId().slice(0, 10)],
  );
  const { id } = await tree.folders.createFolder(tree.viewer, { spaceId, parentId: null, name: 'last' });
  const full = { code: 'BAD_USER_INPUT', extensions: { field: 'parentId' } };
  const more = { spaceId, parentId: null, name: 'one too many' };
  await expect(tree.folders.createFolder(tree.viewer, more)).rejects.toMatchObject(full);
  const below = await tree.folders.createFolder(tree.viewer, { ...more, parentId: id });
  await expect(tree.folders.moveFolder(tree.viewer, below.id, null)).rejects.toMatchObject(full);
});

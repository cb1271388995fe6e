import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import { expectInvariants } from '../support/invariants.js';
import { sample } from '../support/samples.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { defaultSpace, givenFile, givenFolder, givenSpace, type TestSpace } from '../support/space-rows.js';
import { rows } from '../support/state.js';
import { deleteAssets, givenAsset, purge, restore } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let space: TestSpace;

openForAll({ env: { PROMPT_LIMIT_PER_USER: '1000' } }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
  space = await defaultSpace(backends);
});

const fields = 'id filename description path updatedAt folder { id name path } space { id name urn }';
const renameMutation = `mutation($id: ID!, $filename: String!) { renameAsset(id: $id, filename: $filename) { ${fields} } }`;
const describeMutation = `mutation($id: ID!, $description: String) {
  describeAsset(id: $id, description: $description) { ${fields} } }`;
const moveMutation = `mutation($id: ID!, $folderId: ID) { moveAsset(id: $id, folderId: $folderId) { ${fields} } }`;

interface Fields {
  id: string;
  filename: string;
  description: string | null;
  path: string | null;
  updatedAt: string;
  folder: { id: string; name: string; path: string } | null;
  space: { id: string; name: string; urn: string } | null;
}

const rename = async (by: Api, id: string, filename: string) =>
  (await by.get<{ renameAsset: Fields }>(renameMutation, { id, filename })).renameAsset;
const describeAsset = async (by: Api, id: string, description?: string | null) =>
  (await by.get<{ describeAsset: Fields }>(describeMutation, { id, description })).describeAsset;
const move = async (by: Api, id: string, folderId?: string | null) =>
  (await by.get<{ moveAsset: Fields }>(moveMutation, { id, folderId })).moveAsset;

const given = async (file?: Parameters<typeof givenFile>[3], of = space) =>
  (await givenFile(backends, service, of, file)).id;

/** What was recorded of it: events of the feed, and entries of the audit log. */
async function recordsOf(id: string) {
  const events = await rows<{ kind: string }>(
    backends,
    'select kind from asset_events where asset_id = $1 order by version',
    [id],
  );
  const audit = await rows<{ action: string; details: Record<string, unknown> }>(
    backends,
    'select action, details from audit_entries where subject = $1 order by at',
    [id],
  );
  return { changes: events.filter(({ kind }) => kind === 'UPDATED').length, audit };
}

describe('renaming', () => {
  test('gives it another name, and says so once', async () => {
    // Its scan is an event of its own: this one is over.
    const { id } = await givenAsset(cast);
    const before = await recordsOf(id);
    expect(await rename(cast.alice, id, 'plan B.PDF')).toMatchObject({ filename: 'plan B.PDF', path: null });
    expect(await rename(cast.alice, id, 'plan B.PDF')).toMatchObject({ filename: 'plan B.PDF' });
    const after = await recordsOf(id);
    expect(after.changes).toBe(before.changes + 1);
    expect(after.audit.slice(before.audit.length)).toEqual([
      { action: 'renameAsset', details: { userId: 'alice', agentUrn: 'urn:agent:buno' } },
    ]);
  });

  test('cleans the name as an upload does', async () => {
    const id = await given();
    expect(await rename(cast.admin, id, '/tmp/a\u202eb\u0000\n.pdf')).toMatchObject({ filename: 'ab.pdf' });
    expect((await rename(cast.admin, id, 'e\u0301.pdf')).filename).toBe('é.pdf');
    const long = await rename(cast.admin, id, `${'x'.repeat(300)}.pdf`);
    expect(Buffer.byteLength(long.filename)).toBe(255);
    expect(long.filename.endsWith('.pdf')).toBe(true);
    for (const filename of ['', ' ', '..', '/', '\u0000']) {
      const refused = await cast.admin.refusal(renameMutation, { id, filename });
      expect(refused).toEqual({ code: 'BAD_USER_INPUT', field: 'filename' });
    }
  });

  test.each([
    ['plan.pdf', 'plan', true],
    ['plan.pdf', 'plan.v2', true],
    ['plan.pdf', 'plan.png', false],
    ['plan.pdf', 'plan.exe', false],
    ['plan.pdf', 'plan.html. ', false],
    ['cat.jpg', 'cat.JPEG', true],
    ['cat.jpg', 'cat.svg', false],
    ['notes.txt', 'notes.csv', true],
    ['notes.txt', 'notes.html', false],
  ])('of %s to %s: %s', async (filename, to, isAllowed) => {
    const id = await given({ filename, bytes: sample(filename.split('.')[1] ?? '') });
    const refused = { code: 'BAD_USER_INPUT', field: 'filename' };
    if (isAllowed) expect(await rename(cast.admin, id, to)).toMatchObject({ filename: to });
    else expect(await cast.admin.refusal(renameMutation, { id, filename: to })).toEqual(refused);
  });

  test('a file that claims no type keeps the extension that it was verified with', async () => {
    const id = await given({ filename: 'cat.png', bytes: sample('png') });
    await rows(backends, `update assets set mime_type = 'application/octet-stream' where id = $1`, [id]);
    expect(await rename(cast.admin, id, 'dog.png')).toMatchObject({ filename: 'dog.png' });
    expect(await cast.admin.refusal(renameMutation, { id, filename: 'dog.pdf' })).toMatchObject({
      field: 'filename',
    });
  });
});

describe('describing', () => {
  test('sets and takes away what is said of it', async () => {
    const id = await given();
    expect(await describeAsset(cast.admin, id, '  the cafe\u0301\n')).toMatchObject({
      description: 'the café',
    });
    expect(await describeAsset(cast.admin, id, 'the café')).toMatchObject({ description: 'the café' });
    expect(await describeAsset(cast.admin, id)).toMatchObject({ description: null });
    const { audit } = await recordsOf(id);
    expect(audit).toEqual([
      { action: 'describeAsset', details: { spaceId: space.id } },
      { action: 'describeAsset', details: { spaceId: space.id } },
    ]);
    for (const description of ['x'.repeat(2001), 'a\u0000b', '\ud800']) {
      expect(await cast.admin.refusal(describeMutation, { id, description })).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'description',
      });
    }
  });

  test('finds it by what is said of it', async () => {
    const id = await given({ filename: 'nameless.pdf' });
    await describeAsset(cast.admin, id, 'A Quokka');
    const { assets } = await cast.admin.get<{ assets: { nodes: { id: string }[] } }>(
      '{ assets(filter: { search: "quokka" }) { nodes { id } } }',
    );
    expect(assets.nodes).toEqual([{ id }]);
  });
});

describe('moving', () => {
  test('takes it from folder to folder, and to the root', async () => {
    const outer = await givenFolder(backends, space, 'outer');
    const inner = await givenFolder(backends, space, 'inner', outer);
    const id = await given();
    expect(await move(cast.admin, id, inner)).toMatchObject({
      path: '/outer/inner/plan.pdf',
      folder: { id: inner, name: 'inner', path: '/outer/inner' },
      space: { id: space.id, name: 'Default', urn: `urn:askfile:space:${space.id}` },
    });
    expect(await move(cast.admin, id, inner)).toMatchObject({ path: '/outer/inner/plan.pdf' });
    expect(await move(cast.admin, id, outer)).toMatchObject({ path: '/outer/plan.pdf' });
    expect(await move(cast.admin, id)).toMatchObject({ path: '/plan.pdf', folder: null });
    const { audit } = await recordsOf(id);
    expect(audit).toEqual(
      [
        { fromFolderId: null, toFolderId: inner },
        { fromFolderId: inner, toFolderId: outer },
        { fromFolderId: outer, toFolderId: null },
      ].map((details) => ({ action: 'moveAsset', details: { spaceId: space.id, ...details } })),
    );
  });

  test('only within its space', async () => {
    const other = await givenSpace(backends, 'Other');
    const elsewhere = await givenFolder(backends, other, 'elsewhere');
    const id = await given();
    for (const folderId of [elsewhere, '0'.repeat(27), '', space.id]) {
      expect(await cast.admin.refusal(moveMutation, { id, folderId })).toEqual({ code: 'NOT_FOUND' });
    }
  });

  test('not within a memory', async () => {
    const folderId = await givenFolder(backends, space, 'tempting');
    const { id } = await givenAsset(cast);
    expect(await cast.alice.refusal(moveMutation, { id, folderId })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'folderId',
    });
    expect(await move(cast.alice, id)).toMatchObject({ path: null, folder: null, space: null });
  });

  test('against the deletion of the folder: it is in a folder that is there, or in none', async () => {
    for (let round = 0; round < 10; round += 1) {
      const folderId = await givenFolder(backends, space, `going ${round}`);
      const id = await given();
      const [moved] = await Promise.all([
        cast.admin.ask<object>(moveMutation, { id, folderId }),
        rows(backends, 'delete from folders where id = $1', [folderId]),
      ]);
      expect(moved.errors?.[0]?.extensions.code ?? 'done').toMatch(/^(?:done|NOT_FOUND)$/);
      const [{ folder_id: left } = { folder_id: '' }] = await rows<{ folder_id: string | null }>(
        backends,
        'select folder_id from assets where id = $1',
        [id],
      );
      expect(left).toBeNull();
    }
  });
});

test('in a memory the person and the agent may change it, and nobody else', async () => {
  const { id } = await givenAsset(cast);
  expect(await rename(cast.agent, id, 'by the agent.pdf')).toMatchObject({ filename: 'by the agent.pdf' });
  expect(await describeAsset(cast.alice, id, 'mine')).toMatchObject({ description: 'mine' });
  for (const actor of ['bob', 'admin', 'otherAgent', 'account', 'aliceOfGlobex'] as const) {
    const by = cast[actor];
    expect(await by.refusal(renameMutation, { id, filename: 'stolen.pdf' })).toEqual({ code: 'NOT_FOUND' });
    expect(await by.refusal(describeMutation, { id, description: 'stolen' })).toEqual({ code: 'NOT_FOUND' });
    expect(await by.refusal(moveMutation, { id })).toEqual({ code: 'NOT_FOUND' });
  }
});

test('what is in the trash is not changed', async () => {
  const id = await given();
  await deleteAssets(cast.admin, id);
  for (const [mutation, variables] of [
    [renameMutation, { filename: 'other.pdf' }],
    [describeMutation, {}],
    [moveMutation, {}],
  ] as const) {
    expect(await cast.admin.refusal(mutation, { id, ...variables })).toEqual({ code: 'NOT_FOUND' });
  }
  await restore(cast.admin, id);
  expect(await rename(cast.admin, id, 'other.pdf')).toMatchObject({ filename: 'other.pdf' });
  await purge(cast.admin, id);
  expect(await cast.admin.refusal(renameMutation, { id, filename: 'again.pdf' })).toEqual({
    code: 'NOT_FOUND',
  });
});

test('what a folder and a root hold is listed in any order, page by page', async () => {
  const own = await givenSpace(backends, 'Shelf');
  const folderId = await givenFolder(backends, own, 'books');
  for (const filename of ['b.pdf', 'A.pdf', 'c.pdf']) await given({ filename, folderId }, own);
  await given({ filename: 'loose.pdf' }, own);
  const document = `query($id: ID!, $after: String, $orderBy: AssetOrder) { assets(filter: { spaceId: $id, search: "A.pdf" }) {
    nodes {
      folder { assets(first: 2, after: $after, orderBy: $orderBy) { nodes { path } pageInfo { hasNextPage endCursor } } }
      space { assets { nodes { path } } }
    }
  } }`;
  interface Page {
    nodes: { path: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  }
  const ask = async (variables: object) => {
    const { assets } = await cast.admin.get<{
      assets: { nodes: { folder: { assets: Page }; space: { assets: Page } }[] };
    }>(document, { id: own.id, ...variables });
    const [first] = assets.nodes;
    if (first === undefined) throw new Error('not found');
    return first;
  };
  const first = await ask({ orderBy: 'NAME' });
  expect(first.folder.assets.nodes).toEqual([{ path: '/books/A.pdf' }, { path: '/books/b.pdf' }]);
  expect(first.space.assets.nodes).toEqual([{ path: '/loose.pdf' }]);
  const { endCursor: after } = first.folder.assets.pageInfo;
  const second = await ask({ orderBy: 'NAME', after });
  expect(second.folder.assets).toMatchObject({
    nodes: [{ path: '/books/c.pdf' }],
    pageInfo: { hasNextPage: false },
  });
  expect((await ask({})).folder.assets.nodes).toEqual([{ path: '/books/c.pdf' }, { path: '/books/A.pdf' }]);
});

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));

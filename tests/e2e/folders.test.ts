import { makeApi, type Api } from '../support/api.js';
import { auditOf } from '../support/audit.js';
import { scanned, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import { token, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace, givenFile } from '../support/space-rows.js';
import {
  createFolder,
  createFolderMutation,
  createSpace,
  deleteFolder,
  deleteFolderMutation,
  findFolder,
  moveFolderMutation,
  renameFolderMutation,
} from '../support/spaces.js';
import { rows, usageOf } from '../support/state.js';
import { deleteAssets, findAsset, restore } from '../support/trash.js';
import { until } from '../support/until.js';

const noId = '0'.repeat(27);
const composed = 'Caf\u00e9';
const decomposed = 'Cafe\u0301';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
let admin: Api;
/** Channels that somebody has listened to. */
const followed = new Set<string>();

openForAll(
  {
    env: { PROMPT_LIMIT_PER_USER: '1000' },
    adapt: ({ channels, ...adapters }) => ({
      ...adapters,
      channels: {
        ...channels,
        async open(channel, onMessage) {
          const close = await channels.open(channel, onMessage);
          followed.add(channel);
          return close;
        },
      },
    }),
  },
  async (opened) => {
    ({ backends, service } = opened);
    people = await seedHeart(service);
    admin = people.admin;
  },
);

let counter = 0;
const newSpace = async () => (await createSpace(admin, `Space ${(counter += 1)}`)).id;

/** /a, /a/b, /a/b/c and /d of a new space. */
async function newTree() {
  const spaceId = await newSpace();
  const a = (await createFolder(admin, spaceId, 'a')).id;
  const b = (await createFolder(admin, spaceId, 'b', a)).id;
  const c = (await createFolder(admin, spaceId, 'c', b)).id;
  const d = (await createFolder(admin, spaceId, 'd')).id;
  return { spaceId, a, b, c, d };
}

const move = (id: string, parentId: string | null) => admin.get(moveFolderMutation, { id, parentId });
const pathOf = async (id: string) => (await findFolder(admin, { id }))?.path;

describe('a folder', () => {
  test('tells where it is, what is in it, and who made it', async () => {
    const { spaceId, a, b, c, d } = await newTree();
    await createFolder(people.alice, spaceId, 'e', b);
    const { folder } = await admin.get<{ folder: object }>(
      `query($id: ID!) { folder(id: $id) {
        name path space { id rootFolders { id path } } parent { id parent { id } } ancestors { id }
        folders { name path ancestors { id path } createdBy { id kind name } } createdAt updatedAt
      } }`,
      { id: b },
    );
    const ancestors = [
      { id: a, path: '/a' },
      { id: b, path: '/a/b' },
    ];
    const anInstant = expect.stringMatching(/^20\d\d-.*Z$/) as unknown;
    expect(folder).toEqual({
      name: 'b',
      path: '/a/b',
      space: {
        id: spaceId,
        rootFolders: [
          { id: a, path: '/a' },
          { id: d, path: '/d' },
        ],
      },
      parent: { id: a, parent: null },
      ancestors: [{ id: a }],
      folders: [
        { name: 'c', path: '/a/b/c', ancestors, createdBy: { id: 'ada', kind: 'USER', name: null } },
        { name: 'e', path: '/a/b/e', ancestors, createdBy: { id: 'alice', kind: 'USER', name: 'Alice' } },
      ],
      createdAt: anInstant,
      updatedAt: anInstant,
    });
    expect(await auditOf(backends, c)).toEqual([
      { action: 'createFolder', subject: c, actor: 'USER ada', details: { spaceId, parentId: b } },
    ]);
  });

  test('is found by its path, however that is written', async () => {
    const { spaceId, c } = await newTree();
    for (const path of ['/a/b/c', 'a/b/c', '/a/b/c/']) {
      expect(await findFolder(people.alice, { spaceId, path })).toMatchObject({ id: c, path: '/a/b/c' });
    }
    for (const path of ['/', '', '/a/b/x', '/A/b/c', '/b/c', '/a/b/c/d', '/a'.repeat(200), '/a\u0000b']) {
      expect(await findFolder(admin, { spaceId, path })).toBeNull();
    }
    expect(await findFolder(admin, { spaceId: await newSpace(), path: '/a' })).toBeNull();
    expect(await findFolder(admin, { spaceId: noId, path: '/a' })).toBeNull();
  });

  test.each([{}, { id: noId, spaceId: noId, path: '/a' }, { spaceId: noId }, { path: '/a' }])(
    'is asked for by one of both: %j',
    async (variables) => {
      const query =
        'query($id: ID, $spaceId: ID, $path: String) { folder(id: $id, spaceId: $spaceId, path: $path) { id } }';
      expect(await admin.refusal(query, variables)).toEqual({ code: 'BAD_USER_INPUT', field: 'id' });
    },
  );
});

describe('names', () => {
  test('keep their case and are compared in NFC, among siblings alone', async () => {
    const spaceId = await newSpace();
    const { id, name } = await createFolder(admin, spaceId, decomposed);
    expect(name).toBe(composed);
    await createFolder(admin, spaceId, composed.toLowerCase());
    await createFolder(admin, spaceId, composed, id);
    for (const taken of [composed, decomposed, `\u202e${composed}`]) {
      expect(await admin.refusal(createFolderMutation, { spaceId, name: taken })).toEqual({
        code: 'NAME_TAKEN',
        field: 'name',
      });
    }
    expect(await findFolder(admin, { spaceId, path: `/${decomposed}/${composed}` })).toMatchObject({
      path: `/${composed}/${composed}`,
    });
    const other = await createFolder(admin, spaceId, 'other');
    for (const change of [
      () => admin.refusal(renameFolderMutation, { id: other.id, name: decomposed }),
      async () => {
        const beneath = await createFolder(admin, spaceId, 'other', id);
        return admin.refusal(moveFolderMutation, { id: beneath.id });
      },
    ]) {
      expect(await change()).toEqual({ code: 'NAME_TAKEN', field: 'name' });
    }
  });

  test.each([
    '',
    ' ',
    '.',
    '..',
    'a/b',
    '/',
    'a\\b',
    '\u0000',
    '\u202e',
    'x'.repeat(256),
    '\u00e9'.repeat(128),
  ])('are none: %j', async (name) => {
    const { spaceId, a } = await newTree();
    const refusal = { code: 'BAD_USER_INPUT', field: 'name' };
    expect(await admin.refusal(createFolderMutation, { spaceId, name })).toEqual(refusal);
    expect(await admin.refusal(renameFolderMutation, { id: a, name })).toEqual(refusal);
  });

  test('lose what cannot be seen, and nothing else', async () => {
    const spaceId = await newSpace();
    const kept = [
      ' spaces ',
      '...',
      'a.b',
      '\u202fthin',
      'emoji \u{1f4c1}',
      'x'.repeat(255),
      "it's 100%",
      'a\u200db',
    ];
    for (const name of kept) expect(await createFolder(admin, spaceId, name)).toMatchObject({ name });
    expect(await createFolder(admin, spaceId, 'a\u0007\n\u202eb\u2028\ud800')).toMatchObject({ name: 'ab' });
  });
});

describe('renaming and moving', () => {
  test('take everything beneath along', async () => {
    const { spaceId, a, b, c, d } = await newTree();
    await admin.get(renameFolderMutation, { id: a, name: 'A' });
    expect(await pathOf(c)).toBe('/A/b/c');
    expect(await move(b, d)).toEqual({ moveFolder: { id: b, name: 'b', path: '/d/b' } });
    expect(await pathOf(c)).toBe('/d/b/c');
    expect(await findFolder(admin, { spaceId, path: '/A/b' })).toBeNull();
    await move(b, null);
    expect(await pathOf(c)).toBe('/b/c');
    expect((await auditOf(backends, b)).slice(1)).toEqual([
      { action: 'moveFolder', subject: b, actor: 'USER ada', details: { spaceId, from: a, to: d } },
      { action: 'moveFolder', subject: b, actor: 'USER ada', details: { spaceId, from: d, to: null } },
    ]);
    expect((await auditOf(backends, a)).slice(1)).toEqual([
      { action: 'renameFolder', subject: a, actor: 'USER ada', details: { spaceId } },
    ]);
  });

  test('that change nothing are no changes', async () => {
    const { b, a } = await newTree();
    const seen = async () =>
      (
        await admin.get<{ folder: object }>('query($id: ID!) { folder(id: $id) { path updatedAt } }', {
          id: b,
        })
      ).folder;
    const before = await seen();
    await move(b, a);
    await admin.get(renameFolderMutation, { id: b, name: 'b' });
    expect(await seen()).toEqual(before);
    expect(await auditOf(backends, b)).toHaveLength(1);
    await move(b, null);
    expect(await seen()).not.toEqual(before);
  });

  test('never put a folder beneath itself, nor into another space', async () => {
    const { a, b, c } = await newTree();
    for (const parentId of [a, b, c]) {
      expect(await admin.refusal(moveFolderMutation, { id: a, parentId })).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'parentId',
      });
    }
    const elsewhere = await newTree();
    for (const parentId of [elsewhere.a, noId, 'nothing']) {
      expect(await admin.refusal(moveFolderMutation, { id: a, parentId })).toEqual({ code: 'NOT_FOUND' });
      const into = {
        spaceId: elsewhere.spaceId,
        parentId: parentId === elsewhere.a ? b : parentId,
        name: 'x',
      };
      expect(await admin.refusal(createFolderMutation, into)).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await pathOf(c)).toBe('/a/b/c');
  });

  test('go a thousand levels deep', async () => {
    const { spaceId, a } = await newTree();
    const idOf = (level: number) => `deep${String(level).padStart(23, '0')}`;
    await rows(
      backends,
      `insert into folders (id, org_id, space_id, parent_id, name, created_by_kind, created_by_id)
       select 'deep' || lpad(level::text, 23, '0'), s.org_id, s.id,
         case when level > 1 then 'deep' || lpad((level - 1)::text, 23, '0') end, 'deep', 'USER', 'ada'
       from spaces s, generate_series(1, 998) level where s.id = $1 order by level`,
      [spaceId],
    );
    const tooDeep = { code: 'BAD_USER_INPUT', field: 'parentId' };
    // /a/b/c is three levels high.
    expect(await admin.refusal(moveFolderMutation, { id: a, parentId: idOf(998) })).toEqual(tooDeep);
    const parent = await createFolder(admin, spaceId, 'deeper', idOf(998));
    const last = await createFolder(admin, spaceId, 'deepest', parent.id);
    expect(last.path).toBe(`${'/deep'.repeat(998)}/deeper/deepest`);
    expect(await findFolder(admin, { spaceId, path: last.path })).toMatchObject({ id: last.id });
    expect(await admin.refusal(createFolderMutation, { spaceId, parentId: last.id, name: 'no' })).toEqual(
      tooDeep,
    );
  });
});

describe('deleting', () => {
  /** Scanned: nothing more comes of it by itself. */
  async function fileIn(spaceId: string, folderId: string | null) {
    const { orgId } = await defaultSpace(backends);
    const file = await givenFile(backends, service, { id: spaceId, orgId }, { folderId });
    await scanned(admin, file);
    return file;
  }

  test('one that is not empty takes saying so', async () => {
    const { spaceId, a, b, c } = await newTree();
    const notEmpty = { code: 'FOLDER_NOT_EMPTY' };
    expect(await admin.refusal(deleteFolderMutation, { id: b })).toEqual(notEmpty);
    const asset = await fileIn(spaceId, c);
    expect(await admin.refusal(deleteFolderMutation, { id: c })).toEqual(notEmpty);
    expect(await pathOf(c)).toBe('/a/b/c');
    await deleteAssets(admin, asset.id);
    // What is in the trash counts for nothing.
    expect(await deleteFolder(admin, c)).toBe(c);
    expect(await deleteFolder(admin, a, true)).toBe(a);
    for (const id of [a, b, c]) {
      expect(await findFolder(admin, { id })).toBeNull();
      expect(await admin.refusal(deleteFolderMutation, { id })).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await auditOf(backends, c)).toMatchObject([
      { action: 'createFolder' },
      { action: 'deleteFolder', details: { spaceId, folders: 1, files: 0, sizeBytes: 0 } },
    ]);
  });

  test('puts what is beneath into the trash, whence it comes back into the root', async () => {
    const { spaceId, a, b, c, d } = await newTree();
    const place = async (id: string) =>
      (
        await rows<{ folder_id: string | null }>(backends, 'select folder_id from assets where id = $1', [id])
      )[0]?.folder_id;
    const inA = await fileIn(spaceId, a);
    const inC = await fileIn(spaceId, c);
    const before = await fileIn(spaceId, b);
    const inD = await fileIn(spaceId, d);
    const inRoot = await fileIn(spaceId, null);
    const [deletedBefore] = await deleteAssets(admin, before.id);
    const usage = await usageOf(backends);
    const events = admin.subscribe<{ assetEvents: { kind: string; assetId: string } }>(
      'subscription($spaceId: ID!) { assetEvents(spaceId: $spaceId) { kind assetId } }',
      { spaceId },
    );
    const first = events.next();
    await until(() => followed.has(`assets:${spaceId}`));
    await deleteFolder(admin, a, true);
    const told = [await first, await events.next()].map((event) => event?.assetEvents);
    expect(told.map((event) => event?.kind)).toEqual(['DELETED', 'DELETED']);
    expect(told.map((event) => event?.assetId).sort()).toEqual([inA.id, inC.id].sort());

    for (const { id } of [inA, inC]) {
      const found = await findAsset(admin, id);
      const ms = (at: string | null | undefined) => new Date(at ?? 0).getTime();
      expect(ms(found?.restorableUntil) - ms(found?.deletedAt)).toBe(24 * 3_600_000);
      expect(await place(id)).toBeNull();
    }
    expect(await findAsset(admin, before.id)).toEqual(deletedBefore);
    expect(await findAsset(admin, inD.id)).toMatchObject({ deletedAt: null });
    expect(await place(inD.id)).toBe(d);
    expect(await findAsset(admin, inRoot.id)).toMatchObject({ deletedAt: null });
    expect(await usageOf(backends)).toEqual(usage);
    expect((await auditOf(backends, a)).slice(1)).toEqual([
      {
        action: 'deleteFolder',
        subject: a,
        actor: 'USER ada',
        details: { spaceId, folders: 3, files: 2, sizeBytes: inA.sizeBytes + inC.sizeBytes },
      },
    ]);
    await expectInvariants(backends);

    for (const { id } of [inC, before]) {
      expect(await restore(admin, id)).toMatchObject({ deletedAt: null });
      expect(await place(id)).toBeNull();
    }
    expect((await events.next())?.assetEvents).toEqual({ kind: 'RESTORED', assetId: inC.id });
    await events.close();
    await expectInvariants(backends);
  });
});

describe('of another organization', () => {
  test('folders are like none at all', async () => {
    const stranger = makeApi(service.url, await token('ada', { org: 'globex', role: 'admin' }));
    const { spaceId, a, c } = await newTree();
    expect(await findFolder(stranger, { id: a })).toBeNull();
    expect(await findFolder(stranger, { spaceId, path: '/a' })).toBeNull();
    const theirs = await stranger.get<{ viewer: { organization: { spaces: { id: string }[] } } }>(
      '{ viewer { organization { spaces { id } } } }',
    );
    const theirSpace = theirs.viewer.organization.spaces[0]?.id ?? '';
    const their = await createFolder(stranger, theirSpace, 'a');
    for (const [mutation, variables] of [
      [renameFolderMutation, { id: a, name: 'x' }],
      [moveFolderMutation, { id: a }],
      [moveFolderMutation, { id: their.id, parentId: a }],
      [deleteFolderMutation, { id: a, recursive: true }],
      [createFolderMutation, { spaceId, name: 'x' }],
      [createFolderMutation, { spaceId: theirSpace, parentId: a, name: 'x' }],
    ] as const) {
      expect(await stranger.refusal(mutation, variables)).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await pathOf(c)).toBe('/a/b/c');
  });
});

import { makeApi, type Api } from '../support/api.js';
import { newAgent, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { deleteAssets, purge } from '../support/trash.js';
import { openBackends, openService, token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import {
  defaultSpace,
  givenFile,
  givenFolder,
  givenRole,
  givenSpace,
  setRole,
  type TestSpace,
} from '../support/space-rows.js';
import { rows } from '../support/state.js';
import { sample } from '../support/samples.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let ada: Api;
let main: TestSpace;
let side: TestSpace;
let folders: Record<'contracts' | 'signed' | 'pictures' | 'drafts', string>;
/** By filename. */
let ids: Record<string, string>;

const agentUrn = 'urn:agent:painter';

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  ada = (await seedHeart(service)).admin;
  main = await defaultSpace(backends);
  side = await givenSpace(backends, 'Side');
  const contracts = await givenFolder(backends, main, 'contracts');
  folders = {
    contracts,
    signed: await givenFolder(backends, main, 'signed', contracts),
    pictures: await givenFolder(backends, main, 'pictures'),
    drafts: await givenFolder(backends, side, 'drafts'),
  };
  const png = sample('png');
  const of = (space: TestSpace, file: Parameters<typeof givenFile>[3]) =>
    givenFile(backends, service, space, file);
  const files: [TestSpace, NonNullable<Parameters<typeof givenFile>[3]>][] = [
    [main, { filename: 'Zebra.pdf', bytes: Buffer.from(`%PDF-1.7\n${'z'.repeat(900)}\n%%EOF\n`) }],
    [main, { filename: 'apple.pdf', description: 'Pie for the Board_Meeting' }],
    [main, { filename: 'Contract 2024.pdf', folderId: folders.contracts, description: '100% done' }],
    [main, { filename: 'Größe.pdf', folderId: folders.signed }],
    [
      main,
      {
        filename: 'cat.png',
        bytes: png,
        folderId: folders.pictures,
        provider: 'fal',
        executionId: 'run-1',
        agentUrn,
      },
    ],
    [
      main,
      {
        filename: 'dog.png',
        bytes: png,
        folderId: folders.pictures,
        provider: 'elevenlabs',
        executionId: 'run-2',
        agentUrn,
      },
    ],
    [side, { filename: 'apple.pdf', folderId: folders.drafts }],
    [
      side,
      {
        filename: 'beta.png',
        bytes: png,
        provider: 'fal',
        executionId: 'run-1',
        agentUrn: 'urn:agent:other',
      },
    ],
  ];
  ids = {};
  for (const [space, file] of files) {
    const name = space === side ? `side/${file.filename}` : (file.filename ?? '');
    ids[name] = (await of(space, file)).id;
  }
  await until(
    async () => (await rows(backends, `select from assets where scan_status = 'PENDING'`)).length === 0,
  );
  // A minute after each other, in this order.
  for (const [index, id] of Object.values(ids).entries()) {
    const at = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
    await rows(backends, 'update assets set created_at = $2 where id = $1', [id, at]);
  }
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

const document = `query($filter: AssetFilter, $orderBy: AssetOrder, $first: Int, $after: String) {
  assets(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id } pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function page(by: Api, variables: object): Promise<Page> {
  return (await by.get<{ assets: Page }>(document, variables)).assets;
}

/** Names of what was found, in its order. */
async function find(filter: object = {}, orderBy = 'NEWEST', by = ada): Promise<string[]> {
  const byId = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  return (await page(by, { filter, orderBy })).nodes.map(({ id }) => byId.get(id) ?? id);
}

const oldestFirst = [
  'Zebra.pdf',
  'apple.pdf',
  'Contract 2024.pdf',
  'Größe.pdf',
  'cat.png',
  'dog.png',
  'side/apple.pdf',
  'side/beta.png',
];

describe('without a filter', () => {
  test('the newest of all spaces come first', async () => {
    expect(await find()).toEqual(oldestFirst.toReversed());
  });

  test('the oldest first, by name in any case, or the largest first', async () => {
    expect(await find({}, 'OLDEST')).toEqual(oldestFirst);
    expect(await find({}, 'NAME')).toEqual([
      ...['apple.pdf', 'side/apple.pdf'].sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1)),
      'side/beta.png',
      'cat.png',
      'Contract 2024.pdf',
      'dog.png',
      'Größe.pdf',
      'Zebra.pdf',
    ]);
    expect((await find({}, 'LARGEST'))[0]).toBe('Zebra.pdf');
  });
});

test.each<[object, readonly string[]]>([
  [{ type: 'IMAGE' }, ['side/beta.png', 'dog.png', 'cat.png']],
  [{ mimeType: 'Image/PNG; q=1' }, ['side/beta.png', 'dog.png', 'cat.png']],
  [{ mimeType: 'image/x-png' }, ['side/beta.png', 'dog.png', 'cat.png']],
  [{ provider: 'fal' }, ['side/beta.png', 'cat.png']],
  [{ executionId: 'run-1' }, ['side/beta.png', 'cat.png']],
  [{ agentUrn }, ['dog.png', 'cat.png']],
  [{ executionId: 'run-1', agentUrn }, ['cat.png']],
  [{ scanStatus: 'PENDING' }, []],
  [{ scanStatus: 'CLEAN', type: 'IMAGE' }, ['side/beta.png', 'dog.png', 'cat.png']],
  [{ createdAfter: '2026-01-01T00:05:00Z' }, ['side/beta.png', 'side/apple.pdf', 'dog.png']],
  [{ createdBefore: '2026-01-01T00:02:00Z' }, ['apple.pdf', 'Zebra.pdf']],
  [{ createdAfter: '2026-01-01T00:02:00Z', createdBefore: '2026-01-01T00:03:00Z' }, ['Contract 2024.pdf']],
  [
    { createdAfter: '0000-01-01T00:00:00Z', createdBefore: '9999-12-31T23:59:59Z', search: 'zebra' },
    ['Zebra.pdf'],
  ],
  [{ createdAfter: '2026-01-02T00:00:00Z', createdBefore: '2026-01-01T00:00:00Z' }, []],
  [{ search: 'APPLE' }, ['side/apple.pdf', 'apple.pdf']],
  [{ search: 'pie' }, ['apple.pdf']],
  [{ search: ' board  apple ' }, ['apple.pdf']],
  [{ search: 'apple zebra' }, []],
  [{ search: 'pdf Pie' }, ['apple.pdf']],
  [{ search: '100%' }, ['Contract 2024.pdf']],
  [{ search: '0% d' }, ['Contract 2024.pdf']],
  [{ search: '%' }, ['Contract 2024.pdf']],
  [{ search: '_' }, ['apple.pdf']],
  [{ search: '\\' }, []],
  [{ search: 'GRÖSSE' }, []],
  [{ search: 'GRO\u0308' }, ['Größe.pdf']],
  [{ search: 'z' }, ['Zebra.pdf']],
  [{ search: 'ze PD' }, ['Zebra.pdf']],
  [{ search: 'eb' }, []],
])('finds %j', async (filter, expected) => {
  for (const orderBy of ['NEWEST', 'OLDEST', 'NAME', 'LARGEST']) {
    const found = await find(filter, orderBy);
    expect(found.toSorted()).toEqual(expected.toSorted());
    if (orderBy === 'NEWEST') expect(found).toEqual(expected);
  }
});

describe('looking in', () => {
  test('a space finds everything in it', async () => {
    expect(await find({ spaceId: side.id })).toEqual(['side/beta.png', 'side/apple.pdf']);
  });

  test('a folder finds what is directly in it, and recursively what is beneath', async () => {
    const { contracts: folderId } = folders;
    expect(await find({ folderId })).toEqual(['Contract 2024.pdf']);
    expect(await find({ folderId, spaceId: main.id })).toEqual(['Contract 2024.pdf']);
    for (const orderBy of ['NEWEST', 'LARGEST']) {
      expect((await find({ folderId, recursive: true }, orderBy)).toSorted()).toEqual([
        'Contract 2024.pdf',
        'Größe.pdf',
      ]);
    }
    expect(await find({ folderId, recursive: true, search: 'größe' })).toEqual(['Größe.pdf']);
  });

  test('everything recursively is looking in everything', async () => {
    expect(await find({ recursive: true })).toEqual(oldestFirst.toReversed());
  });

  test.each([
    ['a space that does not exist', () => ({ spaceId: '0'.repeat(27) })],
    ['a space that could not', () => ({ spaceId: '' })],
    ['a folder that does not exist', () => ({ folderId: '0'.repeat(27) })],
    ['a folder that could not', () => ({ folderId: '' })],
    ['a folder of another space', () => ({ folderId: folders.drafts, spaceId: main.id })],
  ])('%s is NOT_FOUND', async (_, filter) => {
    expect(await ada.refusal(document, { filter: filter() })).toEqual({ code: 'NOT_FOUND' });
  });

  test('a space that one may not read is none, and neither is its folder', async () => {
    const closed = await givenSpace(backends, 'Closed');
    const folderId = await givenFolder(backends, closed, 'inside');
    const { id } = await givenFile(backends, service, closed, { filename: 'secret.pdf', folderId });
    const bob = makeApi(service.url, await token('bob'));
    await bob.get('{ viewer { id } }');
    expect((await page(bob, {})).nodes).toContainEqual({ id });
    const bobOnly = { kind: 'USER', id: 'bob' } as const;
    await setRole(backends, closed, bobOnly, await givenRole(backends, closed, []));
    expect((await page(bob, {})).nodes).not.toContainEqual({ id });
    for (const filter of [{ spaceId: closed.id }, { folderId }, { spaceId: closed.id, folderId }]) {
      expect(await bob.refusal(document, { filter })).toEqual({ code: 'NOT_FOUND' });
    }
    await setRole(backends, closed, bobOnly, await givenRole(backends, closed, ['ASSETS_CREATE']));
    expect((await page(bob, {})).nodes).not.toContainEqual({ id });
    expect(await bob.refusal(document, { filter: { spaceId: closed.id } })).toEqual({
      code: 'PERMISSION_DENIED',
    });
    expect(await bob.refusal(document, { filter: { folderId } })).toEqual({ code: 'NOT_FOUND' });
    await purge(ada, id);
  });
});

test('the trash is listed when it is asked for, until it is purged', async () => {
  const { id } = await givenFile(backends, service, side, { filename: 'old.pdf' });
  const all = async (filter: object, orderBy = 'NEWEST') =>
    (await page(ada, { filter, orderBy })).nodes.map((node) => node.id);
  await deleteAssets(ada, id);
  for (const orderBy of ['NEWEST', 'OLDEST', 'NAME', 'LARGEST']) {
    for (const filter of [{}, { spaceId: side.id }, { search: 'old.pdf' }, { mimeType: 'application/pdf' }]) {
      expect(await all(filter, orderBy)).not.toContain(id);
      expect(await all({ ...filter, includeDeleted: true }, orderBy)).toContain(id);
    }
  }
  expect(await find({ includeDeleted: true, spaceId: side.id, search: 'apple' })).toEqual(['side/apple.pdf']);
  // As it is for the moment until its bytes are gone.
  await rows(backends, 'update assets set purging_at = now() where id = $1', [id]);
  for (const filter of [{}, { search: 'old.pdf' }]) {
    expect(await all({ ...filter, includeDeleted: true })).not.toContain(id);
  }
  await rows(backends, 'update assets set purging_at = null where id = $1', [id]);
  await purge(ada, id);
});

test('an App, a guest and a service account find what their role lets them read', async () => {
  const app = await newAgent(ada, service.url);
  const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));
  const everything = oldestFirst.toReversed();
  expect(await find({}, 'NEWEST', app)).toEqual(everything);
  expect(await find({}, 'NEWEST', await signIn('gus', { role: 'guest' }))).toEqual(everything);
  const crawler = await signIn('crawler', { kind: 'service_account' });
  expect(await find({}, 'NEWEST', crawler)).toEqual([]);
  await setRole(backends, side, { kind: 'SERVICE_ACCOUNT', id: 'crawler' }, 'guest');
  expect(await find({}, 'NEWEST', crawler)).toEqual(['side/beta.png', 'side/apple.pdf']);
  expect(await find({}, 'NEWEST', await signIn('ada', { org: 'globex', role: 'admin' }))).toEqual([]);
});

describe('page by page', () => {
  /** Every page of one, whatever is filtered by. */
  async function walk(variables: object): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const next: Page = await page(ada, { ...variables, first: 1, after });
      found.push(...next.nodes.map(({ id }) => id));
      after = next.pageInfo.endCursor;
      more = next.pageInfo.hasNextPage;
    }
    return found;
  }

  test.each(
    ['NEWEST', 'OLDEST', 'NAME', 'LARGEST'].flatMap((orderBy) =>
      [{}, { type: 'IMAGE' }, { search: 'p' }, { includeDeleted: true }].map((filter) => ({
        orderBy,
        filter,
      })),
    ),
  )('every file comes once: $orderBy, $filter', async (variables) => {
    const all = (await page(ada, variables)).nodes.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(2);
    expect(await walk(variables)).toEqual(all);
  });

  test('in folders and recursively, too', async () => {
    for (const filter of [{ folderId: folders.pictures }, { folderId: folders.contracts, recursive: true }]) {
      const all = (await page(ada, { filter, orderBy: 'NAME' })).nodes.map(({ id }) => id);
      expect(all).toHaveLength(2);
      expect(await walk({ filter, orderBy: 'NAME' })).toEqual(all);
    }
  });

  test('a cursor belongs to its filter and order', async () => {
    const made = { filter: { type: 'IMAGE' }, orderBy: 'NAME' };
    const after = (await page(ada, { ...made, first: 1 })).pageInfo.endCursor;
    await page(ada, { ...made, after });
    await page(ada, { orderBy: 'NAME', filter: { recursive: false, type: 'IMAGE', search: null }, after });
    for (const other of [
      { ...made, orderBy: 'NEWEST' },
      { ...made, filter: {} },
      { ...made, filter: { type: 'IMAGE', spaceId: main.id } },
      { ...made, filter: { type: 'IMAGE', search: 'cat' } },
      { ...made, filter: { type: 'IMAGE', createdAfter: '2026-01-01T00:00:00Z' } },
    ]) {
      expect(await ada.refusal(document, { ...other, after })).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'after',
      });
    }
  });
});

test.each([
  [{ search: '' }, 'filter.search'],
  [{ search: ' \t ' }, 'filter.search'],
  [{ search: 'x'.repeat(201) }, 'filter.search'],
  [{ search: 'a\u0000b' }, 'filter.search'],
  [{ search: '\u202e' }, 'filter.search'],
  [{ mimeType: 'image/*' }, 'filter.mimeType'],
  [{ search: 'half \udc00' }, 'filter.search'],
  [{ provider: 'f\u0000' }, 'filter.provider'],
  [{ provider: '\ud800' }, 'filter.provider'],
  [{ executionId: '\u0000' }, 'filter.executionId'],
  [{ agentUrn: '\u0000' }, 'filter.agentUrn'],
])('%j is refused', async (filter, field) => {
  expect(await ada.refusal(document, { filter })).toEqual({ code: 'BAD_USER_INPUT', field });
});

test('two hundred characters, or as many words as that holds, can be searched for', async () => {
  expect(await find({ search: 'x'.repeat(200) })).toEqual([]);
  expect(await find({ search: 'zeb ebr bra pdf . '.repeat(10) })).toEqual(['Zebra.pdf']);
});

test('two letters begin a word wherever a sign ends the one before; of a script without spaces they are anywhere', async () => {
  const space = await givenSpace(backends, 'Short words');
  const names = ['plan-qx.pdf', '[qx] plan.pdf', 'plan_QX2.pdf', 'aqx.pdf', 'éqx.pdf', '购房合同.pdf'];
  for (const filename of names) await givenFile(backends, service, space, { filename });
  const query = `query($filter: AssetFilter) { assets(filter: $filter, orderBy: NAME) { nodes { filename } } }`;
  const search = async (text: string) => {
    const variables = { filter: { spaceId: space.id, search: text } };
    const { assets } = await ada.get<{ assets: { nodes: { filename: string }[] } }>(query, variables);
    return assets.nodes.map(({ filename }) => filename);
  };
  expect(await search('qx')).toEqual(['[qx] plan.pdf', 'plan-qx.pdf', 'plan_QX2.pdf']);
  expect(await search('合同')).toEqual(['购房合同.pdf']);
});

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));

import type { Api } from '../support/api.js';
import { otherAgentUrn, seedCast, type Cast } from '../support/cast.js';
import { makePdf, pdfText } from '../support/documents.js';
import { agentUrn, answer, fileOf, pdf, request } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { processed } from '../support/processing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { deleteAssets, restore } from '../support/trash.js';
import { until } from '../support/until.js';
import { encrypt, givenMemory, lock, unlock } from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
/** Scans, looks into files and seals; what is closed does none of it. */
let worker: TestService;
let cast: Cast;
/** By filename. */
const ids: Record<string, string> = {};

interface Given {
  readonly agent: Api;
  readonly person?: Api;
  readonly filename: string;
  readonly text?: string;
  readonly description?: string;
}

/** In the memory that the agent has of alice, unless it is somebody else's. */
async function given({ agent, person = cast.alice, filename, text, description }: Given): Promise<string> {
  const isText = filename.endsWith('.txt');
  const bytes = isText ? Buffer.from(text ?? '') : makePdf([pdfText(text ?? '')]);
  const mimeType = isText ? 'text/plain' : 'application/pdf';
  const userId = person === cast.bob ? 'bob' : 'alice';
  const prompt = await request(agent, { userId, allowedMimeTypes: [mimeType] });
  const file = { ...fileOf(bytes), filename, mimeType, ...(description !== undefined && { description }) };
  const asset = await answer(person, prompt.id, bytes, file);
  ids[filename] = asset.id;
  await processed(person, asset);
  return asset.id;
}

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  await work();
  cast = await seedCast(service);
  const { agent, otherAgent, bob } = cast;
  await bob.get('{ viewer { id } }');
  await given({ agent, filename: 'Zebra.txt', text: 'stripes, and more of them than one would think' });
  await given({ agent, filename: 'apple.txt', text: 'core', description: 'Pie for the Board_Meeting' });
  await given({ agent, filename: 'lease.pdf', text: 'The tenant keeps no zebra' });
  await given({ agent: otherAgent, filename: 'Birch.txt', text: 'a zebra under the tree' });
  await given({ agent, person: bob, filename: 'bobs zebra.txt', text: 'zebra' });
  // A minute after each other, in this order.
  for (const [index, id] of Object.values(ids).entries()) {
    const at = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
    await rows(backends, 'update assets set created_at = $2 where id = $1', [id, at]);
  }
});

async function work(): Promise<void> {
  worker = await openService(backends, { env: { PROCESSING: 'true' }, serves: false });
}

afterAll(async () => {
  await expectInvariants(backends);
  await worker.close();
  await service.close();
  await backends.close();
});

const document = `query($agentUrn: ID, $userId: ID, $search: String, $orderBy: AssetOrder, $type: AssetType,
  $mimeType: String, $includeDeleted: Boolean, $first: Int, $after: String) {
  agentAssets(agentUrn: $agentUrn, userId: $userId, search: $search, orderBy: $orderBy, type: $type,
    mimeType: $mimeType, includeDeleted: $includeDeleted, first: $first, after: $after) {
    nodes { id filename } edges { cursor } pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  nodes: { id: string; filename: string }[];
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function page(variables: object, by: Api = cast.alice): Promise<Page> {
  return (await by.get<{ agentAssets: Page }>(document, variables)).agentAssets;
}

async function find(variables: object, by?: Api): Promise<string[]> {
  return (await page(variables, by)).nodes.map(({ filename }) => filename);
}

const orders = ['NEWEST', 'OLDEST', 'NAME', 'LARGEST'] as const;
const oldestFirst = ['Zebra.txt', 'apple.txt', 'lease.pdf', 'Birch.txt'];

describe('a person finds files in their memories', () => {
  test('in every order', async () => {
    expect(await find({})).toEqual(oldestFirst.toReversed());
    expect(await find({ orderBy: null })).toEqual(oldestFirst.toReversed());
    expect(await find({ orderBy: 'OLDEST' })).toEqual(oldestFirst);
    expect(await find({ orderBy: 'NAME' })).toEqual(['apple.txt', 'Birch.txt', 'lease.pdf', 'Zebra.txt']);
    expect((await find({ orderBy: 'LARGEST' }))[0]).toBe('lease.pdf');
    expect(await find({ orderBy: 'OLDEST', agentUrn: otherAgentUrn })).toEqual(['Birch.txt']);
  });

  test.each<[object, readonly string[]]>([
    [{ search: 'ZEBRA' }, ['Birch.txt', 'Zebra.txt', 'lease.pdf']],
    [{ search: 'pie board' }, ['apple.txt']],
    [{ search: 'apple stripes' }, []],
    [{ search: 'zebra stripes' }, []],
    [{ search: 'stripes think' }, ['Zebra.txt']],
    [{ search: 'ze' }, ['Zebra.txt']],
    [{ search: 'marvellous' }, []],
    [{ search: 'zebra', agentUrn }, ['Zebra.txt', 'lease.pdf']],
    [{ search: 'zebra', agentUrn: otherAgentUrn }, ['Birch.txt']],
    [{ search: 'zebra', userId: 'alice' }, ['Birch.txt', 'Zebra.txt', 'lease.pdf']],
    [{ search: 'zebra', mimeType: 'Text/Plain; charset=utf-8' }, ['Birch.txt', 'Zebra.txt']],
    [{ search: 'zebra', type: 'IMAGE' }, []],
    [{ type: 'DOCUMENT', agentUrn }, ['Zebra.txt', 'apple.txt', 'lease.pdf']],
    [{ search: 'zebra', agentUrn: 'urn:agent:nobody' }, []],
    [{ search: null, agentUrn: otherAgentUrn }, ['Birch.txt']],
  ])('%j', async (variables, expected) => {
    for (const orderBy of orders) {
      expect((await find({ ...variables, orderBy })).toSorted()).toEqual(expected.toSorted());
    }
  });

  test('in the trash too, when it is asked for', async () => {
    const id = ids['lease.pdf'] ?? '';
    await deleteAssets(cast.alice, id);
    for (const orderBy of orders) {
      const variables = { search: 'tenant', agentUrn, orderBy };
      expect(await find(variables)).toEqual([]);
      expect(await find({ ...variables, includeDeleted: true })).toEqual(['lease.pdf']);
      const all = { orderBy, includeDeleted: true };
      expect((await find(all)).toSorted()).toEqual(oldestFirst.toSorted());
      expect(await find({ orderBy })).not.toContain('lease.pdf');
    }
    await restore(cast.alice, id);
  });
});

describe('page by page', () => {
  test.each(
    orders.flatMap((orderBy) =>
      [
        {},
        { search: 'e' },
        { search: 'zebra', agentUrn },
        { type: 'DOCUMENT' },
        { includeDeleted: true },
      ].map((filter) => ({ orderBy, ...filter })),
    ),
  )('every file comes once: %j', async (variables) => {
    const all = await find(variables);
    const found: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const next: Page = await page({ ...variables, first: 1, after });
      found.push(...next.nodes.map(({ filename }) => filename));
      expect(next.edges.map(({ cursor }) => typeof cursor)).toEqual(next.nodes.map(() => 'string'));
      after = next.pageInfo.endCursor;
      more = next.pageInfo.hasNextPage;
    }
    expect(found).toEqual(all);
  });

  test('a cursor belongs to its search, order, memory and person, and to no other list', async () => {
    const made = { search: 'zebra', orderBy: 'NAME', agentUrn };
    const after = (await page({ ...made, first: 1 })).pageInfo.endCursor;
    expect(await find({ ...made, after })).toEqual(['Zebra.txt']);
    const newest = (await page({ first: 1 })).pageInfo.endCursor;
    const others: [object, Api?][] = [
      [{ ...made, search: 'zebr', after }],
      [{ ...made, search: null, after }],
      [{ ...made, orderBy: 'NEWEST', after }],
      [{ ...made, agentUrn: otherAgentUrn, after }],
      [{ ...made, agentUrn: null, after }],
      [{ ...made, type: 'DOCUMENT', after }],
      [{ after }],
      [{ orderBy: 'NAME', after: newest }],
      [{ search: 'zebra', after: newest }],
      [{ ...made, after }, cast.bob],
      [{ ...made, after }, cast.aliceOfGlobex],
    ];
    for (const [variables, by = cast.alice] of others) {
      expect(await by.refusal(document, variables)).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
    }
    const ofSpaces = 'query($after: String) { assets(orderBy: NAME, after: $after) { nodes { id } } }';
    expect(await cast.alice.refusal(ofSpaces, { after })).toMatchObject({ field: 'after' });
  });
});

describe('nobody finds what is not theirs', () => {
  test('another person finds their own alone, and so does the same name in another organization', async () => {
    for (const orderBy of orders) {
      expect(await find({ search: 'zebra', orderBy }, cast.bob)).toEqual(['bobs zebra.txt']);
      expect(await find({ orderBy }, cast.bob)).toEqual(['bobs zebra.txt']);
      for (const by of [cast.admin, cast.aliceOfGlobex]) {
        expect(await find({ search: 'zebra', orderBy }, by)).toEqual([]);
        expect(await find({ agentUrn, orderBy }, by)).toEqual([]);
      }
    }
  });

  test('an App finds what is in its own agent’s memory of whom it names', async () => {
    const search = 'zebra';
    expect(await find({ userId: 'alice', search, orderBy: 'NAME' }, cast.agent)).toEqual([
      'lease.pdf',
      'Zebra.txt',
    ]);
    expect(await find({ userId: 'bob', search, agentUrn }, cast.agent)).toEqual(['bobs zebra.txt']);
    expect(await find({ userId: 'alice', search }, cast.otherAgent)).toEqual(['Birch.txt']);
    expect(await find({ userId: 'bob', orderBy: 'NAME' }, cast.otherAgent)).toEqual([]);
    expect(await find({ userId: 'nobody', search }, cast.agent)).toEqual([]);
  });

  test.each<[keyof Cast, object, object]>([
    ['agent', { userId: 'alice', agentUrn: otherAgentUrn }, { code: 'PERMISSION_DENIED' }],
    ['agent', {}, { code: 'BAD_USER_INPUT', field: 'userId' }],
    ['bob', { userId: 'alice' }, { code: 'PERMISSION_DENIED' }],
    ['account', {}, { code: 'PERMISSION_DENIED' }],
    ['nobody', {}, { code: 'UNAUTHENTICATED' }],
  ])('%s asking for %j is refused as without a search', async (who, variables, refused) => {
    for (const more of [{}, { search: 'zebra' }, { orderBy: 'NAME' }]) {
      expect(await cast[who].refusal(document, { ...variables, ...more })).toEqual(refused);
    }
  });
});

test.each([
  [{ search: '' }, 'search'],
  [{ search: ' ' }, 'search'],
  [{ search: 'x'.repeat(201) }, 'search'],
  [{ search: 'a\u0000b' }, 'search'],
  [{ search: 'zebra', mimeType: 'image/*' }, 'mimeType'],
])('%j is refused', async (variables, field) => {
  expect(await cast.alice.refusal(document, variables)).toEqual({ code: 'BAD_USER_INPUT', field });
});

describe('an encrypted memory', () => {
  let urn: string;
  const search = 'zebra';

  beforeAll(async () => {
    urn = await givenMemory({ alice: cast.alice, agent: cast.otherAgent });
  });

  /** What each of these is told: the same, locked or not, by the person and by the agent’s App. */
  async function expectNothingByName(): Promise<void> {
    const askers: [Api, object][] = [
      [cast.alice, { agentUrn: otherAgentUrn }],
      [cast.aliceElsewhere, { agentUrn: otherAgentUrn }],
      [cast.otherAgent, { userId: 'alice' }],
    ];
    for (const [by, of] of askers) {
      for (const word of [search, 'birch', 'tree', ids['Birch.txt'], 'x']) {
        const refused = { code: 'BAD_USER_INPUT', field: 'search' };
        expect(await by.refusal(document, { ...of, search: word, orderBy: 'LARGEST' })).toEqual(refused);
      }
      const refused = { code: 'BAD_USER_INPUT', field: 'orderBy' };
      expect(await by.refusal(document, { ...of, orderBy: 'NAME' })).toEqual(refused);
      for (const orderBy of ['NEWEST', 'OLDEST', 'LARGEST']) {
        const { nodes } = await page({ ...of, orderBy }, by);
        expect(nodes.map(({ id }) => id)).toEqual([ids['Birch.txt']]);
      }
    }
    // Among all memories: neither found by words nor by its id, and by name after all that has one.
    expect((await find({ search })).toSorted()).toEqual(['Zebra.txt', 'lease.pdf']);
    for (const word of ['birch', 'tree', ids['Birch.txt']]) expect(await find({ search: word })).toEqual([]);
    const byName = (await page({ orderBy: 'NAME' })).nodes.map(({ id }) => id);
    const expected = ['apple.txt', 'lease.pdf', 'Zebra.txt', 'Birch.txt'].map((name) => ids[name]);
    expect(byName).toEqual(expected);
  }

  test('is neither searched nor put in order by names: hidden, sealed, locked or not', async () => {
    // Nothing is sealed while nobody works: its names are hidden only.
    await worker.close();
    await encrypt(cast.alice, urn);
    const versions = () =>
      rows<{ version: number }>(backends, 'select key_version as version from assets where id = $1', [
        ids['Birch.txt'],
      ]);
    expect(await versions()).toEqual([{ version: 0 }]);
    await expectNothingByName();
    await lock(cast.alice, urn);
    await expectNothingByName();
    await work();
    await unlock(cast.alice, urn);
    await until(async () => (await versions())[0]?.version === 1);
    await expectNothingByName();
    // Its person sees the names where they stand.
    expect(await find({ orderBy: 'NAME' })).toEqual(['apple.txt', 'lease.pdf', 'Zebra.txt', 'Birch.txt']);
    await lock(cast.alice, urn);
    await expectNothingByName();
  });

  test('files that come later are found by nobody’s words', async () => {
    await unlock(cast.alice, urn);
    const bytes = pdf('zebra');
    const { id } = await answer(cast.alice, (await request(cast.otherAgent)).id, bytes, {
      ...fileOf(bytes),
      filename: 'new zebra.pdf',
    });
    expect((await find({ search })).toSorted()).toEqual(['Zebra.txt', 'lease.pdf']);
    expect((await page({ orderBy: 'NAME' })).nodes.slice(3).map((node) => node.id)).toEqual(
      [ids['Birch.txt'] ?? '', id].toSorted(),
    );
  });
});

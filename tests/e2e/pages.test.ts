import { makeApi, type Api } from '../support/api.js';
import { otherAgentUrn, seedCast, type Cast } from '../support/cast.js';
import { agentUrn, answer, cancelMutation, declineMutation, fileOf, pdf, request } from '../support/heart.js';
import { sample } from '../support/samples.js';
import { openForAll } from '../support/open-for-all.js';
import { token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import { movePrompt, rows } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
/** Newest first, as lists have them. */
let files: { id: string; agentUrn: string; mimeType: string; type: string }[];

openForAll({ env: { PROMPT_LIMIT_PER_USER: '1000' } }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
  files = [];
  for (const agent of [cast.agent, cast.otherAgent]) {
    for (const [extension, mimeType] of kinds) await addFile(agent, extension, mimeType);
  }
});

const kinds = [
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['txt', 'text/plain'],
  ['pdf', 'application/pdf'],
] as const;

async function addFile(agent: Api, extension: string, mimeType: string): Promise<string> {
  const bytes = sample(extension);
  const file = { filename: `a.${extension}`, mimeType, sizeBytes: bytes.length };
  const { id } = await answer(cast.alice, (await request(agent)).id, bytes, file);
  const type = extension === 'png' ? 'IMAGE' : 'DOCUMENT';
  files.unshift({ id, mimeType, type, agentUrn: agent === cast.agent ? agentUrn : otherAgentUrn });
  return id;
}

interface Page {
  nodes: { id: string }[];
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const pageFields =
  'nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const documents = {
  agentAssets: `query($first: Int, $after: String, $agentUrn: ID, $userId: ID, $type: AssetType, $mimeType: String) {
    agentAssets(first: $first, after: $after, agentUrn: $agentUrn, userId: $userId, type: $type, mimeType: $mimeType) { ${pageFields} } }`,
  uploadPrompts: `query($first: Int, $after: String, $status: [UploadPromptStatus!]) {
    uploadPrompts(first: $first, after: $after, status: $status) { ${pageFields} } }`,
};
type List = keyof typeof documents;

async function page(viewer: Api, list: List, variables: object = {}): Promise<Page> {
  const answered = await viewer.get<Record<List, Page>>(documents[list], variables);
  return answered[list];
}

const idsOf = ({ nodes }: Pick<Page, 'nodes'>) => nodes.map(({ id }) => id);

/** The ids of every page in turn; `between` runs after each. */
async function walk(
  viewer: Api,
  list: List,
  variables: object = {},
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null = null;
  for (let more = true; more;) {
    const found: Page = await page(viewer, list, { ...variables, after });
    pages.push(idsOf(found));
    expect(found.edges.map(({ node }) => node)).toEqual(found.nodes);
    expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
    after = found.pageInfo.endCursor;
    more = found.pageInfo.hasNextPage;
    await between();
  }
  return pages;
}

describe('agentAssets', () => {
  test('lists a person’s files, newest first, twenty at a time unless asked otherwise', async () => {
    const found = await page(cast.alice, 'agentAssets');
    expect(idsOf(found)).toEqual(files.map(({ id }) => id));
    expect(found.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  test.each<[string, object, Partial<(typeof files)[number]>]>([
    ['an agent', { agentUrn }, { agentUrn }],
    ['a type', { type: 'IMAGE' }, { type: 'IMAGE' }],
    ['a MIME type', { mimeType: 'text/plain' }, { mimeType: 'text/plain' }],
    [
      'a MIME type as browsers write it',
      { mimeType: 'Text/Plain; charset=utf-8' },
      { mimeType: 'text/plain' },
    ],
    [
      'all of these',
      { agentUrn: otherAgentUrn, type: 'DOCUMENT', mimeType: 'application/pdf' },
      {
        agentUrn: otherAgentUrn,
        mimeType: 'application/pdf',
      },
    ],
    ['what contradicts itself', { type: 'VIDEO' }, { type: 'VIDEO' }],
    ['oneself', { userId: 'alice' }, {}],
  ])('filters by %s', async (_, variables, wanted) => {
    const expected = files.filter((file) =>
      Object.entries(wanted).every(([key, value]) => file[key as keyof typeof file] === value),
    ); // the keys of `wanted` are those of a file
    expect(idsOf(await page(cast.alice, 'agentAssets', variables))).toEqual(expected.map(({ id }) => id));
  });

  test('an App lists its own agent’s memory of the person that it names', async () => {
    const ofAgent = (urn: string) => files.filter((file) => file.agentUrn === urn).map(({ id }) => id);
    expect(idsOf(await page(cast.agent, 'agentAssets', { userId: 'alice' }))).toEqual(ofAgent(agentUrn));
    expect(
      idsOf(await page(cast.otherAgent, 'agentAssets', { userId: 'alice', agentUrn: otherAgentUrn })),
    ).toEqual(ofAgent(otherAgentUrn));
    expect(idsOf(await page(cast.agent, 'agentAssets', { userId: 'bob' }))).toEqual([]);
  });

  test.each<[keyof Cast, object, string]>([
    ['agent', { userId: 'alice', agentUrn: otherAgentUrn }, 'PERMISSION_DENIED'],
    ['agent', {}, 'BAD_USER_INPUT'],
    ['bob', { userId: 'alice' }, 'PERMISSION_DENIED'],
    ['admin', { userId: 'alice' }, 'PERMISSION_DENIED'],
    ['account', {}, 'PERMISSION_DENIED'],
    ['nobody', {}, 'UNAUTHENTICATED'],
  ])('%s asking with %j is refused with %s', async (who, variables, code) => {
    expect(await cast[who].refusal(documents.agentAssets, variables)).toMatchObject({ code });
  });

  test.each([1, 3, 8, 100])('pages of %d give every file once', async (first) => {
    const pages = await walk(cast.alice, 'agentAssets', { first });
    expect(pages.flat()).toEqual(files.map(({ id }) => id));
    expect(pages.slice(0, -1).every((ids) => ids.length === first)).toBe(true);
  });

  test('pages stay as they are while files are added on top', async () => {
    const before = files.map(({ id }) => id);
    const pages = await walk(cast.alice, 'agentAssets', { first: 3 }, () =>
      addFile(cast.agent, 'pdf', 'application/pdf'),
    );
    expect(pages.flat()).toEqual(before);
  });

  test('files of the same instant are told apart, and none is lost between pages', async () => {
    await rows(backends, "update assets set created_at = '2026-01-01T00:00:00.123Z'");
    const pages = await walk(cast.alice, 'agentAssets', { first: 2 });
    const expected = files
      .map(({ id }) => id)
      .sort()
      .reverse();
    expect(pages.flat()).toEqual(expected);
  });

  test('each edge’s cursor is the place of its node', async () => {
    const { edges, nodes, pageInfo } = await page(cast.alice, 'agentAssets', { first: 5 });
    for (const [index, { cursor }] of edges.slice(0, -1).entries()) {
      const [next] = (await page(cast.alice, 'agentAssets', { first: 1, after: cursor })).nodes;
      expect(next).toEqual(nodes[index + 1]);
    }
    expect(pageInfo.startCursor).not.toBe(pageInfo.endCursor);
  });

  test('an empty list has no cursors', async () => {
    expect(await page(cast.bob, 'agentAssets')).toEqual({
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });
});

describe('uploadPrompts', () => {
  let asked: Record<'pending' | 'declined' | 'cancelled' | 'timedOut' | 'others', string>;

  beforeAll(async () => {
    const ask = async (agent: Api) => (await request(agent)).id;
    asked = {
      pending: await ask(cast.agent),
      declined: await ask(cast.agent),
      cancelled: await ask(cast.agent),
      timedOut: await ask(cast.agent),
      others: await ask(cast.otherAgent),
    };
    await cast.alice.get(declineMutation, { id: asked.declined });
    await cast.agent.get(cancelMutation, { id: asked.cancelled });
    await movePrompt(backends, asked.timedOut, { expiresIn: -1 });
    await cast.alice.get('query($id: ID!) { uploadPrompt(id: $id) { status } }', { id: asked.timedOut });
  });

  const everyId = async (who: 'alice' | 'agent' | 'otherAgent') => {
    const found = await rows<{ id: string; agentUrn: string }>(
      backends,
      'select id, agent_urn as "agentUrn" from upload_prompts order by created_at desc, id collate "C" desc',
    );
    const urns = { alice: [agentUrn, otherAgentUrn], agent: [agentUrn], otherAgent: [otherAgentUrn] }[who];
    return found.filter((prompt) => urns.includes(prompt.agentUrn)).map(({ id }) => id);
  };

  test.each(['alice', 'agent', 'otherAgent'] as const)(
    '%s gets their own, newest first, page by page',
    async (who) => {
      for (const first of [1, 4, 100]) {
        expect((await walk(cast[who], 'uploadPrompts', { first })).flat()).toEqual(await everyId(who));
      }
    },
  );

  test.each<[string[], (keyof typeof asked)[]]>([
    [['PENDING'], ['others', 'pending']],
    [['DECLINED'], ['cancelled', 'declined']],
    [['TIMEOUT'], ['timedOut']],
    [
      ['PENDING', 'TIMEOUT', 'DECLINED'],
      ['others', 'timedOut', 'cancelled', 'declined', 'pending'],
    ],
    [['UPLOADING'], []],
    [[], []],
  ])('those that are %j', async (status, expected) => {
    const found = await page(cast.alice, 'uploadPrompts', { status });
    expect(idsOf(found)).toEqual(expected.map((name) => asked[name]));
  });

  test.each(['alice', 'agent'] as const)(
    '%s gets those of several statuses page by page, each once',
    async (who) => {
      const expected = await everyId(who);
      const others = ['PENDING', 'TIMEOUT', 'DECLINED', 'PENDING'];
      const isOther = new Set(idsOf(await page(cast[who], 'uploadPrompts', { status: others })));
      expect(
        [asked.pending, asked.declined, asked.cancelled, asked.timedOut].every((id) => isOther.has(id)),
      ).toBe(true);
      const walked = await walk(cast[who], 'uploadPrompts', { first: 2, status: others });
      expect(walked.flat()).toEqual(expected.filter((id) => isOther.has(id)));
      const all = await walk(cast[who], 'uploadPrompts', {
        first: 3,
        status: [...others, 'UPLOADED', 'UPLOADING'],
      });
      expect(all.flat()).toEqual(expected);
    },
  );

  test('others get none of them', async () => {
    for (const who of [cast.bob, cast.admin, cast.aliceOfGlobex]) {
      expect(idsOf(await page(who, 'uploadPrompts'))).toEqual([]);
    }
    expect(await cast.account.refusal(documents.uploadPrompts)).toEqual({ code: 'PERMISSION_DENIED' });
  });

  test('pages stay as they are while agents ask on', async () => {
    const before = await everyId('alice');
    const pages = await walk(cast.alice, 'uploadPrompts', { first: 5 }, () => request(cast.agent));
    expect(pages.flat()).toEqual(before);
  });

  test('prompts of the same instant are told apart', async () => {
    await rows(backends, "update upload_prompts set created_at = '2026-01-01T00:00:00.123Z'");
    expect((await walk(cast.alice, 'uploadPrompts', { first: 3 })).flat()).toEqual(await everyId('alice'));
  });
});

describe('a cursor', () => {
  const refused = { code: 'BAD_USER_INPUT', field: 'after' };
  const endOf = async (viewer: Api, list: List, variables: object = {}) =>
    (await page(viewer, list, { first: 1, ...variables })).pageInfo.endCursor;

  test('is of one list alone', async () => {
    const ofAssets = await endOf(cast.alice, 'agentAssets');
    const ofPrompts = await endOf(cast.alice, 'uploadPrompts');
    expect(await cast.alice.refusal(documents.uploadPrompts, { after: ofAssets })).toEqual(refused);
    expect(await cast.alice.refusal(documents.agentAssets, { after: ofPrompts })).toEqual(refused);
  });

  test.each<[List, object, object]>([
    ['agentAssets', {}, { agentUrn }],
    ['agentAssets', { agentUrn }, {}],
    ['agentAssets', { agentUrn }, { agentUrn: otherAgentUrn }],
    ['agentAssets', { type: 'DOCUMENT' }, { type: 'IMAGE' }],
    ['agentAssets', { mimeType: 'application/pdf' }, { mimeType: 'image/png' }],
    ['uploadPrompts', {}, { status: ['PENDING'] }],
    ['uploadPrompts', { status: ['PENDING'] }, { status: ['TIMEOUT'] }],
  ])('of %s is of the filter %j, not of %j', async (list, made, used) => {
    const after = await endOf(cast.alice, list, made);
    await page(cast.alice, list, { ...made, after });
    expect(await cast.alice.refusal(documents[list], { ...used, after })).toEqual(refused);
  });

  test('does not mind the order of what is filtered by', async () => {
    const after = await endOf(cast.alice, 'uploadPrompts', { status: ['PENDING', 'DECLINED'] });
    await page(cast.alice, 'uploadPrompts', { status: ['DECLINED', 'PENDING'], after });
  });

  test('works on another device of the same person, and for no one else', async () => {
    const after = await endOf(cast.alice, 'agentAssets');
    await page(cast.aliceElsewhere, 'agentAssets', { after });
    for (const who of [cast.bob, cast.admin, cast.aliceOfGlobex]) {
      expect(await who.refusal(documents.agentAssets, { after })).toEqual(refused);
    }
    const ofAgent = await endOf(cast.agent, 'uploadPrompts');
    for (const who of [cast.otherAgent, cast.alice]) {
      expect(await who.refusal(documents.uploadPrompts, { after: ofAgent })).toEqual(refused);
    }
  });

  test('tells nothing of what is behind it', async () => {
    const cursor = (await endOf(cast.alice, 'agentAssets')) ?? '';
    const text = Buffer.from(cursor, 'base64url').toString('latin1');
    for (const { id } of files) expect(text).not.toContain(id);
    expect(text).not.toMatch(/2026|createdAt/);
  });

  test('of a file that is gone still has its place', async () => {
    const carol = makeApi(service.url, await token('carol'));
    await carol.get('{ viewer { id } }');
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { id } = await request(cast.agent, { userId: 'carol' });
      ids.unshift((await answer(carol, id, pdf(), fileOf(pdf()))).id);
    }
    const { edges } = await page(carol, 'agentAssets');
    await rows(backends, 'delete from assets where id = $1', [ids[1]]);
    const after = edges[1]?.cursor;
    expect(idsOf(await page(carol, 'agentAssets', { after }))).toEqual([ids[2]]);
  });
});

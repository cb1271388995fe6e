import { makePeopleStore } from '../../src/domains/accounts/people.store.js';
import { defaultUploadLimits } from '../../src/domains/capabilities/upload-limits.js';
import { makePromptListStore } from '../../src/domains/prompts/prompt-list.store.js';
import { makeApi, type Api } from '../support/api.js';
import { actors, otherAgentUrn, seedCast, type Cast } from '../support/cast.js';
import { uploadDirect } from '../support/direct.js';
import { defaultSpace } from '../support/space-rows.js';
import { agentUrn, begin, declineMutation, fileOf, pdf, request } from '../support/heart.js';
import { explain, toNodes } from '../support/explain.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { deleteAssets, givenAsset } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let orgId: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  cast = await seedCast(service);
  const { viewer } = await cast.admin.get<{ viewer: { organization: { id: string } } }>(
    '{ viewer { organization { id } } }',
  );
  orgId = viewer.organization.id;
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

const refused = (actor: string) => (actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED');

/** Everybody who belongs to acme but its admin, and nobody at all. */
const others = actors.filter((actor) => actor !== 'admin' && actor !== 'aliceOfGlobex');

const of = (fields: string) => `{ viewer { organization { ${fields} } } }`;

interface PeoplePage {
  nodes: { id: string; name: string | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const peopleQuery = `query($search: String, $first: Int, $after: String) ${of(
  'people(search: $search, first: $first, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } }',
)}`;

async function people(by: Api, variables: object = {}): Promise<PeoplePage> {
  const { viewer } = await by.get<{ viewer: { organization: { people: PeoplePage } } }>(
    peopleQuery,
    variables,
  );
  return viewer.organization.people;
}

describe('people', () => {
  const names = async (variables: object = {}) =>
    (await people(cast.admin, variables)).nodes.map(({ id, name }) => name ?? id);

  beforeAll(async () => {
    await cast.bob.get('{ viewer { id } }');
    for (const [id, name] of [
      ['u-1', 'Élodie Durand'],
      ['u-2', 'dora MILLER'],
      ['u-3', '100% sure_thing'],
    ] as const) {
      await makeApi(service.url, await token(id, { name })).get('{ viewer { id } }');
    }
    await makeApi(service.url, await token('eve', { org: 'globex', name: 'Eve Miller' })).get(
      '{ viewer { id } }',
    );
  });

  test('are told to an admin by name, those without one by their id, and nobody else’s', async () => {
    expect(await names()).toEqual(['100% sure_thing', 'ada', 'Alice', 'bob', 'dora MILLER', 'Élodie Durand']);
    const elsewhere = makeApi(service.url, await token('gil', { org: 'globex', role: 'admin' }));
    expect((await people(elsewhere)).nodes.map(({ id }) => id)).toEqual(['eve', 'gil']);
  });

  test.each([
    ['MILL', ['dora MILLER']],
    ['miller dora', ['dora MILLER']],
    ['élodie', ['Élodie Durand']],
    ['U-2', ['dora MILLER']],
    ['0%', ['100% sure_thing']],
    ['e_t', ['100% sure_thing']],
    ['\\', []],
    ['a', ['ada', 'Alice', 'dora MILLER', 'Élodie Durand']],
    ['nobody', []],
    [' ', ['100% sure_thing', 'ada', 'Alice', 'bob', 'dora MILLER', 'Élodie Durand']],
  ])('are found by "%s"', async (search, found) => expect(await names({ search })).toEqual(found));

  test('come page by page, each once, with cursors of that search alone', async () => {
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await people(cast.admin, { first: 4, after });
      walked.push(...page.nodes.map(({ id }) => id));
      ({ endCursor: after, hasNextPage: more } = page.pageInfo);
    }
    expect(walked).toEqual(['u-3', 'ada', 'alice', 'bob', 'u-2', 'u-1']);
    const { endCursor: after } = (await people(cast.admin, { first: 1 })).pageInfo;
    expect(await cast.admin.refusal(peopleQuery, { search: 'a', after })).toMatchObject({ field: 'after' });
  });

  test('are told to nobody but admins', async () => {
    for (const actor of others) {
      expect({ actor, ...(await cast[actor].refusal(peopleQuery)) }).toEqual({ actor, code: refused(actor) });
    }
  });

  test.each(['\u0000', 'x'.repeat(201), 'a\u202e'])('refuse to be searched for by %j', async (search) =>
    expect(await cast.admin.refusal(peopleQuery, { search })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'search',
    }),
  );

  test('are read from indexes, among fifty thousand', async () => {
    await rows(backends, `insert into organizations (id, external_id) values ('crowd', 'crowd')`);
    await rows(
      backends,
      `insert into accounts (org_id, kind, id, name)
       select 'crowd', case when n % 10 = 0 then 'SERVICE_ACCOUNT' else 'USER' end::actor_kind, 'u' || n,
         md5(n::text) from generate_series(1, 50000) n`,
    );
    await rows(backends, 'vacuum analyze accounts');
    const stepsOf = (...given: Parameters<ReturnType<typeof makePeopleStore>['list']>) =>
      listSteps((db) => makePeopleStore(db).list(...given));
    for (const after of [undefined, { sortKey: 'm', id: 'u7' }]) {
      const steps = await stepsOf('crowd', [], 51, after);
      expect(steps).toContainEqual(['Index Scan', 'accounts_people']);
      for (const [step] of steps) expect(step).not.toMatch(/Sort|Seq Scan/);
    }
    const steps = await stepsOf('crowd', ['a1b2c3'], 51);
    expect(steps.map(([, index]) => index)).toContain('accounts_people_by_text');
    for (const [step] of steps) expect(step).not.toBe('Seq Scan');
  });
});

/** The steps of its plan, each with the index that it reads. */
async function listSteps(work: Parameters<typeof explain>[1]) {
  const nodes = (await explain(backends.database, work)).flatMap(toNodes);
  return nodes.map((node) => [node['Node Type'], 'Index Name' in node ? node['Index Name'] : undefined]);
}

describe('how many prompts of an agent are open', () => {
  const query = of('agents { nodes { urn openPromptCount } }');

  async function counts() {
    const { viewer } = await cast.admin.get<{
      viewer: { organization: { agents: { nodes: { urn: string; openPromptCount: number }[] } } };
    }>(query);
    return viewer.organization.agents.nodes.map(({ urn, openPromptCount }) => [urn, openPromptCount]);
  }

  test('is told to an admin, of each agent its own, as it is now', async () => {
    expect(await counts()).toEqual([
      [agentUrn, 0],
      [otherAgentUrn, 0],
    ]);
    const [first, second] = [await request(cast.agent), await request(cast.agent)];
    await begin(cast.alice, second.id, fileOf(pdf()));
    await request(cast.otherAgent);
    expect(await counts()).toEqual([
      [agentUrn, 2],
      [otherAgentUrn, 1],
    ]);
    await cast.alice.get(declineMutation, { id: first.id });
    // Past its deadline it waits for nothing, whether or not anybody has looked.
    await rows(
      backends,
      `update upload_prompts set expires_at = now() - interval '1 hour', hard_expires_at = now() - interval '1 hour'
       where id = $1`,
      [second.id],
    );
    expect(await counts()).toEqual([
      [agentUrn, 0],
      [otherAgentUrn, 1],
    ]);
  });

  test('is told to nobody else', async () => {
    for (const actor of others) {
      expect({ actor, ...(await cast[actor].refusal(query)) }).toEqual({ actor, code: refused(actor) });
    }
  });

  test('is counted by an index', async () => {
    const steps = await listSteps((db) => makePromptListStore(db).countOpenOfAgents(orgId, [agentUrn]));
    expect(steps.map(([step]) => step).join()).toMatch(/Index/);
  });
});

test('every member is told the service’s own limits', async () => {
  const query = of('uploadLimits { maxSizeBytes allowedMimeTypes promptTimeoutSeconds }');
  expect(await cast.bob.get(query)).toEqual({
    viewer: { organization: { uploadLimits: defaultUploadLimits } },
  });
});

describe('storage by type', () => {
  const query = of('storage { usedBytes byType { type usedBytes assetCount } }');

  interface Storage {
    usedBytes: number;
    byType: { type: string; usedBytes: number; assetCount: number }[] | null;
  }

  async function storage(by: Api): Promise<Storage> {
    return (await by.get<{ viewer: { organization: { storage: Storage } } }>(query)).viewer.organization
      .storage;
  }

  test('is told to an admin: what is in memories, spaces and the trash, the largest first', async () => {
    expect(await storage(cast.admin)).toEqual({ usedBytes: 0, byType: [] });
    const kept = await givenAsset(cast);
    await deleteAssets(cast.alice, (await givenAsset(cast)).id);
    const text = Buffer.from('words '.repeat(1000));
    const file = { filename: 'a.txt', mimeType: 'text/plain', sizeBytes: text.length };
    const { id: spaceId } = await defaultSpace(backends);
    await uploadDirect(cast.alice, { spaceId, file }, text);
    const dot = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    const picture = { filename: 'a.png', mimeType: 'image/png', sizeBytes: dot.length };
    await uploadDirect(cast.alice, { spaceId, file: picture }, dot);
    const { usedBytes, byType } = await storage(cast.admin);
    expect(byType).toEqual([
      { type: 'DOCUMENT', usedBytes: 2 * kept.sizeBytes + text.length, assetCount: 3 },
      { type: 'IMAGE', usedBytes: dot.length, assetCount: 1 },
    ]);
    expect(usedBytes).toBe(2 * kept.sizeBytes + text.length + dot.length);
  });

  test('is told to nobody else', async () => {
    for (const actor of others) {
      expect({ actor, ...(await cast[actor].refusal(query)) }).toEqual({ actor, code: refused(actor) });
    }
  });

  test('is not told where summing takes too long, and the rest is', async () => {
    await service.adapters.database.transact(async (tx) => {
      await tx.executeSql('lock table assets in access exclusive mode');
      expect((await storage(cast.admin)).byType).toBeNull();
    });
    expect((await storage(cast.admin)).byType).not.toBeNull();
  });
});

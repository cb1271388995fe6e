import { assetTypes } from '../../src/domains/assets/asset.js';
import { makeAssetStore, type MemoryFilter } from '../../src/domains/assets/asset.store.js';
import { makeTrashListStore } from '../../src/domains/assets/trash-list.store.js';
import { promptStatuses } from '../../src/domains/prompts/prompt.js';
import { makePromptListStore, type PromptScope } from '../../src/domains/prompts/prompt-list.store.js';
import type { Db } from '../../src/core/db.js';
import { explain, toNodes, type PlanNode } from '../support/explain.js';
import { agentUrn, answer, request, seedHeart } from '../support/heart.js';
import { manyAssets, manyPrompts, multiplyRow } from '../support/many-rows.js';
import { openBackends, openService, type TestBackends } from '../support/service.js';
import { rows } from '../support/state.js';

const rowCount = 20_000;
const limit = 21;
/** In the midst of the rows. */
const after = { createdAt: new Date('2026-01-01T02:30:00Z'), id: '0'.repeat(27) };

let backends: TestBackends;
let person: { orgId: string; userId: string };

/** SQL for a value of the nth row: mostly the first, and each of the others in every so many rows. */
function mostly(first: string, ...others: readonly string[]): string {
  const cases = others.map((other, index) => `when n % ${[7, 11, 13, 17][index]} = 0 then '${other}'`);
  return `case ${cases.join(' ')} else '${first}' end`;
}

beforeAll(async () => {
  backends = await openBackends();
  const service = await openService(backends);
  const { agent, alice } = await seedHeart(service);
  const prompt = await request(agent);
  const asset = await answer(alice, prompt.id);
  await service.close();

  const { executeSql } = backends.database;
  const shared = { user_id: mostly('alice', 'bob', 'carol'), agent_urn: mostly(agentUrn, 'urn:agent:scout') };
  await executeSql(
    `insert into agents (org_id, urn, name, app_id) select org_id, 'urn:agent:scout', 'Scout', 'scout' from assets`,
  );
  // Each agent has a memory of each person; that of alice and the agent that has asked her is there.
  await executeSql(
    `insert into memories (id, org_id, user_id, agent_urn)
     select 'memory ' || person || agent, org_id, person, agent from assets,
       unnest(array['alice', 'bob', 'carol']) person, unnest(array['${agentUrn}', 'urn:agent:scout']) agent
     on conflict do nothing`,
  );
  await multiplyRow(
    executeSql,
    manyAssets(asset.id, rowCount, {
      ...shared,
      memory_id: `(select id from memories where user_id = ${shared.user_id} and agent_urn = ${shared.agent_urn})`,
      type: mostly('DOCUMENT', ...assetTypes.filter((type) => type !== 'DOCUMENT')),
      mime_type: mostly('application/pdf', 'image/png'),
      deleted_at: `case when n % 50 = 0 then now() end`,
      restorable_until: `case when n % 50 = 0 then now() end`,
    }),
  );
  await multiplyRow(
    executeSql,
    manyPrompts(prompt.id, rowCount, {
      ...shared,
      status: mostly('UPLOADED', 'DECLINED', 'TIMEOUT', 'PENDING', 'UPLOADING'),
    }),
  );
  const [found] = await rows<{ orgId: string; userId: string }>(
    backends,
    'select org_id as "orgId", user_id as "userId" from assets where id = $1',
    [asset.id],
  );
  if (found === undefined) throw new Error('There is no asset.');
  person = found;
});

afterAll(() => backends.close());

/** The one statement that it sends comes from an index, in its order. */
async function expectInOrder(work: (db: Db) => Promise<unknown>): Promise<PlanNode[]> {
  const nodes = await expectIndexed(work);
  expect(nodes.filter((node) => node['Node Type'].includes('Sort'))).toEqual([]);
  return nodes;
}

async function expectIndexed(work: (db: Db) => Promise<unknown>): Promise<PlanNode[]> {
  const plans = await explain(backends.database, work);
  expect(plans).toHaveLength(1);
  const nodes = plans.flatMap(toNodes);
  expect(nodes.filter((node) => node['Node Type'].startsWith('Index'))).not.toEqual([]);
  expect(nodes.filter((node) => /Seq Scan|Bitmap/.test(node['Node Type']))).toEqual([]);
  return nodes;
}

/** Each choice of some of them, in their order; the empty one first. */
function subsetsOf<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>(
    (subsets, next) => [...subsets, ...subsets.map((subset) => [...subset, next])],
    [[]],
  );
}

const pages = [
  { page: 'the first page', position: undefined },
  { page: 'a later page', position: after },
];

const assetConditions = subsetsOf<Partial<MemoryFilter>>([
  { agentUrn },
  { type: 'IMAGE' },
  { mimeType: 'image/png' },
  { includeDeleted: true },
]).map((conditions) => conditions.reduce((all, next) => ({ ...all, ...next }), {}));

describe.each(pages)('$page of a list of assets reads an index in its order', ({ position }) => {
  test.each(assetConditions)('%j', async (conditions) => {
    const filter = { ...person, includeDeleted: false, ...conditions };
    await expectInOrder((db) => makeAssetStore(db).listOfPerson(filter, limit, position));
  });
});

test.each(pages)('$page of a person’s trash reads its index', async ({ position }) => {
  const at = position && { deletedAt: position.createdAt, id: position.id };
  const nodes = await expectIndexed((db) =>
    makeTrashListStore(db).list({ ...person, spaceIds: [] }, limit, at),
  );
  const indexes = nodes.map((node) => (node as { 'Index Name'?: string })['Index Name']); // Of a plan's index scans.
  expect(indexes).toContain('assets_trashed_of_person');
});

const scopes: Record<string, () => PromptScope> = {
  'put to a person': () => person,
  'that an agent asked': () => ({ orgId: person.orgId, agentUrn }),
};

describe.each(pages)('$page of a list of prompts reads an index in its order', ({ position }) => {
  test.each(Object.keys(scopes))('%s, of any status and of each choice of statuses', async (scope) => {
    for (const statuses of subsetsOf(promptStatuses)) {
      const asked = statuses.length === 0 ? undefined : statuses;
      const nodes = await expectInOrder((db) =>
        makePromptListStore(db).list(scopes[scope]?.() ?? person, asked, limit, position),
      );
      // Rare ones are not looked for among the others.
      if (!statuses.includes('UPLOADED')) expect(nodes.filter((node) => 'Filter' in node)).toEqual([]);
    }
  });
});

test('what is open for a person, and what is due, read an index in its order', async () => {
  await expectInOrder((db) => makePromptListStore(db).listOpen(person.orgId, person.userId));
  await expectInOrder((db) => makePromptListStore(db).listDue(100));
});

test('the check of what subscribers wait for reads indexes', async () => {
  await expectIndexed((db) => makePromptListStore(db).listVersions([after.id]));
  await expectIndexed((db) =>
    makePromptListStore(db).listOpenVersions([person, { ...person, userId: 'bob' }]),
  );
});

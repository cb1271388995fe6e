import { makePeople, serviceAccountViewer, userViewer, appViewer } from '../../support/people.js';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let people: ReturnType<typeof makePeople>;
beforeAll(async () => {
  database = await openTestDatabase();
  people = makePeople(database);
});
afterAll(() => database.close());

let orgs = 0;
async function newOrg() {
  const externalOrgId = `org ${(orgs += 1)}`;
  const orgId = await people.accounts.admit({ externalOrgId, kind: 'USER', id: 'root', name: null });
  return { orgId, admin: userViewer(orgId, 'ADMIN', 'root') };
}

async function audited(orgId: string) {
  const { rows } = await database.executeSql(
    'select actor_kind, actor_id, action, subject, details from audit_entries where org_id = $1 order by at, id',
    [orgId],
  );
  return rows;
}

const input = { urn: 'urn:agent:research', name: ' Research ' };

describe('registering an agent', () => {
  test('gives it an App of its own and is audited', async () => {
    const { orgId, admin } = await newOrg();
    const agent = await people.agents.registerAgent(admin, input);
    expect(agent).toMatchObject({ orgId, urn: input.urn, name: 'Research' });
    expect(await people.agents.findAgent(orgId, input.urn)).toEqual(agent);
    expect(await audited(orgId)).toEqual([
      {
        actor_kind: 'USER',
        actor_id: 'root',
        action: 'registerAgent',
        subject: input.urn,
        details: {},
      },
    ]);
  });

  test('again renames it and keeps its App; the same name again changes nothing', async () => {
    const { orgId, admin } = await newOrg();
    const first = await people.agents.registerAgent(admin, input);
    const renamed = await people.agents.registerAgent(admin, { ...input, name: 'Analyst' });
    expect(renamed).toEqual({ ...first, name: 'Analyst' });
    expect(await people.agents.registerAgent(admin, { ...input, name: 'Analyst' })).toEqual(renamed);
    expect(await audited(orgId)).toHaveLength(2);
  });

  test('under a URN of another organization makes another agent', async () => {
    const [one, other] = [await newOrg(), await newOrg()];
    const agent = await people.agents.registerAgent(one.admin, input);
    const namesake = await people.agents.registerAgent(other.admin, { ...input, name: 'Namesake' });
    expect(namesake.appId).not.toBe(agent.appId);
    expect(await people.agents.findAgent(one.orgId, input.urn)).toEqual(agent);
  });

  test('is for admins', async () => {
    const { orgId, admin } = await newOrg();
    const agent = await people.agents.registerAgent(admin, input);
    const others = [
      userViewer(orgId, 'BUILDER'),
      userViewer(orgId, 'MEMBER'),
      userViewer(orgId, 'GUEST'),
      serviceAccountViewer(orgId, 'ADMIN'),
      appViewer(agent),
    ];
    for (const viewer of others) {
      const refused = people.agents.registerAgent(viewer, { urn: 'urn:agent:other', name: 'Other' });
      await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    }
  });

  test.each([
    ...[
      '',
      'research',
      'urn:',
      'urn:agent',
      'urn:agent:',
      'urn:agent:a b',
      'urn:agent:a\n',
      'urn:agent:a\u0000',
    ],
    ...['urn:agent:<script>', 'urn:agent:"', 'http://agent', ' urn:agent:a', `urn:agent:${'x'.repeat(255)}`],
  ])('refuses %j as a URN', async (urn) => {
    const { admin } = await newOrg();
    await expect(people.agents.registerAgent(admin, { urn, name: 'Name' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      extensions: { field: 'urn' },
    });
  });

  test.each(['', '  ', 'a\u0000b', 'a\nb', 'x'.repeat(201)])('refuses %j as a name', async (name) => {
    const { admin } = await newOrg();
    await expect(people.agents.registerAgent(admin, { ...input, name })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      extensions: { field: 'name' },
    });
  });
});

describe('the list of agents', () => {
  test('comes by URN, page by page, each once', async () => {
    const { orgId, admin } = await newOrg();
    const urns = Array.from({ length: 7 }, (_, i) => `urn:agent:${i}`);
    for (const urn of [...urns].reverse()) await people.agents.registerAgent(admin, { urn, name: urn });
    await people.agents.registerAgent((await newOrg()).admin, { urn: 'urn:agent:3x', name: 'Foreign' });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await people.agents.listAgents(userViewer(orgId, 'GUEST'), { first: 3, after });
      seen.push(...page.nodes.map(({ urn }) => urn));
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? undefined) : undefined;
    } while (after !== undefined);
    expect(seen).toEqual(urns);
  });

  test("refuses another organization's cursor", async () => {
    const [one, other] = [await newOrg(), await newOrg()];
    await people.agents.registerAgent(one.admin, input);
    const { pageInfo } = await people.agents.listAgents(one.admin, { first: 1, after: undefined });
    const after = pageInfo.endCursor ?? '';
    await expect(people.agents.listAgents(other.admin, { first: 1, after })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      extensions: { field: 'after' },
    });
  });
});

test('an agent is found in its own organization only, and nonsense is nobody', async () => {
  const [one, other] = [await newOrg(), await newOrg()];
  const agent = await people.agents.registerAgent(one.admin, input);
  expect(await people.agents.findAgentsByUrn(one.orgId, [input.urn, 'urn:agent:none'])).toEqual([agent]);
  expect(await people.agents.findAgentsByUrn(other.orgId, [input.urn])).toEqual([]);
  for (const urn of [input.urn, 'nonsense\u0000']) {
    expect(await people.agents.findAgent(other.orgId, urn)).toBeUndefined();
    await expect(people.agents.getAgent(other.orgId, urn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

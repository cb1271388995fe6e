import { makeApi, type Api } from '../support/api.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService;
let admin: Api;
beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  admin = await signIn('ada', { role: 'admin', name: 'Ada' });
  for (const name of ['A', 'B', 'C']) await register(admin, `urn:agent:${name.toLowerCase()}`, name);
});
afterAll(async () => {
  await service.close();
  await backends.close();
});

async function signIn(sub: string, claims: Parameters<typeof token>[1] = {}): Promise<Api> {
  return makeApi(service.url, await token(sub, claims));
}

const register = (api: Api, urn: string, name: string) =>
  api.get('mutation($urn: ID!, $name: String!) { registerAgent(urn: $urn, name: $name) { urn } }', {
    urn,
    name,
  });

const policyFields =
  'assetUploadEnabled agentTools uploadPolicy { maxSizeBytes allowedMimeTypes promptTimeoutSeconds }';

describe('the viewer', () => {
  const query = '{ viewer { id kind name orgRole organization { name } agent { urn name } } }';

  test('is a person, with role and organization', async () => {
    expect(await admin.get(query)).toEqual({
      viewer: {
        id: 'ada',
        kind: 'USER',
        name: 'Ada',
        orgRole: 'ADMIN',
        organization: { name: 'acme' },
        agent: null,
      },
    });
  });

  test('is a service account', async () => {
    const crawler = await signIn('crawler', { kind: 'service_account' });
    expect(await crawler.get(query)).toMatchObject({
      viewer: { kind: 'SERVICE_ACCOUNT', orgRole: null, agent: null },
    });
  });

  test("is an agent's App, by the key that an admin made and until it is revoked", async () => {
    const { createAppKey } = await admin.get<{ createAppKey: { secret: string; appKey: { id: string } } }>(
      'mutation { createAppKey(agentUrn: "urn:agent:a", name: "ci") { secret appKey { id name agentUrn lastUsedAt } } }',
    );
    const { secret, appKey } = createAppKey;
    expect(appKey).toEqual({ id: appKey.id, name: 'ci', agentUrn: 'urn:agent:a', lastUsedAt: null });
    const agent = makeApi(service.url, secret);
    expect(await agent.get(query)).toMatchObject({
      viewer: { kind: 'APP', name: 'A', orgRole: null, agent: { urn: 'urn:agent:a', name: 'A' } },
    });
    const listed = '{ appKeys(agentUrn: "urn:agent:a") { id lastUsedAt revokedAt } }';
    expect(await admin.get(listed)).toEqual({
      appKeys: [
        { id: appKey.id, lastUsedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string, revokedAt: null },
      ],
    });
    await admin.get('mutation($id: ID!) { revokeAppKey(id: $id) { id revokedAt } }', { id: appKey.id });
    expect(await admin.get(listed)).toMatchObject({ appKeys: [{ revokedAt: expect.any(String) as string }] });
    expect(await agent.refusal(query)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await admin.get('{ appKeys(agentUrn: "urn:agent:b") { id } }')).toEqual({ appKeys: [] });
  });
});

describe('agents', () => {
  test('are paged through the organization', async () => {
    const query = `query($after: String) { viewer { organization { agents(first: 2, after: $after) {
      nodes { urn } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } } }`;
    interface Page {
      viewer: { organization: { agents: { edges: { cursor: string }[]; pageInfo: { endCursor: string } } } };
    }
    const member = await signIn('bob');
    const first = (await member.get<Page>(query)).viewer.organization.agents;
    expect(first).toMatchObject({
      nodes: [{ urn: 'urn:agent:a' }, { urn: 'urn:agent:b' }],
      edges: [{ node: { name: 'A' } }, { node: { name: 'B' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    for (const after of [first.pageInfo.endCursor, first.edges[1]?.cursor]) {
      expect((await member.get<Page>(query, { after })).viewer.organization.agents).toMatchObject({
        nodes: [{ urn: 'urn:agent:c' }],
        pageInfo: { hasNextPage: false, hasPreviousPage: true },
      });
    }
    const stranger = await signIn('eve', { org: 'globex' });
    const forged = await stranger.refusal(query, { after: first.pageInfo.endCursor });
    expect(forged).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    const tooMany = await member.refusal(
      '{ viewer { organization { agents(first: 101) { nodes { urn } } } } }',
    );
    expect(tooMany).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' });
  });

  test('of another organization, and none at all, are null alike', async () => {
    const stranger = await signIn('eve', { org: 'globex', role: 'admin' });
    for (const urn of ['urn:agent:a', 'urn:agent:none', 'nonsense']) {
      expect(await stranger.get('query($urn: ID!) { agent(urn: $urn) { name } }', { urn })).toEqual({
        agent: null,
      });
    }
  });

  test('ask for no files until an admin lets them, and then within the policy', async () => {
    const agent = `query { agent(urn: "urn:agent:b") { ${policyFields} } }`;
    expect(await admin.get(agent)).toMatchObject({
      agent: { assetUploadEnabled: false, agentTools: [], uploadPolicy: { maxSizeBytes: 52_428_800 } },
    });
    // Both in one document: each sees what it did itself.
    const switched = await admin.get(`mutation {
      on: setAgentAssetUploadEnabled(agentUrn: "urn:agent:b", enabled: true) { assetUploadEnabled }
      off: setAgentAssetUploadEnabled(agentUrn: "urn:agent:b", enabled: false) { assetUploadEnabled agentTools }
    }`);
    expect(switched).toEqual({
      on: { assetUploadEnabled: true },
      off: { assetUploadEnabled: false, agentTools: [] },
    });
    const set = `mutation($policy: UploadPolicyInput!) {
      setAgentUploadPolicy(agentUrn: "urn:agent:b", policy: $policy) { ${policyFields} }
    }`;
    const policy = { maxSizeBytes: 1000, allowedMimeTypes: ['IMAGE/png'], promptTimeoutSeconds: 20 };
    expect(await admin.get(set, { policy })).toMatchObject({
      setAgentUploadPolicy: { uploadPolicy: { ...policy, allowedMimeTypes: ['image/png'] } },
    });
    expect(await admin.get(set, { policy: { maxSizeBytes: null } })).toMatchObject({
      setAgentUploadPolicy: { uploadPolicy: { maxSizeBytes: 52_428_800, promptTimeoutSeconds: 20 } },
    });
    expect(await admin.refusal(set, { policy: { maxSizeBytes: 52_428_801 } })).toMatchObject({
      code: 'INVALID_CONSTRAINT',
      field: 'policy.maxSizeBytes',
    });
    expect(await admin.refusal(set, { policy: { allowedMimeTypes: [] } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'policy.allowedMimeTypes',
    });
  });
});

test('what admins do is refused to everybody else', async () => {
  const mutations = [
    'mutation { registerAgent(urn: "urn:agent:x", name: "X") { urn } }',
    'mutation { setAgentAssetUploadEnabled(agentUrn: "urn:agent:a", enabled: true) { urn } }',
    'mutation { setAgentUploadPolicy(agentUrn: "urn:agent:a", policy: {}) { urn } }',
    'mutation { createAppKey(agentUrn: "urn:agent:a", name: "x") { secret } }',
    'mutation { revokeAppKey(id: "x") { id } }',
    '{ appKeys { id } }',
  ];
  const others = [await signIn('bob'), await signIn('bot', { kind: 'service_account', role: 'admin' })];
  for (const document of mutations) {
    for (const other of others)
      expect(await other.refusal(document)).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await makeApi(service.url, 'nonsense').refusal(document)).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  }
});

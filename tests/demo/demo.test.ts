import { isForTrying, loadConfig } from '../../src/config.js';
import { demoAgent } from '../../src/demo/cast.js';
import { makeApi } from '../support/api.js';
import { agentUrn, enable } from '../support/heart.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService | undefined;
beforeAll(async () => (backends = await openBackends()));
afterAll(() => backends?.close());
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function start(demo = true) {
  service = await openService(backends, { demo });
  return service.url;
}

async function post<T>(url: string, path: string, body: object = {}): Promise<T> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

const signIn = async (url: string, person: string) =>
  makeApi(url, (await post<{ token: string }>(url, '/demo/sign-in', { person })).token);

test('the demo organization has three people, and an agent that may ask them', async () => {
  const url = await start();
  for (const [id, name, orgRole] of [
    ['alice', 'Alice', 'MEMBER'],
    ['ada', 'Ada', 'ADMIN'],
    ['bob', 'Bob', 'BUILDER'],
  ] as const) {
    const person = await signIn(url, id);
    expect(await person.get('{ viewer { id name orgRole organization { name } } }')).toEqual({
      viewer: { id, name, orgRole, organization: { name: 'demo' } },
    });
  }
  const { appKey } = await post<{ appKey: string }>(url, '/demo/agent-key');
  const agent = makeApi(url, appKey);
  expect(await agent.get('{ viewer { agent { urn name } } }')).toEqual({ viewer: { agent: demoAgent } });
  // Everybody can be asked before they have signed in for the first time.
  const ask = 'mutation { requestUpload(input: { userId: "bob", prompt: "a plan" }) { status } }';
  expect(await agent.get(ask)).toEqual({ requestUpload: { status: 'PENDING' } });
});

test('the agent of the example chat asks whoever chats for what the message says', async () => {
  const url = await start();
  const { token } = await post<{ token: string }>(url, '/demo/chat/token');
  await post(url, '/demo/chat/messages', { conversationId: 'c1', text: 'my business plan' });
  expect(
    await makeApi(url, token).get('{ uploadPrompts { nodes { userId conversationId prompt } } }'),
  ).toEqual({
    uploadPrompts: { nodes: [{ userId: 'alice', conversationId: 'c1', prompt: 'my business plan' }] },
  });
  await expect(post(url, '/demo/chat/messages', {})).rejects.toThrow('/demo/chat/messages answered 400');
});

test('starting again changes nothing, and leaves one key of the agent in force', async () => {
  const first = await start();
  const { appKey: old } = await post<{ appKey: string }>(first, '/demo/agent-key');
  expect((await post<{ appKey: string }>(first, '/demo/agent-key')).appKey).toBe(old);
  const ada = await signIn(first, 'ada');
  await enable(ada, false, agentUrn);
  await service?.close();

  const url = await start();
  const again = makeApi(url, ada.credential);
  // What the admin has decided stays decided.
  expect(await again.get('{ agent(urn: "urn:agent:buno") { assetUploadEnabled } }')).toEqual({
    agent: { assetUploadEnabled: false },
  });
  await post(url, '/demo/agent-key');
  const { appKeys } = await again.get<{ appKeys: { revokedAt: string | null }[] }>(
    '{ appKeys { revokedAt } }',
  );
  expect(appKeys.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
  expect(await makeApi(url, old).refusal('{ viewer { id } }')).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a service that is not for trying has no demo', async () => {
  const url = await start(false);
  const response = await fetch(`${url}/demo/sign-in`, { method: 'POST' });
  expect(response.status).toBe(404);
  expect(await (await fetch(`${url}/portal.json`)).json()).toEqual({ demo: null });
  const stranger = makeApi(url, await token('eve', { org: 'a new one' }));
  expect(
    await stranger.get('{ organization: viewer { organization { agents { nodes { urn } } } } }'),
  ).toEqual({
    organization: { organization: { agents: { nodes: [] } } },
  });
});

test.each([
  ['DATABASE_URL', 'postgres://db/askfile'],
  ['REDIS_URL', 'redis://cache'],
  ['AUTH_JWT_SECRET', 'a secret of thirty-two characters'],
  ['AUTH_JWKS_URL', 'https://id.example.com/keys'],
  ['PUBLIC_URL', 'https://askfile.example.com'],
  ['SERVER_KEYS', `a:${Buffer.alloc(32, 1).toString('base64')}`],
])('with %s set, the demo is off', (name, value) => {
  expect(isForTrying(loadConfig({ [name]: value }))).toBe(false);
});

test('the demo is on where nothing is set, and never in production', () => {
  expect(isForTrying(loadConfig({ PORT: '4001', PUBLIC_URL: 'http://localhost:4001' }))).toBe(true);
  const production = {
    NODE_ENV: 'production',
    ALLOW_EMBEDDED_IN_PRODUCTION: 'true',
    ALLOW_BUILTIN_SCANNER_IN_PRODUCTION: 'true',
  };
  expect(isForTrying(loadConfig(production))).toBe(false);
});

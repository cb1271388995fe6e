import { makeAuthenticate } from '../../src/auth/authenticate.js';
import { mintToken } from '../../src/auth/mint-token.js';
import { makePeople, userViewer } from '../support/people.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';
import { jwtSecret } from '../support/sign-in.js';

let database: TestDatabase;
beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

function setUp() {
  const people = makePeople(database);
  const auth = { jwtSecret, jwksUrl: null, issuer: null, audience: null };
  return { ...people, ...makeAuthenticate({ ...people, auth }) };
}

test('a first token makes organization and person, and every process knows them by the same id', async () => {
  const token = await mintToken({
    secret: jwtSecret,
    sub: 'alice',
    org: 'acme',
    name: 'Alice',
    expiresInSeconds: 60,
  });
  const [one, other] = [setUp(), setUp()];
  const viewer = await one.authenticate(token);
  expect(await other.authenticate(token)).toEqual(viewer);
  expect(await one.accounts.findPerson(viewer?.orgId ?? '', 'alice')).toEqual({ id: 'alice', name: 'Alice' });
});

test("an app key makes its bearer the agent's App, until it is revoked", async () => {
  const { accounts, agents, appKeys, authenticate, isStillValid } = setUp();
  const orgId = await accounts.admit({ externalOrgId: 'keys', kind: 'USER', id: 'root', name: null });
  const admin = userViewer(orgId, 'ADMIN', 'root');
  const agent = await agents.registerAgent(admin, { urn: 'urn:agent:research', name: 'Research' });
  const { appKey, secret } = await appKeys.createAppKey(admin, { agentUrn: agent.urn, name: 'production' });
  const viewer = await authenticate(`Bearer ${secret}`);
  expect(viewer).toEqual({
    kind: 'APP',
    id: agent.appId,
    name: 'Research',
    orgId,
    agentUrn: agent.urn,
    appKeyId: appKey.id,
    sessionId: appKey.id,
    expiresAt: null,
  });
  if (viewer === null) throw new Error('nobody signed in');
  expect(await isStillValid(viewer)).toBe(true);
  await appKeys.revokeAppKey(admin, appKey.id);
  expect(await isStillValid(viewer)).toBe(false);
  for (const credential of [secret, secret.slice(0, -1), `ak_${'A'.repeat(43)}`, 'ak_']) {
    await expect(authenticate(credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  }
});

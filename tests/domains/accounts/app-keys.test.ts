import { createHash } from 'node:crypto';
import { newId } from '../../../src/core/ids.js';
import type { UserViewer } from '../../../src/core/viewer.js';
import type { Agent } from '../../../src/domains/accounts/agent.js';
import { appViewer, makePeople, serviceAccountViewer, userViewer } from '../../support/people.js';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let people: ReturnType<typeof makePeople>;
let agent: Agent;
let admin: UserViewer;
let foreignAdmin: UserViewer;

beforeAll(async () => {
  database = await openTestDatabase();
  people = makePeople(database);
  admin = await newAdmin('acme');
  foreignAdmin = await newAdmin('globex');
  agent = await people.agents.registerAgent(admin, { urn: 'urn:agent:research', name: 'Research' });
});
afterAll(() => database.close());

async function newAdmin(externalOrgId: string) {
  const orgId = await people.accounts.admit({ externalOrgId, kind: 'USER', id: 'root', name: null });
  return userViewer(orgId, 'ADMIN', 'root');
}

const create = (name: string) => people.appKeys.createAppKey(admin, { agentUrn: agent.urn, name });

async function stored(id: string) {
  const { rows } = await database.executeSql('select * from app_keys where id = $1', [id]);
  return rows[0];
}

describe('an app key', () => {
  test('is told once and kept only as its hash, also in the audit', async () => {
    const { appKey, secret } = await create('production');
    expect(secret).toMatch(/^ak_[\w-]{43}$/);
    expect(appKey).toMatchObject({
      agentUrn: agent.urn,
      name: 'production',
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(await stored(appKey.id)).toMatchObject({
      secret_hash: createHash('sha256').update(secret).digest('hex'),
    });
    const { rows } = await database.executeSql(
      `select * from audit_entries, app_keys where subject = app_keys.id and subject = $1`,
      [appKey.id],
    );
    expect(rows).toMatchObject([
      { action: 'createAppKey', actor_id: 'root', details: { agentUrn: agent.urn } },
    ]);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(await people.appKeys.listAppKeys(admin))).not.toContain(secret);
  });

  test('stands for its agent until it is revoked, which is at once', async () => {
    const { appKey, secret } = await create('staging');
    expect(await people.appKeys.findOwner(secret)).toEqual({
      keyId: appKey.id,
      orgId: agent.orgId,
      agentUrn: agent.urn,
      agentName: 'Research',
      appId: agent.appId,
    });
    expect(await people.appKeys.listIdsInForce([appKey.id, newId()])).toEqual([appKey.id]);
    await people.appKeys.revokeAppKey(admin, appKey.id);
    expect(await people.appKeys.findOwner(secret)).toBeUndefined();
    expect(await people.appKeys.listIdsInForce([appKey.id])).toEqual([]);
  });

  test.each([
    '',
    'ak_',
    'ak_x',
    `ak_${'A'.repeat(43)}`,
    `ak_${'A'.repeat(42)}\u0000`,
    `ak_${'A'.repeat(5000)}`,
  ])('that was made up stands for nobody: %.20j', async (secret) => {
    expect(await people.appKeys.findOwner(secret)).toBeUndefined();
  });

  test('notes its use, at most once a minute', async () => {
    const { appKey, secret } = await create('noted');
    const lastUsedAt = async () =>
      (await people.appKeys.listAppKeys(admin)).find(({ id }) => id === appKey.id)?.lastUsedAt;
    await Promise.all([people.appKeys.findOwner(secret), people.appKeys.findOwner(secret)]);
    const first = await lastUsedAt();
    expect(first).toBeInstanceOf(Date);
    await people.appKeys.findOwner(secret);
    expect(await lastUsedAt()).toEqual(first);
    const age = (seconds: number) =>
      database.executeSql(
        `update app_keys set last_used_at = now() - make_interval(secs => $2) where id = $1`,
        [appKey.id, seconds],
      );
    await age(50);
    const recent = await lastUsedAt();
    await people.appKeys.findOwner(secret);
    expect(await lastUsedAt()).toEqual(recent);
    await age(70);
    const old = await lastUsedAt();
    await people.appKeys.findOwner(secret);
    expect((await lastUsedAt())?.getTime()).toBeGreaterThan(old?.getTime() ?? Infinity);
  });

  test('is revoked and audited once, however often and however many at once ask for it', async () => {
    const { appKey } = await create('revoked');
    const all = await Promise.all(
      Array.from({ length: 8 }, () => people.appKeys.revokeAppKey(admin, appKey.id)),
    );
    const [first] = all;
    expect(first?.revokedAt).toBeInstanceOf(Date);
    for (const other of all) expect(other).toEqual(first);
    const { rows } = await database.executeSql(
      'select action from audit_entries where subject = $1 order by at',
      [appKey.id],
    );
    expect(rows).toEqual([{ action: 'createAppKey' }, { action: 'revokeAppKey' }]);
  });

  test('of another organization is NOT_FOUND, like one that does not exist, and stays in force', async () => {
    const { appKey, secret } = await create('foreign');
    for (const id of [appKey.id, newId(), 'nonsense\u0000']) {
      await expect(people.appKeys.revokeAppKey(foreignAdmin, id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'The app key was not found.',
      });
    }
    expect(await people.appKeys.findOwner(secret)).toBeDefined();
    expect(await people.appKeys.listAppKeys(foreignAdmin, agent.urn)).toEqual([]);
  });

  test("is not made for another organization's agent or an unknown one", async () => {
    for (const agentUrn of [agent.urn, 'urn:agent:none', '\u0000']) {
      await expect(people.appKeys.createAppKey(foreignAdmin, { agentUrn, name: 'x' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'The agent was not found.',
      });
    }
  });

  test('needs a name', async () => {
    await expect(create(' ')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      extensions: { field: 'name' },
    });
  });
});

test('app keys are listed newest first, of one agent or of all', async () => {
  const lister = await newAdmin('lister');
  for (const urn of ['urn:agent:a', 'urn:agent:b']) {
    await people.agents.registerAgent(lister, { urn, name: urn });
    for (const name of ['one', 'two']) await people.appKeys.createAppKey(lister, { agentUrn: urn, name });
  }
  const listed = async (agentUrn?: string) =>
    (await people.appKeys.listAppKeys(lister, agentUrn)).map((key) => `${key.agentUrn} ${key.name}`);
  expect(await listed()).toEqual([
    'urn:agent:b two',
    'urn:agent:b one',
    'urn:agent:a two',
    'urn:agent:a one',
  ]);
  expect(await listed('urn:agent:a')).toEqual(['urn:agent:a two', 'urn:agent:a one']);
  expect(await listed('urn:agent:\u0000')).toEqual([]);
});

test('app keys are for admins alone', async () => {
  const { appKey } = await create('guarded');
  const { orgId } = admin;
  const others = [userViewer(orgId, 'BUILDER'), serviceAccountViewer(orgId, 'ADMIN'), appViewer(agent)];
  for (const viewer of others) {
    const refusals = [
      people.appKeys.listAppKeys(viewer),
      people.appKeys.revokeAppKey(viewer, appKey.id),
      people.appKeys.createAppKey(viewer, { agentUrn: agent.urn, name: 'x' }),
    ];
    for (const refused of refusals)
      await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  }
});

import { Redis } from 'ioredis';
import type { DeriveKey } from '../../src/domains/vault/password.js';
import { unwrapKey } from '../../src/domains/vault/wrapped-key.js';
import { answer, fileOf, newDownloadUrl, pdf, request, scanned, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends } from '../support/service.js';
import { rows } from '../support/state.js';
import { spawnService } from '../support/spawn-service.js';
import { until } from '../support/until.js';
import {
  changeMutation,
  changePassword,
  encrypt,
  forgetAttempts,
  givenMemory,
  lock,
  unlock,
  unlockMutation,
} from '../support/vault.js';

const canaries = {
  password: 'canary-password-7F3Q',
  newPassword: 'canary-newpassword-9K2M',
  wrongPassword: 'canary-wrong-5T8W',
  filename: 'canary-filename-4H6J.pdf',
  description: 'canary-description-2B9N',
};

/** As it might be written down: as it is, and as bytes are usually spelled. */
function spellings(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  return [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

/** Every name and value in Redis, some values more than once. */
async function listRedis(backends: TestBackends): Promise<string[]> {
  const redis = new Redis(backends.redis.url);
  const found: string[] = [];
  for (const name of await redis.keys('*')) {
    const value = (await redis.getBuffer(name)) ?? Buffer.alloc(0);
    found.push(name, ...spellings(value));
  }
  expect((await redis.keys('unlocked:*')).length).toBeGreaterThan(0);
  redis.disconnect();
  return found;
}

/** Every row of every table. */
async function listRows(backends: TestBackends): Promise<string[]> {
  const tables = await rows<{ schema: string; name: string }>(
    backends,
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const found: string[] = [];
  for (const { schema, name } of tables) {
    const all = await rows<{ row: string }>(backends, `select t::text as row from "${schema}"."${name}" t`);
    found.push(...all.map(({ row }) => row));
  }
  return found;
}

test('a canary password, filename and description are in no log, error, metric, Redis value or database column', async () => {
  const backends = await openBackends();
  const service = await spawnService({ env: { ...backends.env, LOG_LEVEL: 'debug' } });
  const { alice, agent, admin } = await seedHeart(service);
  const told: string[] = [];
  try {
    const bytes = pdf('the will');
    const file = { ...fileOf(bytes), filename: canaries.filename, description: canaries.description };
    const urn = await givenMemory({ alice, agent });
    // Before it is encrypted the name is in the database, as any other; it must be gone from there afterwards.
    const before = await scanned(alice, await answer(alice, (await request(agent)).id, bytes, file));
    await encrypt(alice, urn, canaries.password);
    const asset = await scanned(alice, await answer(alice, (await request(agent)).id, bytes, file));
    await (await fetch(await newDownloadUrl(agent, asset))).arrayBuffer();
    await lock(alice, urn);
    for (const [mutation, variables] of [
      [unlockMutation, { urn, password: canaries.wrongPassword }],
      [unlockMutation, { urn, password: canaries.wrongPassword.repeat(20) }],
      [changeMutation, { urn, password: canaries.wrongPassword, newPassword: canaries.newPassword }],
      [changeMutation, { urn, password: canaries.password, newPassword: 'short' }],
      ['mutation($id: ID!) { createDownloadUrl(assetId: $id) { url } }', before],
      // A value that the schema refuses is quoted by graphql-js.
      [
        'mutation($urn: ID!, $password: Int!) { unlockMemory(urn: $urn, password: $password) { urn } }',
        { urn, password: canaries.wrongPassword },
      ],
    ] as const) {
      const { errors } = await alice.ask(mutation, variables);
      expect(errors).toHaveLength(1);
      if (!mutation.includes('Int!')) told.push(JSON.stringify(errors));
    }
    await unlock(alice, urn, canaries.password);
    await changePassword(alice, urn, canaries.newPassword, canaries.password);
    await until(
      async () =>
        (
          await rows(
            backends,
            'select from assets where key_version = 0 union all select from uploads where key_version = 0',
          )
        ).length === 0,
    );
    await forgetAttempts(backends);
    const audit = '{ auditLog(first: 100) { nodes { action subject details } } }';
    told.push(JSON.stringify(await admin.ask(audit)), await (await fetch(`${service.url}/metrics`)).text());

    told.push(...(await listRedis(backends)), ...(await listRows(backends)));
    told.push(...service.lines);

    const everything = told.join('\n');
    for (const [what, canary] of Object.entries(canaries)) {
      for (const spelling of spellings(canary)) {
        expect({ what, found: everything.includes(spelling) }).toEqual({ what, found: false });
      }
    }
    // The search would have found what is there.
    expect(everything).toContain(asset.id);
    await expectInvariants(backends);
  } finally {
    await service.kill('SIGKILL');
    await backends.close();
  }
});

test('a data key and the key that a password derives to are nowhere outside of the work that uses them', async () => {
  const backends = await openBackends();
  const lent: Buffer[] = [];
  const copies: Buffer[] = [];
  const spying =
    (derive: DeriveKey): DeriveKey =>
    async (password, parameters) => {
      const key = await derive(password, parameters);
      lent.push(key);
      copies.push(Buffer.from(key));
      return key;
    };
  const service = await openService(backends, {
    env: { LOG_LEVEL: 'debug' },
    adapt: (adapters) => ({ ...adapters, deriveKey: spying(adapters.deriveKey) }),
  });
  const { alice, agent } = await seedHeart(service);
  const urn = await givenMemory({ alice, agent });
  await encrypt(alice, urn, canaries.password);
  const asset = await scanned(alice, await answer(alice, (await request(agent)).id));
  await (await fetch(await newDownloadUrl(agent, asset))).arrayBuffer();
  await unlock(alice, urn, canaries.password);

  const [{ wrapped = '', orgId = '', memoryId = '' } = {}] = await rows<Record<string, string>>(
    backends,
    `select wrapped_key as wrapped, org_id as "orgId", v.memory_id as "memoryId"
     from vaults v join vault_keys k on k.memory_id = v.memory_id`,
  );
  const dataKey = unwrapKey(copies[0] ?? Buffer.alloc(0), { orgId, memoryId, version: 1 }, wrapped);
  if (dataKey === undefined) throw new Error('The key did not unwrap.');
  const told = [
    ...(await listRedis(backends)),
    ...(await listRows(backends)),
    ...service.log.lines.map((line) => JSON.stringify(line)),
  ].join('\n');
  for (const key of [dataKey, ...copies]) {
    for (const spelling of spellings(key)) expect(told.includes(spelling)).toBe(false);
  }
  // And what was lent is overwritten by now.
  expect(lent).toHaveLength(2);
  for (const key of lent) expect(key.every((byte) => byte === 0)).toBe(true);
  await service.close();
  await backends.close();
});

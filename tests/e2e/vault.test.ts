import { Redis } from 'ioredis';
import { newId } from '../../src/core/ids.js';
import { toMemoryUrn } from '../../src/domains/memories/memory.js';
import { maxAttempts } from '../../src/domains/vault/attempts.js';
import type { KeyCache } from '../../src/domains/vault/key-cache.js';
import type { DeriveKey } from '../../src/domains/vault/password.js';
import { makeApi, type Api } from '../support/api.js';
import { agentUrn, anotherDevice, answer, request } from '../support/heart.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { seedCast, type Cast } from '../support/cast.js';
import { rows } from '../support/state.js';
import {
  auditOf,
  changeMutation,
  changePassword,
  encrypt,
  encryptMutation,
  findMemory,
  forgetAttempts,
  givenMemory,
  lock,
  lockMutation,
  password,
  unlock,
  unlockMutation,
} from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let redis: Redis;
let urn: string;
/** How often a key was derived. */
let derived = 0;
/** How many keys Redis still takes before it is away; undefined: it is there. */
let putsLeft: number | undefined;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, {
    adapt: ({ deriveKey, keyCache, ...adapters }) => ({
      ...adapters,
      deriveKey: counting(deriveKey),
      keyCache: failing(keyCache),
    }),
  });
  cast = await seedCast(service);
  redis = new Redis(backends.redis.url);
});

afterAll(async () => {
  redis.disconnect();
  await service.close();
  await backends.close();
});

beforeEach(async () => {
  await forgetAttempts(backends);
  // A memory for each test: that of another agent's person would do as well.
  await rows(backends, 'update memories set user_id = $1 where user_id = $2', [newId(), 'alice']);
  urn = await givenMemory(cast);
});

function counting(derive: DeriveKey): DeriveKey {
  return (given, parameters) => {
    derived += 1;
    return derive(given, parameters);
  };
}

function failing(cache: KeyCache): KeyCache {
  return {
    put(...given) {
      if (putsLeft === 0) return Promise.reject(new Error('Redis is away.'));
      if (putsLeft !== undefined) putsLeft -= 1;
      return cache.put(...given);
    },
    find: (...given) => cache.find(...given),
    extend: (...given) => cache.extend(...given),
    drop: (...given) => cache.drop(...given),
    replace: (...given) => cache.replace(...given),
  };
}

const codeOf = async (api: Api, mutation: string, variables: object) =>
  (await api.refusal(mutation, variables)).code;

describe('a memory that is not encrypted', () => {
  test('is shown to its person and to the App of its agent, and to nobody else', async () => {
    const memory = { urn, userId: 'alice', agent: { urn: agentUrn }, encrypted: false, unlocked: true };
    for (const who of ['alice', 'aliceElsewhere', 'agent'] as const) {
      expect(await findMemory(cast[who], urn)).toEqual(memory);
    }
    for (const who of ['bob', 'admin', 'otherAgent', 'account', 'aliceOfGlobex'] as const) {
      expect(await findMemory(cast[who], urn)).toBeNull();
    }
    expect((await cast.nobody.refusal('query($urn: ID!) { memory(urn: $urn) { urn } }', { urn })).code).toBe(
      'UNAUTHENTICATED',
    );
  });

  test('is among the memories of its person; programs have none', async () => {
    const list = '{ memories { urn encrypted unlocked agent { urn } } }';
    expect(await cast.alice.get(list)).toEqual({
      memories: [{ urn, encrypted: false, unlocked: true, agent: { urn: agentUrn } }],
    });
    expect(await cast.bob.get(list)).toEqual({ memories: [] });
    expect((await cast.agent.refusal(list)).code).toBe('PERMISSION_DENIED');
    expect((await cast.account.refusal(list)).code).toBe('PERMISSION_DENIED');
  });

  test('takes no unlocking and no locking, and has no password to change', async () => {
    const memory = { encrypted: false, unlocked: true };
    expect(await unlock(cast.alice, urn)).toMatchObject(memory);
    expect(await lock(cast.alice, urn)).toMatchObject(memory);
    const change = { urn, password, newPassword: 'another password' };
    expect(await cast.alice.refusal(changeMutation, change)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'urn',
    });
    expect(await auditOf(backends, urn)).toEqual([]);
  });
});

describe('encrypting', () => {
  test('unlocks it for this session and for the agent, and for no other session', async () => {
    expect(await encrypt(cast.alice, urn)).toMatchObject({ encrypted: true, unlocked: true });
    expect(await findMemory(cast.alice, urn)).toMatchObject({ encrypted: true, unlocked: true });
    expect(await findMemory(cast.agent, urn)).toMatchObject({ encrypted: true, unlocked: true });
    expect(await findMemory(cast.aliceElsewhere, urn)).toMatchObject({ encrypted: true, unlocked: false });
  });

  test('again is unlocking: with the password, and with no other', async () => {
    await encrypt(cast.alice, urn);
    await lock(cast.alice, urn);
    expect(await codeOf(cast.alice, encryptMutation, { urn, password: 'another password' })).toBe(
      'WRONG_PASSWORD',
    );
    expect(await findMemory(cast.alice, urn)).toMatchObject({ unlocked: false });
    expect(await encrypt(cast.alice, urn)).toMatchObject({ unlocked: true });
  });

  test.each([0, 1, 2])(
    'is refused with nothing changed, or there, when Redis goes away after %i words; again is never wrong',
    async (puts) => {
      putsLeft = puts;
      const { errors, data } = await cast.alice.ask<{ encryptMemory: object }>(encryptMutation, {
        urn,
        password,
      });
      putsLeft = undefined;
      if (puts === 0) {
        expect(errors?.[0]?.extensions.code).toBe('STORAGE_UNAVAILABLE');
        expect(await findMemory(cast.alice, urn)).toMatchObject({ encrypted: false });
      } else {
        expect(data?.encryptMemory).toMatchObject({ encrypted: true, unlocked: puts > 1 });
      }
      expect(await encrypt(cast.alice, urn)).toMatchObject({ encrypted: true, unlocked: true });
    },
  );

  test('twice at once makes one set of keys, and who was second holds the same', async () => {
    const both = await Promise.all([encrypt(cast.alice, urn), encrypt(cast.aliceElsewhere, urn)]);
    expect(both).toMatchObject([{ unlocked: true }, { unlocked: true }]);
    expect(
      await rows(
        backends,
        'select version from vault_keys k join memories m on m.id = k.memory_id where m.user_id = $1',
        ['alice'],
      ),
    ).toEqual([{ version: 1 }]);
  });

  test('is for its person alone, with a password worth the name', async () => {
    const given = { urn, password };
    for (const who of ['bob', 'admin', 'aliceOfGlobex'] as const) {
      expect(await codeOf(cast[who], encryptMutation, given)).toBe('NOT_FOUND');
      expect(await codeOf(cast[who], lockMutation, given)).toBe('NOT_FOUND');
    }
    for (const who of ['agent', 'account'] as const) {
      for (const mutation of [encryptMutation, unlockMutation, lockMutation]) {
        expect(await codeOf(cast[who], mutation, given)).toBe('PERMISSION_DENIED');
      }
      expect(await codeOf(cast[who], changeMutation, { ...given, newPassword: password })).toBe(
        'PERMISSION_DENIED',
      );
    }
    for (const weak of ['', '1234567', 'a'.repeat(257), 'of halves \ud800']) {
      expect(await cast.alice.refusal(encryptMutation, { urn, password: weak })).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'password',
      });
    }
    expect(await findMemory(cast.alice, urn)).toMatchObject({ encrypted: false });
  });
});

/** Reading a name takes the key. */
async function lookAtFiles(by: Api): Promise<void> {
  const who = by === cast.agent ? '(userId: "alice")' : '';
  await by.get(`{ agentAssets${who} { nodes { filename } } }`);
}

describe('unlocking', () => {
  beforeEach(async () => {
    await encrypt(cast.alice, urn);
    await lock(cast.alice, urn);
    await forgetAttempts(backends);
  });

  test('is for the session that gives the password', async () => {
    expect(await findMemory(cast.agent, urn)).toMatchObject({ unlocked: false });
    expect(await unlock(cast.aliceElsewhere, urn)).toMatchObject({ unlocked: true });
    expect(await findMemory(cast.alice, urn)).toMatchObject({ unlocked: false });
    expect(await findMemory(cast.agent, urn)).toMatchObject({ unlocked: true });
  });

  test('is of the sign-in, not of the token: a refreshed token of the session goes on', async () => {
    const sid = newId();
    const [first, refreshed] = await Promise.all(
      [1800, 3600].map((expiresInSeconds) => token('alice', { sid, expiresInSeconds })),
    );
    await unlock(makeApi(service.url, first ?? ''), urn);
    expect(await findMemory(makeApi(service.url, refreshed ?? ''), urn)).toMatchObject({ unlocked: true });
  });

  test('of one person’s memory is nothing to another who happens to have the same session id', async () => {
    const sid = newId();
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((sub) => token(sub, { sid })));
    await unlock(makeApi(service.url, alice ?? ''), urn);
    expect(await findMemory(makeApi(service.url, bob ?? ''), urn)).toBeNull();
  });

  test('a wrong password is told apart from no memory, from another’s and from another tenant’s by nothing', async () => {
    const tries: [Api, string][] = [
      [cast.alice, urn],
      [cast.alice, toMemoryUrn(newId())],
      [cast.alice, 'urn:askfile:memory:nonsense'],
      [cast.bob, urn],
      [cast.admin, urn],
      [cast.aliceOfGlobex, urn],
    ];
    const answers: object[] = [];
    for (const [api, of] of tries) {
      for (const [mutation, more] of [
        [unlockMutation, {}],
        // The new one is tried as well: it may have been changed already.
        [changeMutation, { newPassword: 'another password' }],
      ] as const) {
        const before = derived;
        // The right one where the memory is not theirs.
        const given = api === cast.alice && of === urn ? 'a wrong password' : password;
        const { errors } = await api.ask(mutation, { urn: of, password: given, ...more });
        answers.push({
          message: errors?.[0]?.message,
          ...errors?.[0]?.extensions,
          derived: derived - before,
        });
      }
    }
    expect(answers).toEqual(
      tries.flatMap(() => {
        const answer = { message: 'This is not the password of this memory.', code: 'WRONG_PASSWORD' };
        return [
          { ...answer, derived: 1 },
          { ...answer, derived: 2 },
        ];
      }),
    );
    expect(await findMemory(cast.alice, urn)).toMatchObject({ unlocked: false });
  });

  test('ends when it is not used for its time, and using it begins that anew', async () => {
    await unlock(cast.alice, urn);
    await answer(cast.alice, (await request(cast.agent)).id);
    const names = await redis.keys(`unlocked:*${urn.split(':').at(-1)}*`);
    expect(names).toHaveLength(2);
    for (const name of names) {
      const ttl = await redis.ttl(name);
      expect(ttl).toBeGreaterThan(1700);
      expect(ttl).toBeLessThanOrEqual(1800);
    }
    // Of both entries, also of the agent's, whenever its person uses the memory.
    for (const name of names) await redis.expire(name, 100);
    await lookAtFiles(cast.agent);
    expect(await Promise.all(names.map((name) => redis.ttl(name)))).toEqual([100, 100]);
    await lookAtFiles(cast.alice);
    for (const name of names) expect(await redis.ttl(name)).toBeGreaterThan(1700);
    for (const name of names) await redis.expire(name, 0);
    expect(await findMemory(cast.alice, urn)).toMatchObject({ unlocked: false });
  });

  test('is lost with Redis, and nothing worse', async () => {
    await unlock(cast.alice, urn);
    await redis.flushall();
    for (const who of ['alice', 'agent'] as const) {
      expect(await findMemory(cast[who], urn)).toMatchObject({ encrypted: true, unlocked: false });
    }
    expect(await unlock(cast.alice, urn)).toMatchObject({ unlocked: true });
  });

  test('what Redis holds serves no other session, memory or server', async () => {
    await unlock(cast.alice, urn);
    const other = await anotherDevice(cast.alice);
    const before = new Set(await redis.keys('unlocked:*'));
    await unlock(other, urn);
    const [added = ''] = (await redis.keys('unlocked:*')).filter((name) => !before.has(name));
    const values = await Promise.all([...before].map((name) => redis.getBuffer(name)));
    for (const value of values) {
      await redis.set(added, value ?? '');
      expect(await findMemory(other, urn)).toMatchObject({ unlocked: false });
    }
  });
});

describe('locking', () => {
  beforeEach(async () => {
    await encrypt(cast.alice, urn);
  });

  test('locks this session and the agent, and no other session', async () => {
    await unlock(cast.aliceElsewhere, urn);
    expect(await lock(cast.alice, urn)).toMatchObject({ unlocked: false });
    expect(await findMemory(cast.agent, urn)).toMatchObject({ unlocked: false });
    expect(await findMemory(cast.aliceElsewhere, urn)).toMatchObject({ unlocked: true });
  });
});

describe('another password', () => {
  const next = 'an even better password';

  beforeEach(async () => {
    await encrypt(cast.alice, urn);
    await unlock(cast.aliceElsewhere, urn);
    await forgetAttempts(backends);
  });

  test('opens what the old one did, which opens it no more', async () => {
    expect(await changePassword(cast.alice, urn, next)).toMatchObject({ unlocked: true });
    expect(await codeOf(cast.alice, unlockMutation, { urn, password })).toBe('WRONG_PASSWORD');
    expect(await unlock(cast.alice, urn, next)).toMatchObject({ unlocked: true });
  });

  test('locks every other session', async () => {
    await changePassword(cast.alice, urn, next);
    expect(await findMemory(cast.alice, urn)).toMatchObject({ unlocked: true });
    expect(await findMemory(cast.agent, urn)).toMatchObject({ unlocked: true });
    expect(await findMemory(cast.aliceElsewhere, urn)).toMatchObject({ unlocked: false });
  });

  test('asked for again, as when its answer was lost, is there and opens, and went on record once', async () => {
    await changePassword(cast.alice, urn, next);
    await lock(cast.alice, urn);
    expect(await changePassword(cast.alice, urn, next)).toMatchObject({ unlocked: true });
    expect(await changePassword(cast.aliceElsewhere, urn, next)).toMatchObject({ unlocked: true });
    expect(await changePassword(cast.alice, urn, next)).toMatchObject({ unlocked: true });
    const changes = (await auditOf(backends, urn)).filter(({ action }) => action === 'changeMemoryPassword');
    expect(changes).toEqual([{ action: 'changeMemoryPassword', subject: urn, details: {} }]);
  });

  test.each([0, 1, 2, 3])(
    'is refused with nothing changed, or there, when Redis goes away after %i words; again is never wrong',
    async (puts) => {
      putsLeft = puts;
      const { errors, data } = await cast.alice.ask<{ changeMemoryPassword: object }>(changeMutation, {
        urn,
        password,
        newPassword: next,
      });
      putsLeft = undefined;
      if (puts === 0) {
        expect(errors?.[0]?.extensions.code).toBe('STORAGE_UNAVAILABLE');
        expect(await unlock(cast.alice, urn)).toMatchObject({ unlocked: true });
      } else {
        // Done, whether or not it could be kept unlocked.
        expect(data?.changeMemoryPassword).toMatchObject({ encrypted: true, unlocked: puts > 1 });
        expect(await codeOf(cast.alice, unlockMutation, { urn, password })).toBe('WRONG_PASSWORD');
      }
      expect(await changePassword(cast.alice, urn, next)).toMatchObject({ unlocked: true });
    },
  );

  test('takes the old one, and has to be worth the name', async () => {
    const wrong = { urn, password: 'a wrong password', newPassword: next };
    expect(await codeOf(cast.alice, changeMutation, wrong)).toBe('WRONG_PASSWORD');
    expect(await cast.alice.refusal(changeMutation, { urn, password, newPassword: 'short' })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'newPassword',
    });
    expect(await unlock(cast.alice, urn)).toMatchObject({ unlocked: true });
  });

  test('of two at once, one holds, and the other’s was not the password any more', async () => {
    const changes = await Promise.all(
      [next, 'yet another password'].map((to) =>
        cast.alice.ask(changeMutation, { urn, password, newPassword: to }),
      ),
    );
    const codes = changes.map(({ errors }) => errors?.[0]?.extensions.code);
    expect([...codes].sort()).toEqual(['WRONG_PASSWORD', undefined]);
    const winner = codes[0] === undefined ? next : 'yet another password';
    expect(await unlock(cast.alice, urn, winner)).toMatchObject({ unlocked: true });
  });
});

describe('trying passwords', () => {
  beforeEach(async () => {
    await encrypt(cast.alice, urn);
    await forgetAttempts(backends);
  });

  test('stops after ten in ten minutes, right or wrong, and says when to come back', async () => {
    const attempt = () => cast.alice.ask(unlockMutation, { urn, password: 'a wrong password' });
    const answers = await Promise.all(Array.from({ length: 15 }, attempt));
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code);
    expect(codes.filter((code) => code === 'WRONG_PASSWORD')).toHaveLength(maxAttempts.person);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(5);
    const refusal = await cast.alice.refusal(unlockMutation, { urn, password });
    expect(refusal.code).toBe('RATE_LIMITED');
    expect(refusal['retryAfterSeconds']).toBeGreaterThan(500);
    expect(refusal['retryAfterSeconds']).toBeLessThanOrEqual(600);
    // Whatever it is that takes a password.
    expect(await codeOf(cast.alice, encryptMutation, { urn, password })).toBe('RATE_LIMITED');
    expect(await codeOf(cast.alice, changeMutation, { urn, password, newPassword: password })).toBe(
      'RATE_LIMITED',
    );
    await rows(backends, "update unlock_attempts set resets_at = now() - interval '1 second'");
    expect(await unlock(cast.alice, urn)).toMatchObject({ unlocked: true });
  });

  test('is counted for each person by themselves, but for an address and an organization together', async () => {
    for (let attempt = 0; attempt < maxAttempts.person; attempt += 1) {
      await cast.bob.ask(unlockMutation, { urn, password });
    }
    expect(await codeOf(cast.bob, unlockMutation, { urn, password })).toBe('RATE_LIMITED');
    expect(await unlock(cast.alice, urn)).toMatchObject({ unlocked: true });
    for (const subject of ['address 127.0.0.1', 'organization %']) {
      await forgetAttempts(backends);
      await unlock(cast.alice, urn);
      await rows(backends, 'update unlock_attempts set count = 1000 where subject like $1', [subject]);
      expect(await codeOf(cast.alice, unlockMutation, { urn, password })).toBe('RATE_LIMITED');
    }
  });

  test('right ones use up only the person’s own count', async () => {
    await unlock(cast.alice, urn);
    await unlock(cast.aliceElsewhere, urn);
    const counts = await rows<{ kind: string; count: number }>(
      backends,
      "select split_part(subject, ' ', 1) as kind, count from unlock_attempts order by subject",
    );
    expect(counts).toEqual([
      { kind: 'address', count: 0 },
      { kind: 'organization', count: 0 },
      { kind: 'person', count: 2 },
    ]);
  });

  test('more than once in a document is refused, and counts for nothing', async () => {
    const before = derived;
    const aliases = Array.from(
      { length: 20 },
      (_, n) => `a${n}: unlockMemory(urn: "${urn}", password: "guess ${n}") { urn }`,
    );
    const refusal = await cast.alice.refusal(`mutation { ${aliases.join(' ')} }`);
    expect(refusal.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(derived).toBe(before);
    expect(await rows(backends, 'select from unlock_attempts')).toEqual([]);
  });

  test('over a socket it is counted as over HTTP', async () => {
    await rows(
      backends,
      "insert into unlock_attempts select 'address 127.0.0.1', 1000, now() + interval '1 minute'",
    );
    const socket = cast.alice.subscribe(unlockMutation, { urn, password });
    await expect(socket.next()).rejects.toThrow('RATE_LIMITED');
    await socket.close();
  });
});

test('what was done with a memory is in the audit log, without a word of its password', async () => {
  await encrypt(cast.alice, urn);
  await lock(cast.alice, urn);
  await lock(cast.alice, urn);
  await cast.alice.refusal(unlockMutation, { urn, password: 'a wrong password' });
  await cast.bob.refusal(unlockMutation, { urn, password });
  await unlock(cast.alice, urn);
  await unlock(cast.alice, urn);
  await changePassword(cast.alice, urn, 'another password');
  expect(await auditOf(backends, urn)).toEqual([
    { action: 'encryptMemory', subject: urn, details: {} },
    { action: 'lockMemory', subject: urn, details: {} },
    { action: 'unlockMemory', subject: urn, details: { refusal: 'WRONG_PASSWORD' } },
    { action: 'unlockMemory', subject: urn, details: {} },
    { action: 'changeMemoryPassword', subject: urn, details: {} },
  ]);
});

import { AskfileError, createAgentClient, createPortalClient } from '../../src/client/index.js';
import { pdf, request, seedHeart } from '../support/heart.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { forgetAttempts, givenMemory, lockedMessage, password } from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  people = await seedHeart(service);
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

const fault = async (work: Promise<unknown>): Promise<AskfileError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AskfileError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
};

test('a person encrypts, locks, unlocks and answers; the agent reads while they do', async () => {
  const { url } = service;
  const portal = createPortalClient({ url, token: await token('alice') });
  const agent = createAgentClient({ url, appKey: people.agent.credential });
  const urn = await givenMemory(people);
  expect(await portal.memories.list()).toMatchObject([{ urn, encrypted: false, unlocked: true }]);
  expect(await portal.memories.encrypt(urn, password)).toMatchObject({ encrypted: true, unlocked: true });
  expect(await agent.memory(urn)).toMatchObject({ unlocked: true, agent: { name: 'Buno' } });
  expect(await portal.lock(urn)).toMatchObject({ unlocked: false });
  expect(await agent.memory(urn)).toMatchObject({ unlocked: false });

  const { id } = await request(people.agent);
  const file = new File([new Uint8Array(pdf())], 'last-will.pdf', { type: 'application/pdf' });
  const locked = await fault(portal.answer(id, file));
  expect([locked.code, locked.message, locked.extensions]).toEqual([
    'MEMORY_LOCKED',
    lockedMessage,
    { memoryUrn: urn },
  ]);
  expect((await fault(portal.unlock(urn, 'a wrong password'))).code).toBe('WRONG_PASSWORD');
  expect(await portal.unlock(urn, password)).toMatchObject({ unlocked: true });
  expect(await portal.answer(id, file)).toMatchObject({ filename: 'last-will.pdf' });
  expect(await agent.awaitResult(id)).toMatchObject({
    outcome: 'UPLOADED',
    asset: { filename: 'last-will.pdf' },
  });

  await portal.memories.changePassword(urn, { from: password, to: 'an even better password' });
  expect((await fault(portal.unlock(urn, password))).code).toBe('WRONG_PASSWORD');
  expect(await portal.memories.get(urn)).toMatchObject({ unlocked: true });
  expect(await portal.memories.get(`${urn}x`)).toBeUndefined();
});

test('too many tries are told at once, with the time to wait, and are not repeated', async () => {
  await forgetAttempts(backends);
  const portal = createPortalClient({ url: service.url, token: await token('mallory') });
  const tries = Array.from({ length: 11 }, () => fault(portal.unlock('urn:askfile:memory:none', 'a guess')));
  const faults = await Promise.all(tries);
  const limited = faults.filter(({ code }) => code === 'RATE_LIMITED');
  expect(faults.filter(({ code }) => code === 'WRONG_PASSWORD')).toHaveLength(10);
  expect(limited).toHaveLength(1);
  expect(limited[0]?.extensions['retryAfterSeconds']).toBeGreaterThan(500);
  const [counted] = await backends.database
    .executeSql("select count from unlock_attempts where subject like 'person % mallory'")
    .then(({ rows }) => rows);
  expect(counted).toEqual({ count: 11 });
});

import { makeApi, type Answer, type Api } from '../support/api.js';
import {
  awaitResult,
  begin,
  cancelMutation,
  completeMutation,
  declineMutation,
  fileOf,
  pdf,
  progressSubscription,
  promptsSubscription,
  put,
  request,
  requestUploadMutation,
  resultSubscription,
  seedHeart,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { makeTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

let backends: TestBackends;
/** In good health throughout; does the background work. */
let healthy: TestService;
/** Reaches each backend through a proxy that misbehaves. */
let shaky: TestService;
let proxies: Record<'postgres' | 'redis' | 'storage', TcpProxy>;
/** Before the shaky service itself. */
let door: TcpProxy;
let people: Awaited<ReturnType<typeof seedHeart>>;
let agent: Api;
let alice: Api;

beforeAll(async () => {
  backends = await openBackends();
  healthy = await openService(backends, { env: { PROMPT_LIMIT_PER_USER: '1000' } });
  const through = async (url: string) => {
    const { hostname, port } = new URL(url);
    const proxy = await makeTcpProxy({ to: { host: hostname, port: Number(port) } });
    return { proxy, url: Object.assign(new URL(url), { port: String(proxy.port) }).href };
  };
  const { endpoint } = backends.store.config;
  const [postgres, redis, storage] = await Promise.all([
    through(backends.database.url),
    through(backends.redis.url),
    through(endpoint),
  ]);
  proxies = { postgres: postgres.proxy, redis: redis.proxy, storage: storage.proxy };
  shaky = await openService(backends, {
    works: false,
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      STORAGE_ENDPOINT: storage.url,
      STORAGE_PUBLIC_URL: endpoint,
      DELIVERY_CHECK_SECONDS: '1',
      PROMPT_LIMIT_PER_USER: '1000',
    },
  });
  door = await makeTcpProxy({ to: { host: '127.0.0.1', port: Number(new URL(shaky.url).port) } });
  people = await seedHeart(healthy);
  agent = makeApi(shaky.url, people.agent.credential);
  alice = makeApi(shaky.url, people.alice.credential);
});

afterEach(async () => {
  for (const proxy of [...Object.values(proxies), door]) await proxy.heal();
  await endAll();
  await expectInvariants(backends);
});

afterAll(async () => {
  await door.close();
  await shaky.close();
  for (const proxy of Object.values(proxies)) await proxy.close();
  await healthy.close();
  await backends.close();
});

/** An operation that may be asked again; each round has its own. */
interface Operation {
  readonly name: string;
  /** What comes before, in good health; gives what is to be asked. */
  prepare(): Promise<() => Promise<Answer<object>>>;
}

const operations: readonly Operation[] = [
  {
    name: 'requestUpload',
    prepare: () => {
      const input = { userId: 'alice', prompt: 'a file', idempotencyKey: crypto.randomUUID() };
      return Promise.resolve(() => agent.ask(requestUploadMutation, { input }));
    },
  },
  {
    name: 'declineUpload',
    prepare: async () => {
      const { id } = await request(people.agent);
      return () => alice.ask(declineMutation, { id, note: 'not now' });
    },
  },
  {
    name: 'cancelUploadRequest',
    prepare: async () => {
      const { id } = await request(people.agent);
      return () => agent.ask(cancelMutation, { id });
    },
  },
  {
    name: 'completeUpload',
    prepare: async () => {
      const { id } = await request(people.agent);
      const bytes = pdf(id);
      const upload = await begin(people.alice, id, fileOf(bytes));
      await put(upload, bytes);
      return () =>
        alice.ask(`mutation($id: ID!) { completeUpload(uploadId: $id) { id } }`, { id: upload.id });
    },
  },
];

describe('Postgres', () => {
  test.each(operations)(
    'cut off at any moment of $name, asking again gives the one answer',
    async ({ prepare }) => {
      const asked: { ask: () => Promise<Answer<object>>; first: Answer<object> }[] = [];
      // Each answer in turn is lost, to beyond the last; so also that to a commit.
      for (let nth = 1; asked.filter(({ first }) => !first.errors).length < 2; nth += 1) {
        expect(nth).toBeLessThan(200);
        const ask = await prepare();
        await isHealthy();
        proxies.postgres.resetAtAnswer(nth);
        const first = await ask();
        await proxies.postgres.heal();
        if (first.errors !== undefined) expect(codeOf(first)).toBe('INTERNAL_SERVER_ERROR');
        asked.push({ ask, first });
      }
      // All at once, as a completion that was cut off holds its upload for a while.
      await Promise.all(asked.map(({ ask, first }) => expectOneAnswer(ask, first)));
    },
  );

  test('gone in the middle of a wait and back again, everybody hears of the end', async () => {
    for (const fault of ['reset', 'refuse'] as const) {
      await isHealthy();
      const waiters = await startWaiting();
      await proxies.postgres[fault]();
      // Announced while the waiting process can read nothing.
      await people.alice.get(declineMutation, { id: waiters.id });
      expect(codeOf(await agent.ask('{ viewer { id } }'))).toBe('INTERNAL_SERVER_ERROR');
      await proxies.postgres.heal();
      await waiters.expectEnd('DECLINED');
    }
  });

  test('restarted with all its connections, everybody hears of the end', async () => {
    await isHealthy();
    const waiters = await startWaiting();
    await backends.database.executeSql(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await succeed(() => people.alice.ask(declineMutation, { id: waiters.id }));
    await waiters.expectEnd('DECLINED');
  });
});

describe('storage', () => {
  const operation = operations.find(({ name }) => name === 'completeUpload');
  const prepare = () => operation?.prepare() ?? Promise.reject(new Error('no such operation'));

  test('cut off at any moment of a completion: STORAGE_UNAVAILABLE, and asking again gives the one answer', async () => {
    for (let nth = 1, survived = 0; survived < 2; nth += 1) {
      expect(nth).toBeLessThan(200);
      const ask = await prepare();
      proxies.storage.resetAtAnswer(nth);
      const first = await ask();
      await proxies.storage.heal();
      if (first.errors === undefined) survived += 1;
      else expect(codeOf(first)).toBe('STORAGE_UNAVAILABLE');
      await expectOneAnswer(ask, first);
    }
  });

  test('down or silent: STORAGE_UNAVAILABLE, and the upload is still there afterwards', async () => {
    for (const fault of ['refuse', 'stall'] as const) {
      const ask = await prepare();
      await proxies.storage[fault]();
      const first = await ask();
      await proxies.storage.heal();
      expect(codeOf(first)).toBe('STORAGE_UNAVAILABLE');
      await expectOneAnswer(ask, first);
    }
  });

  test('that loses its answers takes no prompt away: a person can still decline', async () => {
    const { id } = await request(people.agent);
    const bytes = pdf(id);
    const upload = await begin(alice, id, fileOf(bytes));
    await put(upload, bytes);
    proxies.storage.reset();
    expect(codeOf(await alice.ask(completeMutation, { id: upload.id }))).toBe('STORAGE_UNAVAILABLE');
    await alice.get(declineMutation, { id });
    await proxies.storage.heal();
    expect(await alice.refusal(completeMutation, { id: upload.id })).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'DECLINED',
    });
  });
});

describe('Redis', () => {
  test.each(['reset', 'refuse', 'stall'] as const)(
    'under %s costs time and no result; mutations need none of it',
    async (fault) => {
      await isHealthy();
      const waiters = await startWaiting();
      await proxies.redis[fault]();
      await alice.get(declineMutation, { id: waiters.id });
      await waiters.expectEnd('DECLINED');
      const { id } = await request(agent);
      await alice.get(declineMutation, { id });
      await proxies.redis.heal();
      await isHealthy();
      const later = await startWaiting();
      await people.alice.get(declineMutation, { id: later.id });
      await later.expectEnd('DECLINED');
    },
  );
});

describe('the answer of the service', () => {
  test.each(operations)(
    'to $name is lost after its commit, and asking again gives it',
    async ({ prepare }) => {
      const viaDoor = (api: Api) => makeApi(`http://127.0.0.1:${door.port}`, api.credential);
      const direct = { agent, alice };
      agent = viaDoor(direct.agent);
      alice = viaDoor(direct.alice);
      const ask = await prepare();
      const before = await countChanges();
      door.cutAfterBytes(1);
      await expect(ask()).rejects.toThrow();
      await until(async () => (await countChanges()) > before);
      await door.heal();
      const again = await succeed(ask);
      agent = direct.agent;
      alice = direct.alice;
      expect(await succeed(ask)).toEqual(again);
    },
  );
});

/** The first answer that is none of a fault. */
async function succeed(ask: () => Promise<Answer<object>>): Promise<object> {
  let found: object | undefined;
  await until(async () => {
    const { data, errors } = await ask();
    if (errors === undefined) found = data ?? undefined;
    else expect(['INTERNAL_SERVER_ERROR', 'STORAGE_UNAVAILABLE']).toContain(errors[0]?.extensions.code);
    return found !== undefined;
  });
  return found ?? {};
}

/** The shaky service has whole connections again. */
async function isHealthy(): Promise<void> {
  await until(async () => (await fetch(`${shaky.url}/readyz`)).ok);
}

function codeOf({ errors }: Answer<object>): string | undefined {
  return errors?.[0]?.extensions.code;
}

/** Whatever the first call said, a later one succeeds, and then each says the same. */
async function expectOneAnswer(ask: () => Promise<Answer<object>>, first: Answer<object>): Promise<void> {
  const again = await succeed(ask);
  if (first.errors === undefined) expect(again).toEqual(first.data);
  expect(await succeed(ask)).toEqual(again);
}

/** Begins again where the fault met it while it began; once it follows, it goes on by itself. */
async function waitForResult(id: string): Promise<ResultFields | undefined> {
  for (;;) {
    const subscription = agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id });
    try {
      const event = await subscription.next();
      expect(await subscription.next()).toBeUndefined();
      return event?.uploadResult;
    } catch (error) {
      // An event's errors are thrown as one error, those of the subscription itself as a list.
      const text = `${String(error)} ${JSON.stringify(error)}`;
      if (!text.includes('INTERNAL_SERVER_ERROR')) throw error;
    } finally {
      await subscription.close();
    }
  }
}

/** A prompt that is waited for in every way, in the shaky service. */
async function startWaiting() {
  const { id } = await request(people.agent);
  const result = waitForResult(id);
  const progress = agent.subscribe<{ uploadPromptProgress: PromptFields }>(progressSubscription, { id });
  const portal = alice.subscribe<{ uploadPrompts: { kind: string; prompts: PromptFields[] } }>(
    promptsSubscription,
  );
  expect((await progress.next())?.uploadPromptProgress).toMatchObject({ status: 'PENDING' });
  expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'SNAPSHOT', prompts: [{ id }] });
  return {
    id,
    /** A socket that was cut begins with the state again. */
    async expectEnd(outcome: string) {
      expect(await result).toMatchObject({ promptId: id, outcome });
      let seen: string | undefined;
      while (seen !== outcome) seen = (await progress.next())?.uploadPromptProgress.status;
      let isGone = false;
      while (!isGone) {
        const event = (await portal.next())?.uploadPrompts;
        isGone = event?.kind === 'RESOLVED' || (event?.kind === 'SNAPSHOT' && event.prompts.length === 0);
      }
      for (const subscription of [progress, portal]) await subscription.close();
      expect(await awaitResult(people.agent, id)).toMatchObject({ outcome });
    },
  };
}

async function endAll(): Promise<void> {
  const { uploadPrompts } = await people.agent.get<{ uploadPrompts: { nodes: PromptFields[] } }>(
    '{ uploadPrompts(status: [PENDING, UPLOADING], first: 100) { nodes { id } } }',
  );
  for (const { id } of uploadPrompts.nodes) await people.agent.get(cancelMutation, { id });
}

/** Of all prompts; each committed change of any adds one. */
async function countChanges(): Promise<number> {
  const { rows } = await backends.database.executeSql(
    'select coalesce(sum(version), 0)::int as count from upload_prompts',
  );
  return (rows as { count: number }[])[0]?.count ?? 0; // As selected.
}

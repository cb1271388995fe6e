import type { Answer, Api } from '../support/api.js';
import { makeApi } from '../support/api.js';
import {
  awaitResult,
  begin,
  cancelMutation,
  complete,
  completeMutation,
  declineMutation,
  fileOf,
  getPrompt,
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
  healthy = await openService(backends);
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
    },
  });
  door = await makeTcpProxy({ to: { host: '127.0.0.1', port: Number(new URL(shaky.url).port) } });
  people = await seedHeart(healthy);
  agent = makeApi(shaky.url, people.agent.credential);
  alice = makeApi(shaky.url, people.alice.credential);
});

afterEach(async () => {
  for (const proxy of [...Object.values(proxies), door]) await proxy.heal();
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
    async (operation) => {
      let survived = 0;
      // From the first answer on to beyond the last, so also between a commit and its answer.
      for (let bytes = 1; survived < 2; bytes += 60 + Math.floor(bytes / 10)) {
        expect(bytes).toBeLessThan(20_000);
        const ask = await operation.prepare();
        await isHealthy();
        proxies.postgres.resetAfterBytes(bytes);
        const { data, errors } = await ask();
        await proxies.postgres.heal();
        if (errors === undefined) survived += 1;
        else expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
        const again = await succeed(ask);
        if (errors === undefined) expect(again).toEqual(data);
        expect(await succeed(ask)).toEqual(again);
        await endAll();
      }
    },
    60_000,
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
  }, 15_000);
  return found ?? {};
}

/** The shaky service has whole connections again. */
async function isHealthy(): Promise<void> {
  await until(async () => (await fetch(`${shaky.url}/readyz`)).ok, 10_000);
}

/** A person has room for a few prompts only. */
async function endAll(): Promise<void> {
  const { uploadPrompts } = await people.agent.get<{ uploadPrompts: { nodes: PromptFields[] } }>(
    '{ uploadPrompts(status: [PENDING, UPLOADING]) { nodes { id } } }',
  );
  for (const { id } of uploadPrompts.nodes) await people.agent.get(cancelMutation, { id });
}

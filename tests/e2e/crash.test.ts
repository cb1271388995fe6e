import { Redis } from 'ioredis';
import { createAgentClient } from '../../src/client/index.js';
import { findFreePort } from '../../src/embedded/free-port.js';
import { makeFakeClamd } from '../support/fake-clamd.js';
import {
  answer,
  awaitResult,
  getPrompt,
  promptsSubscription,
  request,
  resultSubscription,
  seedHeart,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends } from '../support/service.js';
import { spawnService, type SpawnedService } from '../support/spawn-service.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let running: SpawnedService[];

beforeEach(async () => {
  backends = await openBackends();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.kill('SIGKILL')));
  await backends.close();
});

async function spawn(env: Record<string, string> = {}, entry: 'main' | 'worker' = 'main') {
  const settings = { ...backends.env, LOG_LEVEL: 'info', ...env };
  const service = await spawnService({ entry, env: settings });
  running.push(service);
  return service;
}

test('killed while an agent waits, it is started again: the answer comes, once; a deadline meanwhile holds', async () => {
  const PORT = String(await findFreePort());
  const first = await spawn({ PORT });
  const { agent, alice } = await seedHeart(first);
  const redis = new Redis(backends.redis.url);
  const client = createAgentClient({ url: first.url, appKey: agent.credential, retry: { maxDelayMs: 200 } });
  const progress: string[] = [];
  const asked = client.requestUpload(
    { userId: 'alice', prompt: 'a copy of your business plan' },
    { onProgress: ({ id, status }) => progress.push(id, status) },
  );
  await until(() => progress.length > 0);
  const [id = ''] = progress;
  const late = await request(agent);
  const waiting = [id, late.id].map((prompt) =>
    agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id: prompt }),
  );
  const results = waiting.map((subscription) => subscription.next());
  const portal = alice.subscribe<{ uploadPrompts: { kind: string; prompts: PromptFields[] } }>(
    promptsSubscription,
  );
  expect((await portal.next())?.uploadPrompts.prompts).toHaveLength(2);
  await until(async () => (await redis.pubsub('CHANNELS', 'prompt:*')).length === 2);

  await first.kill('SIGKILL');
  await backends.database.executeSql('update upload_prompts set expires_at = now() where id = $1', [late.id]);
  await spawn({ PORT });
  // The portal is back by itself, with what is open now.
  expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'SNAPSHOT', prompts: [{ id }] });
  const asset = await answer(alice, id);

  const result = await asked;
  expect(result).toMatchObject({ promptId: id, outcome: 'UPLOADED', asset: { id: asset.id } });
  expect((await results[0])?.uploadResult).toMatchObject({ outcome: 'UPLOADED', assets: [{ id: asset.id }] });
  expect((await results[1])?.uploadResult).toMatchObject({ outcome: 'TIMEOUT', reason: 'NO_ANSWER' });
  for (const subscription of waiting) {
    expect(await subscription.next()).toBeUndefined();
    await subscription.close();
  }
  expect(await getPrompt(agent, late.id)).toMatchObject({ status: 'TIMEOUT', version: 2 });
  expect(await awaitResult(agent, id)).toMatchObject({ outcome: 'UPLOADED', assets: [{ id: asset.id }] });
  await portal.close();
  redis.disconnect();
  await expectInvariants(backends);
});

test('a scan whose worker is killed is done by another', async () => {
  const clamd = await makeFakeClamd();
  const env = { SCANNER: 'clamd', CLAMD_PORT: String(clamd.port) };
  const api = await openService(backends, { env, works: false });
  const { agent, alice } = await seedHeart(api);
  clamd.behave({ kind: 'deaf' });
  const doomed = await spawn(env, 'worker');
  const asset = await answer(alice, (await request(agent)).id);
  await until(() => clamd.connections() > 0);
  // Whoever connects from now on is answered.
  clamd.behave({ kind: 'answer', text: 'stream: OK\0' });
  await spawn(env, 'worker');
  await doomed.kill('SIGKILL');
  const find = () =>
    agent.get<{ asset: { scanStatus: string; sha256: string | null } }>(
      'query($id: ID!) { asset(id: $id) { scanStatus sha256 } }',
      asset,
    );
  await until(async () => (await find()).asset.scanStatus === 'CLEAN');
  await expectInvariants(backends);
  await api.close();
  await clamd.close();
});

import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFreePort } from '../../src/embedded/free-port.js';
import { makeDataDir } from '../support/embedded-config.js';
import { openGraphqlSocket } from '../support/graphql-socket.js';
import {
  answer,
  awaitResult,
  begin,
  complete,
  fileOf,
  pdf,
  promptsSubscription,
  put,
  request,
  requestUploadMutation,
  resultSubscription,
  seedHeart,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { findProcessesOf } from '../support/processes.js';
import { processed, upload } from '../support/processing.js';
import { jwtSecret } from '../support/service.js';
import { complaintsOf, spawnService, startProcess, type SpawnedService } from '../support/spawn-service.js';
import { until } from '../support/until.js';

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let env: Record<string, string>;
let running: SpawnedService[];

beforeEach(async () => {
  folder = await makeDataDir();
  env = { DATA_DIR: folder.dataDir, AUTH_JWT_SECRET: jwtSecret, PORT: '0', PROMPT_LIMIT_PER_USER: '10000' };
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.kill('SIGKILL')));
  await until(() => findProcessesOf(folder.dataDir).length === 0);
  await folder.remove();
});

async function spawn(more: Record<string, string> = {}) {
  const service = await spawnService({ env: { ...env, ...more } });
  running.push(service);
  return service;
}

test('with only a folder to its name, killed and started again, it has lost nothing that it acknowledged', async () => {
  const PORT = String(await findFreePort());
  let service = await spawn({ PORT });
  const { agent, alice } = await seedHeart(service);
  const waiting = await request(agent);
  const result = agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id: waiting.id });
  const first = result.next();
  const asked = new Map<string, string>();
  const assets = new Map<string, Buffer>();
  for (let round = 0; round < 2; round += 1) {
    const before = asked.size;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; ; n += 1) {
        const key = `${round} ${writer} ${n}`;
        const input = { userId: 'alice', prompt: 'a file', idempotencyKey: key };
        const { id } = await request(agent, input);
        asked.set(key, id);
        if (n % 3 !== 0) continue;
        const bytes = pdf(key);
        const upload = await begin(alice, id, fileOf(bytes));
        await put(upload, bytes);
        assets.set((await complete(alice, upload.id)).id, bytes);
      }
    }).map((writer) => writer.catch(() => undefined)); // Ends with the service.
    await until(() => asked.size > before + 20);
    await service.kill('SIGKILL');
    await Promise.all(writers);
    service = await spawn({ PORT });
  }
  for (const [idempotencyKey, id] of asked) {
    const input = { userId: 'alice', prompt: 'a file', idempotencyKey };
    const { requestUpload } = await agent.get<{ requestUpload: PromptFields }>(requestUploadMutation, {
      input,
    });
    expect(requestUpload.id).toBe(id);
  }
  expect(assets.size).toBeGreaterThanOrEqual(2);
  for (const [id, bytes] of assets) {
    const scanned = async () =>
      (
        await agent.get<{ asset: { scanStatus: string } }>(
          'query($id: ID!) { asset(id: $id) { scanStatus } }',
          { id },
        )
      ).asset.scanStatus;
    await until(async () => (await scanned()) === 'CLEAN');
    const { createDownloadUrl } = await agent.get<{ createDownloadUrl: { url: string } }>(
      'mutation($id: ID!) { createDownloadUrl(assetId: $id) { url } }',
      { id },
    );
    const download = await fetch(createDownloadUrl.url);
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  }
  const asset = await answer(alice, waiting.id);
  expect((await first)?.uploadResult).toMatchObject({ outcome: 'UPLOADED', assets: [{ id: asset.id }] });
  await result.close();
});

test('a second start on the same folder says who runs there, and harms nobody', async () => {
  const service = await spawn();
  const second = startProcess({ env });
  expect(await second.end()).toBe(1);
  expect(second.lines.join('\n')).toContain(
    `Another Askfile is running on ${folder.dataDir} (pid ${service.pid})`,
  );
  const { agent, alice } = await seedHeart(service);
  await answer(alice, (await request(agent)).id);
});

test('it leaves nothing in the folder for temporary files, where it would be in the way of another user', async () => {
  const TMPDIR = join(dirname(folder.dataDir), 'tmp');
  await mkdir(TMPDIR);
  const service = await spawn({ TMPDIR });
  const people = await seedHeart(service);
  const asset = await upload(people, 'plan.txt', 'text/plain', Buffer.from('A plan'));
  expect(await processed(people.alice, asset)).toMatchObject({ status: 'DONE', text: 'A plan' });
  // What compiles it for this test keeps that there, by the user's number.
  expect((await readdir(TMPDIR)).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
});

test.each(['SIGTERM', 'SIGINT to the whole group, as Ctrl-C sends it'])(
  'asked to stop by %s, it closes sockets so that clients come back, and ends in good order',
  async (how) => {
    const service = await spawn();
    const { agent, alice } = await seedHeart(service);
    const { id } = await request(agent);
    const sockets = await Promise.all(
      [agent, alice].map(({ credential }) =>
        openGraphqlSocket(`${service.url}/graphql`, { authorization: credential }),
      ),
    );
    sockets[0]?.subscribe('s', resultSubscription, { id });
    sockets[1]?.subscribe('s', promptsSubscription);
    await sockets[1]?.receive('s');
    const polled = awaitResult(agent, id, 2).catch(() => 'cut');
    const code = how === 'SIGTERM' ? service.kill('SIGTERM') : service.interrupt();
    for (const socket of sockets) expect(await socket.closed()).toMatchObject({ code: 1012 });
    // One that has arrived is answered; it may have come just too late.
    expect([null, 'cut']).toContain(await polled);
    expect(await code).toBe(0);
    expect(complaintsOf(service)).toEqual([]);
    expect(findProcessesOf(folder.dataDir)).toEqual([]);
  },
  60_000,
);

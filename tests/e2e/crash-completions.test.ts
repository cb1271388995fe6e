import { makeApi } from '../support/api.js';
import { begin, complete, fileOf, pdf, put, request, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, type TestBackends } from '../support/service.js';
import { spawnService, type SpawnedService } from '../support/spawn-service.js';

let backends: TestBackends;
/** Also those that are still starting. */
let running: Promise<SpawnedService>[];

beforeEach(async () => {
  backends = await openBackends();
  running = [];
});

afterEach(async () => {
  await Promise.allSettled(running.map(async (service) => (await service).kill('SIGKILL')));
  await backends.close();
});

test('killed at any moment of completions, asking again makes one row and one object of each', async () => {
  const spawn = () => {
    const settings = {
      ...backends.env,
      LOG_LEVEL: 'info',
      PROMPT_LIMIT_PER_USER: '1000',
      UPLOAD_MIN_LEASE_SECONDS: '600',
    };
    const service = spawnService({ env: settings });
    running.push(service);
    return service;
  };
  let next = spawn();
  const { agent, alice } = await seedHeart(await next);
  const uploadIds: string[] = [];
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 10; round += 1) {
    const service = await next;
    next = spawn();
    const person = makeApi(service.url, alice.credential);
    const asking = makeApi(service.url, agent.credential);
    const uploads = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { id } = await request(asking);
        const bytes = pdf(id);
        const upload = await begin(person, id, fileOf(bytes));
        await put(upload, bytes);
        return upload.id;
      }),
    );
    uploadIds.push(...uploads);
    const completions = uploads.map((id) =>
      complete(person, id).then(
        (asset) => acknowledged.set(id, asset.id),
        () => undefined, // Its caller lost the connection, and asks again below.
      ),
    );
    // At random, somewhere in the some 100 ms that they take.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
    await service.kill('SIGKILL');
    await Promise.all(completions);
  }
  const person = makeApi((await next).url, alice.credential);
  const assets = await Promise.all(uploadIds.map((id) => complete(person, id)));
  expect(new Set(assets.map(({ id }) => id)).size).toBe(uploadIds.length);
  for (const [uploadId, assetId] of acknowledged) {
    expect(assets[uploadIds.indexOf(uploadId)]?.id).toBe(assetId);
  }
  await expectInvariants(backends, 40_000);
});

import { findFreePort } from '../../src/embedded/free-port.js';
import { seedHeart } from '../support/heart.js';
import { processed, upload } from '../support/processing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService;
let worker: TestService;

beforeAll(async () => {
  backends = await openBackends();
  const env = { PROCESSING: 'true' };
  service = await openService(backends, { works: false, env });
  worker = await openService(backends, { serves: false, env });
});
afterAll(async () => {
  await worker.close();
  await service.close();
  await backends.close();
});

const get = (path: string) => fetch(`${worker.probesUrl}${path}`);

test('a worker says how it is, and serves nobody', async () => {
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await get('/readyz')).json()).toMatchObject({ postgres: 'ok', redis: 'ok', storage: 'ok' });
  for (const path of ['/', '/graphql', '/v1/assets']) expect((await get(path)).status).toBe(404);
});

test('what it has looked into is told by it, not by those who serve', async () => {
  const people = await seedHeart(service);
  const asset = await upload(people, 'plan.txt', 'text/plain', Buffer.from('A plan'));
  expect(await processed(people.alice, asset)).toMatchObject({ status: 'DONE', text: 'A plan' });
  const counted = /^askfile_processing_seconds_count\{kind="TEXT"\} 1$/m;
  expect(await (await get('/metrics')).text()).toMatch(counted);
  expect(await (await fetch(`${service.probesUrl}/metrics`)).text()).not.toMatch(counted);
});

test('a second one on the same port is told by which setting it gets another', async () => {
  const WORKER_PORT = String(await findFreePort());
  const first = await openService(backends, { serves: false, env: { WORKER_PORT } });
  await expect(openService(backends, { serves: false, env: { WORKER_PORT } })).rejects.toThrow(
    `Port ${WORKER_PORT} on localhost is in use: set WORKER_PORT to another one, or stop what listens there.`,
  );
  await first.close();
});

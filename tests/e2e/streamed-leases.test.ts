import { abortMutation, pdf, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { beginForm, formHead, formTail } from '../support/rest.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { spawnService } from '../support/spawn-service.js';
import { rows, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

/** Renewed three times as often. */
const env = { UPLOAD_MIN_LEASE_SECONDS: '3' };
const largest = 4 * 2 ** 30;

let backends: TestBackends;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env });
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

interface UploadRow {
  id: string;
  status: string;
  expires_at: Date;
}

async function latestUpload(): Promise<UploadRow | undefined> {
  const [row] = await rows<UploadRow>(
    backends,
    'select id, status, expires_at from uploads order by created_at desc, id desc limit 1',
  );
  return row;
}

async function listParted(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of service.adapters.objects.listMultipartUploads('')) keys.push(key);
  return keys;
}

test('of a process that is killed while bytes arrive, quota and bytes are soon free again', async () => {
  const doomed = await spawnService({
    env: { ...backends.env, ...env, RUN_JOBS: 'false', LOG_LEVEL: 'info' },
  });
  const { alice } = await seedHeart(doomed, 'killed');
  const { outgoing, answered } = beginForm(alice, { 'content-length': String(largest) });
  answered.catch(() => undefined); // Its connection ends with the process.
  outgoing.write(formHead);
  outgoing.write(Buffer.alloc(9 * 2 ** 20, 'x'));
  await until(async () => (await listParted()).length === 1);
  expect((await usageOf(backends, 'killed')).reserved).toBeGreaterThan(largest - 1000);
  await doomed.kill('SIGKILL');
  await until(async () => (await usageOf(backends, 'killed')).reserved === 0);
  expect(await latestUpload()).toMatchObject({ status: 'EXPIRED' });
  await until(async () => (await listParted()).length === 0);
});

test('bytes that come for longer than a lease are all taken', async () => {
  const { alice } = await seedHeart(service, 'slow');
  // Of a file so large, a minute more than its lease is allowed.
  const [content, rest] = [pdf(), `${'x'.repeat(4 * 2 ** 20)}${formTail}`];
  const length = formHead.length + content.length + rest.length;
  const { outgoing, answered } = beginForm(alice, { 'content-length': String(length) });
  outgoing.write(formHead);
  outgoing.write(content);
  await until(async () => (await latestUpload())?.status === 'OPEN');
  for (let renewals = 0; renewals < 4; renewals += 1) {
    const before = await latestUpload();
    await until(async () => ((await latestUpload())?.expires_at ?? 0) > (before?.expires_at ?? 0));
  }
  outgoing.end(rest);
  expect(await answered).toMatchObject({ status: 201 });
  const used = length - formHead.length - formTail.length;
  expect(await usageOf(backends, 'slow')).toEqual({ used, reserved: 0 });
});

test('whose upload is let go elsewhere is told so, however little of it came', async () => {
  const { alice } = await seedHeart(service, 'ended');
  const { outgoing, answered } = beginForm(alice, { 'content-length': String(largest) });
  outgoing.write(`${formHead}%PDF`);
  await until(async () => (await latestUpload())?.status === 'OPEN');
  await alice.get(abortMutation, { id: (await latestUpload())?.id });
  const { text } = await answered;
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'UPLOAD_NOT_FOUND' } });
  outgoing.destroy();
  expect(await usageOf(backends, 'ended')).toEqual({ used: 0, reserved: 0 });
});

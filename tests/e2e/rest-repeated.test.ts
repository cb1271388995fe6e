import { newId } from '../../src/core/ids.js';
import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import { beginDirect } from '../support/direct.js';
import { fileOf, pdf, scanned } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import { beginForm, formHead, formOf, formTail, post } from '../support/rest.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows, runAllJobs, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

afterAll(async () => {
  await runAllJobs(backends, service);
  await expectInvariants(backends);
});
openForAll({}, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
});

const bytes = pdf('sent again');
const send = (by: Api, key: string, fields: Record<string, string> = {}, content = bytes) =>
  post(by, formOf(fields, content), { 'idempotency-key': key });
const isComing = async () => (await rows(backends, `select from uploads where status = 'OPEN'`)).length > 0;

test('once it is stored, the same asset is answered, and counts once', async () => {
  const before = await usageOf(backends);
  const key = newId();
  const first = await send(cast.agent, key);
  await scanned(cast.agent, { id: String(first.body['id']) });
  const again = await send(cast.agent, key);
  expect([first.status, again.status]).toEqual([201, 201]);
  const { scanStatus, sha256, updatedAt } = again.body;
  expect(scanStatus).toBe('CLEAN');
  expect(again.body).toEqual({ ...first.body, scanStatus, sha256, updatedAt });
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(await usageOf(backends)).toEqual({ ...before, used: before.used + bytes.length });
});

test('a large file is not waited for twice', async () => {
  const key = newId();
  const large = Buffer.concat([bytes, Buffer.alloc(30 * 2 ** 20)]);
  const first = await send(cast.agent, key, {}, large);
  const again = await send(cast.agent, key, {}, large);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body['id']).toBe(first.body['id']);
});

test('of several at once one is stored, and the others are told to come back', async () => {
  const key = newId();
  const answers = await Promise.all(Array.from({ length: 4 }, () => send(cast.alice, key)));
  const stored = answers.filter(({ status }) => status === 201);
  expect(new Set(stored.map(({ body }) => body['id'])).size).toBe(1);
  for (const { status, headers, body } of answers.filter((answer) => !stored.includes(answer))) {
    expect([status, headers.get('retry-after')]).toEqual([409, '5']);
    expect(body).toMatchObject({ error: { code: 'UPLOAD_IN_PROGRESS' } });
  }
  expect((await send(cast.alice, key)).body['id']).toBe(stored[0]?.body['id']);
});

test('while its bytes are still coming it is refused, and leaves them alone', async () => {
  const key = newId();
  const contentLength = formHead.length + bytes.length + formTail.length;
  const { outgoing, answered } = beginForm(cast.alice, {
    'idempotency-key': key,
    'content-length': String(contentLength),
  });
  // The parser tells of a file with its first bytes.
  const [begun, rest] = [bytes.subarray(0, 9), bytes.subarray(9)];
  outgoing.write(Buffer.concat([Buffer.from(formHead), begun]));
  await until(isComing);
  const again = await post(cast.alice, formOf({ filename: 'a.pdf' }, bytes), { 'idempotency-key': key });
  expect([again.status, again.body.error?.code]).toEqual([409, 'UPLOAD_IN_PROGRESS']);
  outgoing.end(Buffer.concat([rest, Buffer.from(formTail)]));
  const answer = await answered;
  expect(answer.status).toBe(201);
  const after = await post(cast.alice, formOf({ filename: 'a.pdf' }, bytes), { 'idempotency-key': key });
  expect(after.body['id']).toBe((JSON.parse(answer.text) as { id: string }).id);
});

test('of one that was given up it is a new one', async () => {
  const key = newId();
  const { outgoing, answered } = beginForm(cast.alice, { 'idempotency-key': key, 'content-length': '5000' });
  answered.catch(() => undefined);
  outgoing.write(`${formHead}%PDF-1.7\n`);
  await until(isComing);
  outgoing.destroy();
  await until(async () => !(await isComing()));
  expect((await send(cast.alice, key)).status).toBe(201);
});

test('keys are their sender’s own', async () => {
  const key = newId();
  const stored = [];
  for (const by of [cast.alice, cast.bob, cast.agent]) stored.push((await send(by, key)).body['id']);
  expect(new Set(stored).size).toBe(3);
});

test('another file, other fields or another way under the same key are refused', async () => {
  const key = newId();
  await send(cast.alice, key);
  for (const other of [
    await send(cast.alice, key, { description: 'another' }),
    await send(cast.alice, key, {}, pdf('of another length')),
  ]) {
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ error: { code: 'IDEMPOTENCY_CONFLICT', field: 'Idempotency-Key' } });
  }
  const file = { ...fileOf(bytes), filename: 'plan.pdf' };
  await expect(beginDirect(cast.alice, { file, idempotencyKey: key })).rejects.toThrow(/idempotency key/);
});

test.each(['', 'x'.repeat(256)])('keys are 1 to 255 characters: %j is none', async (key) => {
  const { status, body } = await send(cast.alice, key);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { code: 'BAD_USER_INPUT', field: 'Idempotency-Key' } });
  expect(await isComing()).toBe(false);
});

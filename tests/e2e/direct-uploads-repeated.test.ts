import { newId } from '../../src/core/ids.js';
import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import { beginDirect, beginDirectMutation } from '../support/direct.js';
import { abortMutation, complete, fileOf, pdf, put } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';
import { usageOf } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;

afterAll(() => expectInvariants(backends));
openForAll({}, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
});

const bytes = pdf();
const file = fileOf(bytes);

const refusal = (by: Api, input: object) =>
  by.refusal(beginDirectMutation, { input: { file, spaceId, ...input } });

const again = (by: Api, idempotencyKey: string, more: object = {}) =>
  beginDirect(by, { file, spaceId, idempotencyKey, ...more });

test('is the same upload, reserved once: open, complete, and of several at once', async () => {
  const before = await usageOf(backends);
  const key = newId();
  const begun = await Promise.all(Array.from({ length: 5 }, () => again(cast.alice, key)));
  const { id } = await again(cast.aliceElsewhere, key);
  expect(new Set(begun.map((upload) => upload.id))).toEqual(new Set([id]));
  expect(await usageOf(backends)).toEqual({ ...before, reserved: before.reserved + bytes.length });
  await put(await again(cast.alice, key), bytes);
  const asset = await complete(cast.alice, id);
  expect((await again(cast.alice, key)).id).toBe(id);
  expect((await complete(cast.alice, id)).id).toBe(asset.id);
});

test('is another one where the first has ended without a file', async () => {
  const key = newId();
  const { id } = await again(cast.alice, key);
  await cast.alice.get(abortMutation, { id });
  const anew = await again(cast.alice, key);
  expect(anew.id).not.toBe(id);
  await cast.alice.get(abortMutation, anew);
});

test('is another one of another creator, whose key it is then', async () => {
  const key = newId();
  const begun = [];
  for (const by of [cast.alice, cast.bob, cast.agent]) begun.push({ by, id: (await again(by, key)).id });
  expect(new Set(begun.map(({ id }) => id)).size).toBe(3);
  for (const { by, id } of begun) await by.get(abortMutation, { id });
});

test('is the same one in whichever order its metadata come', async () => {
  const key = newId();
  const execution = (metadata: object) => ({ execution: { executionId: 'run-1', metadata } });
  const { id } = await again(cast.agent, key, execution({ a: 1, b: { c: 2, d: [3] } }));
  const same = await again(cast.agent, key, execution({ b: { d: [3], c: 2 }, a: 1 }));
  expect(same.id).toBe(id);
  await cast.agent.get(abortMutation, { id });
});

test('is refused where it asks for something else', async () => {
  const key = newId();
  const execution = { executionId: 'run-1', metadata: { n: 1 } };
  const { id } = await again(cast.agent, key, { execution });
  for (const other of [
    { file: { ...file, sizeBytes: file.sizeBytes + 1 } },
    { file: { ...file, description: 'another' } },
    { execution: { ...execution, metadata: { n: 2 } } },
  ]) {
    const input = { execution, idempotencyKey: key, ...other };
    expect(await refusal(cast.agent, input)).toEqual({
      code: 'IDEMPOTENCY_CONFLICT',
      field: 'idempotencyKey',
    });
  }
  await cast.agent.get(abortMutation, { id });
});

test.each(['', 'x'.repeat(256), 'a\0b', '\ud800'])('keys are text: %j is none', async (idempotencyKey) => {
  expect(await refusal(cast.alice, { idempotencyKey })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'idempotencyKey',
  });
});

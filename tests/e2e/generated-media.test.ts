import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import { beginDirect, beginDirectMutation, uploadDirect } from '../support/direct.js';
import { abortMutation, agentUrn, fileOf, pdf } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';

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

const file = fileOf(pdf());

const refusal = (by: Api, input: object) =>
  by.refusal(beginDirectMutation, { input: { file, spaceId, ...input } });

const execution = {
  executionId: 'run-2024-001',
  provider: 'elevenlabs',
  metadata: { model: 'v3', cost: 0.25, voices: ['a', null], 'a key': { deep: true } },
};
const query =
  'query($id: ID!) { asset(id: $id) { agentUrn executionId provider metadata uploadedBy { kind } } }';
const generated = async (by: Api, more: object) => {
  const { id } = await uploadDirect(by, { spaceId, ...more });
  return (await cast.alice.get<{ asset: object }>(query, { id })).asset;
};

test('keeps what its execution says of it', async () => {
  expect(await generated(cast.agent, { execution })).toEqual({
    ...execution,
    agentUrn,
    uploadedBy: { kind: 'APP' },
  });
  expect(await generated(cast.account, { execution: { ...execution, agentUrn } })).toMatchObject({
    agentUrn,
  });
  expect(await generated(cast.agent, { execution: { executionId: 'x' } })).toMatchObject({
    executionId: 'x',
    provider: null,
    metadata: {},
  });
});

test('what an App stores is its agent’s, what a person stores is nobody’s', async () => {
  const nothing = { executionId: null, provider: null, metadata: {} };
  expect(await generated(cast.agent, {})).toMatchObject({ ...nothing, agentUrn });
  expect(await generated(cast.alice, {})).toMatchObject({ ...nothing, agentUrn: null });
});

test('is of the App’s own agent, or of one that exists', async () => {
  const of = (urn: string) => ({ execution: { ...execution, agentUrn: urn } });
  expect(await refusal(cast.otherAgent, of(agentUrn))).toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(await refusal(cast.agent, of('urn:agent:nobody'))).toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(await refusal(cast.alice, of('urn:agent:nobody'))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await refusal(cast.alice, of('nothing'))).toMatchObject({ code: 'NOT_FOUND' });
});

const nested = (depth: number): object => (depth === 1 ? {} : { inner: nested(depth - 1) });
test.each([
  ['an empty id', 'executionId', { executionId: '' }],
  ['a long id', 'executionId', { executionId: 'x'.repeat(256) }],
  ['an id of two lines', 'executionId', { executionId: 'a\nb' }],
  ['an id with a NUL', 'executionId', { executionId: 'a\0b' }],
  ['an empty provider', 'provider', { provider: '' }],
  ['a long provider', 'provider', { provider: 'x'.repeat(101) }],
  ['a provider that turns text around', 'provider', { provider: 'a\u202eb' }],
  ['large metadata', 'metadata', { metadata: { a: 'é'.repeat(8 * 1024) } }],
  ['metadata with a NUL', 'metadata', { metadata: { a: ['x\0'] } }],
  ['metadata with a NUL in a name', 'metadata', { metadata: { a: { 'x\0': 1 } } }],
  ['metadata with half a character', 'metadata', { metadata: { a: '\ud800' } }],
  ['metadata that is nested too deep', 'metadata', { metadata: nested(33) }],
  ['metadata that is nested far too deep', 'metadata', { metadata: nested(2000) }],
])('with %s is refused', async (_what, field, wrong) => {
  const refused = await refusal(cast.agent, { execution: { ...execution, ...wrong } });
  expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: `execution.${field}` });
});

test('at the limits is taken', async () => {
  const overhead = JSON.stringify({ a: '' }).length;
  for (const most of [
    { executionId: 'x'.repeat(255), provider: 'y'.repeat(100) },
    { metadata: { a: 'x'.repeat(16 * 1024 - overhead) } },
    { metadata: nested(32) },
  ]) {
    const begun = await beginDirect(cast.agent, { spaceId, file, execution: { ...execution, ...most } });
    await cast.agent.get(abortMutation, { id: begun.id });
  }
});

test('metadata is an object', async () => {
  for (const metadata of ['text', 1, ['a']]) {
    const refused = await refusal(cast.agent, { execution: { ...execution, metadata } });
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT' });
  }
});

import {
  abortMutation,
  agentUrn,
  awaitQuery,
  begin,
  beginMutation,
  cancelMutation,
  completeMutation,
  declineMutation,
  enable,
  fileOf,
  pdf,
  request,
  requestUploadMutation,
  resultSubscription,
  seedHeart,
  type PromptFields,
} from '../support/heart.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { movePrompt, rows } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll({}, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});

/** Every open prompt ends, so that the next test starts with none. */
afterEach(() => rows(backends, "update upload_prompts set status = 'TIMEOUT' where status = 'PENDING'"));

const nul = '\u0000';
/** Of a character, which Postgres cannot tell from any other half. */
const half = '\ud800';
const long = (length: number) => 'x'.repeat(length);
const mebibyte = 2 ** 20;

describe('what an agent asks for', () => {
  const good = { userId: 'alice', prompt: 'a business plan' };

  test.each([
    ['userId', ['', long(256)]],
    ['prompt', ['', ' \n ', long(2001), `a${nul}b`, half, 'ring\u0007', 'turn \u202e around', 'del\u007f']],
    ['conversationId', ['', long(256), nul, half]],
    ['idempotencyKey', ['', long(256), nul, `a${half}`]],
    ['maxSizeBytes', [0, -1, 1.5, 2 ** 53, '12']],
    ['allowedMimeTypes', [[], ['nonsense'], ['*/*'], [''], Array(101).fill('application/pdf')]],
    ['timeoutSeconds', [0, -1, 1.5, 2 ** 31]],
  ])('a wrong %s is BAD_USER_INPUT that names it', async (field, values) => {
    for (const value of values) {
      const input = { ...good, [field]: value };
      expect([value, await people.agent.refusal(requestUploadMutation, { input })]).toEqual([
        value,
        expect.objectContaining({ code: 'BAD_USER_INPUT', field: `input.${field}` }),
      ]);
    }
  });

  test.each([
    ['maxSizeBytes', 50 * mebibyte + 1],
    ['allowedMimeTypes', ['application/zip']],
    ['allowedMimeTypes', ['application/pdf', 'audio/*']],
    ['timeoutSeconds', 301],
  ])('a %s wider than what is above it is INVALID_CONSTRAINT', async (field, value) => {
    const input = { ...good, [field]: value };
    expect(await people.agent.refusal(requestUploadMutation, { input })).toMatchObject({
      code: 'INVALID_CONSTRAINT',
      field: `input.${field}`,
    });
  });

  test('an admin’s policy is above the call, and the service above the admin', async () => {
    const set = (policy: object) =>
      people.admin.ask<object>(
        `mutation($urn: ID!, $policy: UploadPolicyInput!) { setAgentUploadPolicy(agentUrn: $urn, policy: $policy) { urn } }`,
        { urn: agentUrn, policy },
      );
    expect((await set({ maxSizeBytes: 51 * mebibyte })).errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_CONSTRAINT',
      field: 'policy.maxSizeBytes',
    });
    expect((await set({ maxSizeBytes: mebibyte })).errors).toBeUndefined();
    const input = { ...good, maxSizeBytes: mebibyte + 1 };
    expect(await people.agent.refusal(requestUploadMutation, { input })).toMatchObject({
      code: 'INVALID_CONSTRAINT',
      field: 'input.maxSizeBytes',
    });
    expect((await set({ maxSizeBytes: null })).errors).toBeUndefined();
    await request(people.agent, { maxSizeBytes: mebibyte + 1 });
  });

  test.each(['carol', `al${nul}ice`, 'Alice', ' alice'])('nobody is known as %j', async (userId) => {
    expect(await people.agent.refusal(requestUploadMutation, { input: { ...good, userId } })).toEqual({
      code: 'NOT_FOUND',
    });
  });

  test('another name of a type is that type: where it is asked for, and where a file is declared', async () => {
    const { requestUpload } = await people.agent.get<{ requestUpload: { id: string } }>(
      'mutation($input: RequestUploadInput!) { requestUpload(input: $input) { id allowedMimeTypes } }',
      { input: { ...good, allowedMimeTypes: ['image/jpg', 'Image/JPEG', 'image/*'] } },
    );
    expect(requestUpload).toMatchObject({
      allowedMimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
    });
    const file = { filename: 'photo.jpg', mimeType: 'image/pjpeg', sizeBytes: 100 };
    const { id } = await begin(people.alice, requestUpload.id, file);
    await people.alice.get(abortMutation, { id });
  });

  test('an agent whose tool is off is refused', async () => {
    await enable(people.admin, false);
    expect(await people.agent.refusal(requestUploadMutation, { input: good })).toEqual({
      code: 'TOOL_NOT_ENABLED',
    });
    await enable(people.admin, true);
  });

  test('forty at once leave exactly twenty open prompts', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => people.agent.ask<object>(requestUploadMutation, { input: good })),
    );
    const refusals = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions));
    expect(refusals).toEqual(Array(20).fill({ code: 'PROMPT_LIMIT', limit: 20 }));
    const open = await rows(backends, "select from upload_prompts where status = 'PENDING'");
    expect(open).toHaveLength(20);
  });

  test('what is past its deadline takes no place, though nobody has ended it yet', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => request(people.agent)));
    expect(await people.agent.refusal(requestUploadMutation, { input: good })).toMatchObject({
      code: 'PROMPT_LIMIT',
    });
    await movePrompt(backends, asked[0]?.id ?? '', { expiresIn: -1 });
    await request(people.agent);
  });

  test('the same key with the same input is the same prompt, also twenty at once', async () => {
    const input = { ...good, idempotencyKey: 'twenty' };
    const prompts = await Promise.all(Array.from({ length: 20 }, () => request(people.agent, input)));
    expect(new Set(prompts.map(({ id }) => id)).size).toBe(1);
    const count = await rows(backends, 'select from upload_prompts where idempotency_key = $1', ['twenty']);
    expect(count).toHaveLength(1);
  });

  test('a retried request returns its prompt, whatever became of it', async () => {
    const input = { ...good, idempotencyKey: 'again' };
    const { id } = await request(people.agent, input);
    await people.alice.get(declineMutation, { id });
    await enable(people.admin, false);
    const retried = await request(people.agent, input);
    await enable(people.admin, true);
    expect(retried).toMatchObject({ id, status: 'DECLINED' });
  });

  test.each<[string, object]>([
    ['prompt', { prompt: 'another' }],
    ['userId', { userId: 'ada' }],
    ['conversationId', { conversationId: 'c1' }],
    ['maxSizeBytes', { maxSizeBytes: 10 }],
    ['allowedMimeTypes', { allowedMimeTypes: ['image/png'] }],
    ['timeoutSeconds', { timeoutSeconds: 10 }],
  ])('the same key with another %s is a conflict', async (field, change) => {
    const idempotencyKey = `conflict of ${field}`;
    await request(people.agent, { ...good, idempotencyKey });
    const input = { ...good, ...change, idempotencyKey };
    expect(await people.agent.refusal(requestUploadMutation, { input })).toEqual({
      code: 'IDEMPOTENCY_CONFLICT',
      field: 'input.idempotencyKey',
    });
  });

  test('of two inputs racing for one key one wins, and the other is a conflict', async () => {
    const ask = (prompt: string) =>
      people.agent.ask<{ requestUpload: PromptFields }>(requestUploadMutation, {
        input: { ...good, prompt, idempotencyKey: 'race' },
      });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n % 2 ? 'odd' : 'even')));
    const ids = answers.flatMap(({ data }) => data?.requestUpload.id ?? []);
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect([new Set(ids).size, ids.length, codes]).toEqual([1, 10, Array(10).fill('IDEMPOTENCY_CONFLICT')]);
  });
});

describe('what a person declares', () => {
  test.each([
    ['filename', ['', ' ', '///', '..', `${nul}\r\n`, '\u202e']],
    ['mimeType', ['', 'pdf', 'a/b/c', 'image/*', `image/png${nul}`]],
    ['sizeBytes', [0, -1, 1.5, 2 ** 53, '12']],
    ['sha256', ['', 'abc', long(64), 'ab'.repeat(33)]],
    ['description', [long(2001), `a${nul}b`]],
  ])('a wrong %s is BAD_USER_INPUT that names it', async (field, values) => {
    const { id } = await request(people.agent);
    for (const value of values) {
      const file = { ...fileOf(pdf()), [field]: value };
      expect([value, await people.alice.refusal(beginMutation, { id, file })]).toEqual([
        value,
        expect.objectContaining({ code: 'BAD_USER_INPUT', field: `file.${field}` }),
      ]);
    }
  });

  test('more than the prompt takes is FILE_TOO_LARGE, to the byte', async () => {
    const { id } = await request(people.agent, { maxSizeBytes: 1000 });
    for (const sizeBytes of [1001, Number.MAX_SAFE_INTEGER]) {
      const file = { ...fileOf(pdf()), sizeBytes };
      expect(await people.alice.refusal(beginMutation, { id, file })).toEqual({
        code: 'FILE_TOO_LARGE',
        field: 'file.sizeBytes',
        maxSizeBytes: 1000,
      });
    }
    const { id: uploadId } = await begin(people.alice, id, { ...fileOf(pdf()), sizeBytes: 1000 });
    await people.alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', { id: uploadId });
  });

  test('another type than the prompt takes is MIME_TYPE_NOT_ALLOWED', async () => {
    const { id } = await request(people.agent, { allowedMimeTypes: ['image/*'] });
    for (const mimeType of ['application/pdf', 'image/svg+xml', 'text/html']) {
      const file = { ...fileOf(pdf()), mimeType };
      expect(await people.alice.refusal(beginMutation, { id, file })).toEqual({
        code: 'MIME_TYPE_NOT_ALLOWED',
        field: 'file.mimeType',
        allowedMimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
      });
    }
  });

  test.each([long(2001), `a${nul}b`, half])('a wrong note is BAD_USER_INPUT', async (note) => {
    const { id } = await request(people.agent);
    expect(await people.alice.refusal(declineMutation, { id, note })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'note',
    });
  });
});

describe('other arguments', () => {
  const agentsQuery =
    'query($first: Int, $after: String) { viewer { organization { agents(first: $first, after: $after) { nodes { urn } } } } }';
  const lists = {
    agentAssets:
      'query($first: Int, $after: String, $mimeType: String) { agentAssets(first: $first, after: $after, mimeType: $mimeType) { nodes { id } } }',
    uploadPrompts:
      'query($first: Int, $after: String) { uploadPrompts(first: $first, after: $after) { nodes { id } } }',
    agents: agentsQuery,
  };

  test.each(Object.entries(lists))('%s takes 1 to 100 at a time, and no made-up cursor', async (_, list) => {
    for (const first of [0, -1, 101, 1.5, 2 ** 31]) {
      expect(await people.alice.refusal(list, { first })).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'first',
      });
    }
    for (const after of ['', 'x', nul, long(5000), Buffer.from('{"id":"a"}').toString('base64url')]) {
      expect(await people.alice.refusal(list, { after })).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
    }
    await people.alice.get(list, { first: 100, after: null });
    await people.alice.get(list, { first: null });
  });

  const refusals: [string, keyof typeof people, string, object, object][] = [
    ['agentAssets of no type', 'alice', lists.agentAssets, { mimeType: 'nonsense' }, { field: 'mimeType' }],
    ['agentAssets of nobody, by an App', 'agent', lists.agentAssets, {}, { field: 'userId' }],
    ['asset by nothing', 'alice', '{ asset { id } }', {}, { field: 'id' }],
    ['asset by both', 'alice', '{ asset(id: "a", urn: "b") { id } }', {}, { field: 'id' }],
  ];
  test.each(refusals)('%s is BAD_USER_INPUT', async (_, who, query, variables, told) => {
    expect(await people[who].refusal(query, variables)).toMatchObject({ code: 'BAD_USER_INPUT', ...told });
  });

  test('a wait is 0 to 45 whole seconds', async () => {
    const { id } = await request(people.agent);
    const query =
      'query($id: ID!, $waitSeconds: Int) { awaitUpload(promptId: $id, waitSeconds: $waitSeconds) { outcome } }';
    for (const waitSeconds of [-1, 46, 0.5, 2 ** 31]) {
      expect(await people.agent.refusal(query, { id, waitSeconds })).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'waitSeconds',
      });
    }
  });

  test('a registered agent has a URN and a name', async () => {
    const mutation = 'mutation($urn: ID!, $name: String!) { registerAgent(urn: $urn, name: $name) { urn } }';
    for (const urn of ['', 'agent', 'urn:x', `urn:agent:a b`, `urn:agent:${nul}`, `urn:agent:${long(250)}`]) {
      expect(await people.admin.refusal(mutation, { urn, name: 'A' })).toMatchObject({ field: 'urn' });
    }
    for (const name of ['', ' ', long(201), `a${nul}b`, 'a\u0007b']) {
      expect(await people.admin.refusal(mutation, { urn: 'urn:agent:a', name })).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'name',
      });
    }
  });

  const byId: [string, keyof typeof people, string][] = [
    ['cancelUploadRequest', 'agent', cancelMutation],
    ['declineUpload', 'alice', declineMutation],
    ['markUploadPromptSeen', 'alice', 'mutation($id: ID!) { markUploadPromptSeen(promptId: $id) { id } }'],
    ['beginPromptUpload', 'alice', beginMutation],
    ['completeUpload', 'alice', completeMutation],
    [
      'presignUploadParts',
      'alice',
      'mutation($id: ID!) { presignUploadParts(uploadId: $id, partNumbers: [1]) { partNumber } }',
    ],
    ['abortUpload', 'alice', 'mutation($id: ID!) { abortUpload(uploadId: $id) { id } }'],
    ['awaitUpload', 'agent', awaitQuery],
    ['createDownloadUrl', 'alice', 'mutation($id: ID!) { createDownloadUrl(assetId: $id) { url } }'],
    ['createAppKey', 'admin', 'mutation($id: ID!) { createAppKey(agentUrn: $id, name: "a") { secret } }'],
    ['revokeAppKey', 'admin', 'mutation($id: ID!) { revokeAppKey(id: $id) { id } }'],
    [
      'setAgentAssetUploadEnabled',
      'admin',
      'mutation($id: ID!) { setAgentAssetUploadEnabled(agentUrn: $id, enabled: true) { urn } }',
    ],
    [
      'setAgentUploadPolicy',
      'admin',
      'mutation($id: ID!) { setAgentUploadPolicy(agentUrn: $id, policy: {}) { urn } }',
    ],
    ['node', 'alice', 'query($id: ID!) { found: node(id: $id) { id } }'],
    ['space', 'alice', 'query($id: ID!) { found: space(id: $id) { id } }'],
    ['folder', 'alice', 'query($id: ID!) { found: folder(id: $id) { id } }'],
    ['memory', 'alice', 'query($id: ID!) { found: memory(urn: $id) { urn } }'],
    ['eraseUser', 'admin', 'mutation($id: ID!) { eraseUser(userId: $id) }'],
    ['eraseAgent', 'admin', 'mutation($id: ID!) { eraseAgent(agentUrn: $id) }'],
    ['eraseMemory', 'admin', 'mutation($id: ID!) { eraseMemory(urn: $id) }'],
    ['eraseExecution', 'admin', 'mutation($id: ID!) { eraseExecution(executionId: $id) }'],
    ['agent', 'alice', 'query($id: ID!) { found: agent(urn: $id) { urn } }'],
    ['asset by id', 'alice', 'query($id: ID!) { found: asset(id: $id) { id } }'],
    ['asset by URN', 'alice', 'query($id: ID!) { found: asset(urn: $id) { id } }'],
    ['upload', 'alice', 'query($id: ID!) { found: upload(id: $id) { id } }'],
    ['uploadPrompt', 'alice', 'query($id: ID!) { found: uploadPrompt(id: $id) { id } }'],
    ['agentAssets of an agent', 'alice', 'query($id: ID!) { agentAssets(agentUrn: $id) { nodes { id } } }'],
    ['agentAssets of a person', 'agent', 'query($id: ID!) { agentAssets(userId: $id) { nodes { id } } }'],
    ['appKeys', 'admin', 'query($id: ID!) { appKeys(agentUrn: $id) { id } }'],
  ];
  const nonsense = ['', 'x', nul, `2d${nul}`, '\ud800', long(20_000), "' or 1=1 --", '../..', '0'.repeat(27)];

  test.each(byId)('%s with an id that is none finds nothing', async (_, who, document) => {
    for (const id of nonsense) {
      const { data, errors = [] } = await people[who].ask<object>(document, { id, file: fileOf(pdf()) });
      const [found] = Object.values(data ?? {}) as unknown[];
      const codes = errors.map(({ extensions }) => extensions.code);
      const isNothing =
        codes.length > 0
          ? codes.every((code) => code === 'NOT_FOUND')
          : found === null || /\[\]/.test(JSON.stringify(found));
      expect([id, data, codes, isNothing]).toEqual([id, data, codes, true]);
    }
  });

  test('a subscription to what does not exist is refused', async () => {
    for (const id of ['', 'x', nul, '0'.repeat(27)]) {
      const waiting = people.agent.subscribe(resultSubscription, { id });
      await expect(waiting.next()).rejects.toThrow('"NOT_FOUND"');
      await waiting.close();
    }
  });
});

test('nothing of this was a fault of ours', () => {
  expect(service.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

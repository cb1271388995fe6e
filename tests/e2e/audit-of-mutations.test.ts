import { listOperations } from '../support/api-schema.js';
import { makeApi } from '../support/api.js';
import type { Act, Look } from '../support/acts.js';
import { audited } from '../support/audit.js';
import { eraseMutations, storeInSpace } from '../support/erasure.js';
import {
  abortMutation,
  agentUrn,
  answer,
  begin,
  beginMutation,
  cancelMutation,
  completeMutation,
  declineMutation,
  downloadMutation,
  enable,
  fileOf,
  newAgent,
  pdf,
  put,
  request,
  requestUploadMutation,
  seedHeart,
  seenMutation,
} from '../support/heart.js';
import { withOneConnection } from '../support/one-connection.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { answerWithAssetsMutation, completed, requestSeveral, submitMutation } from '../support/several.js';
import { makeSpaceActs } from '../support/space-acts.js';
import { rows } from '../support/state.js';
import {
  deleteAssets,
  deleteMutation,
  givenAsset,
  purgeMutation,
  restoreMutation,
} from '../support/trash.js';

import {
  changeMutation,
  encrypt,
  encryptMutation,
  forgetAttempts,
  givenMemory,
  lock,
  lockMutation,
  password,
  unlockMutation,
} from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, {
    env: { PROMPT_LIMIT_PER_USER: '1000', MULTIPART_FROM_BYTES: String(5 * 2 ** 20) },
    adapt: withOneConnection(backends),
  });
  people = await seedHeart(service);
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

/** In everything that people and agents write, and in nothing that is on record. */
const canary = 'canary';
const bytes = pdf();
const file = { ...fileOf(bytes), filename: `${canary}.pdf`, description: canary };

const ask = async () => (await request(people.agent, { prompt: canary, conversationId: canary })).id;
const idIn = (field: string) => (answer: Record<string, { id: string }>) => answer[field]?.id ?? '';
const ofAlice = { userId: 'alice', agentUrn };

/** Every mutation of the schema. */
const acts: Readonly<Record<string, () => Promise<Act | Look>>> = {
  ...makeSpaceActs(() => people, canary, file),
  async abortUpload() {
    const promptId = await ask();
    const { id } = await begin(people.alice, promptId, file);
    return {
      by: people.alice,
      document: abortMutation,
      variables: { id },
      subject: id,
      details: { promptId },
    };
  },
  async answerWithAssets() {
    const [id, { id: assetId }] = [await ask(), await givenAsset(people)];
    const assetIds = [assetId];
    const variables = { id, assetIds };
    return {
      by: people.alice,
      document: answerWithAssetsMutation,
      variables,
      subject: id,
      details: { assetIds },
    };
  },
  async beginPromptUpload() {
    const promptId = await ask();
    return {
      by: people.alice,
      document: beginMutation,
      variables: { id: promptId, file },
      subject: idIn('beginPromptUpload'),
      details: { promptId, sizeBytes: bytes.length },
    };
  },
  async cancelUploadRequest() {
    const id = await ask();
    return { by: people.agent, document: cancelMutation, variables: { id }, subject: id, details: {} };
  },
  async changeMemoryPassword() {
    const urn = await newMemory('urn:agent:changed');
    await encrypt(people.alice, urn);
    const variables = { urn, password, newPassword: canary.repeat(2) };
    // The second time the old one is a wrong one.
    return { by: people.alice, document: changeMutation, variables, subject: urn, details: {}, again: 2 };
  },
  async completeUpload() {
    const promptId = await ask();
    const upload = await begin(people.alice, promptId, file);
    await put(upload, bytes);
    const { id } = upload;
    const details = { uploadId: id, promptId, sizeBytes: bytes.length };
    const subject = idIn('completeUpload');
    return { by: people.alice, document: completeMutation, variables: { id }, subject, details };
  },
  createAppKey: () =>
    Promise.resolve({
      by: people.admin,
      document: `mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "another") { secret appKey { id } } }`,
      variables: { urn: agentUrn },
      subject: (answer: { createAppKey: { appKey: { id: string } } }) => answer.createAppKey.appKey.id,
      details: { agentUrn, name: 'another' },
    }),
  async createDownloadUrl() {
    const { id } = await givenAsset(people);
    const changesNothing = 'the URL is sealed, and kept nowhere';
    return { by: people.alice, document: downloadMutation, variables: { id }, changesNothing };
  },
  async declineUpload() {
    const id = await ask();
    const variables = { id, note: canary };
    return { by: people.alice, document: declineMutation, variables, subject: id, details: {} };
  },
  async deleteAssets() {
    const { id, sizeBytes } = await givenAsset(people);
    const details = { sizeBytes, ...ofAlice };
    return { by: people.alice, document: deleteMutation, variables: { ids: [id] }, subject: id, details };
  },
  async eraseAgent() {
    const urn = await newAgentUrn('urn:agent:erased');
    const document = eraseMutations.eraseAgent;
    return { by: people.admin, document, variables: { id: urn }, subject: urn, details: { kind: 'AGENT' } };
  },
  async eraseExecution() {
    await storeInSpace(backends, { kind: 'USER', id: 'alice' }, { executionId: 'run' });
    const document = eraseMutations.eraseExecution;
    return {
      by: people.admin,
      document,
      variables: { id: 'run' },
      subject: 'run',
      details: { kind: 'EXECUTION' },
    };
  },
  async eraseMemory() {
    const bob = makeApi(service.url, await token('bob'));
    await bob.get('{ viewer { id } }');
    const { urn } = await answer(bob, (await request(people.agent, { userId: 'bob' })).id);
    const subject = urn.replace(/:assets:.*/, '');
    const document = eraseMutations.eraseMemory;
    return { by: people.admin, document, variables: { id: subject }, subject, details: { kind: 'MEMORY' } };
  },
  async eraseUser() {
    await makeApi(service.url, await token('carol')).get('{ viewer { id } }');
    const document = eraseMutations.eraseUser;
    return {
      by: people.admin,
      document,
      variables: { id: 'carol' },
      subject: 'carol',
      details: { kind: 'USER' },
    };
  },
  async markUploadPromptSeen() {
    const id = await ask();
    return { by: people.alice, document: seenMutation, variables: { id }, subject: id, details: {} };
  },
  async presignUploadParts() {
    const { id } = await begin(people.alice, await ask(), { ...file, sizeBytes: 6 * 2 ** 20 });
    return {
      by: people.alice,
      document: `mutation($id: ID!) { presignUploadParts(uploadId: $id, partNumbers: [1]) { partNumber } }`,
      variables: { id },
      changesNothing: 'the requests are signed, and kept nowhere',
    };
  },
  async purgeAsset() {
    const { id, sizeBytes } = await givenAsset(people);
    const details = { sizeBytes, ...ofAlice };
    return { by: people.alice, document: purgeMutation, variables: { id }, subject: id, details };
  },
  registerAgent: () =>
    Promise.resolve({
      by: people.admin,
      document: `mutation { registerAgent(urn: "urn:agent:new", name: "New") { urn } }`,
      variables: {},
      subject: 'urn:agent:new',
      details: { name: 'New' },
    }),
  requestUpload: () =>
    Promise.resolve({
      by: people.agent,
      document: requestUploadMutation,
      variables: { input: { userId: 'alice', prompt: canary, conversationId: canary } },
      subject: idIn('requestUpload'),
      details: ofAlice,
    }),
  async encryptMemory() {
    const urn = await newMemory('urn:agent:encrypted');
    const variables = { urn, password };
    return { by: people.alice, document: encryptMutation, variables, subject: urn, details: {} };
  },
  async lockMemory() {
    const urn = await newMemory('urn:agent:locked');
    await encrypt(people.alice, urn);
    return { by: people.alice, document: lockMutation, variables: { urn }, subject: urn, details: {} };
  },
  async unlockMemory() {
    const urn = await newMemory('urn:agent:unlocked');
    await encrypt(people.alice, urn);
    await lock(people.alice, urn);
    const variables = { urn, password };
    return { by: people.alice, document: unlockMutation, variables, subject: urn, details: {} };
  },
  async restoreAsset() {
    const { id, sizeBytes } = await givenAsset(people);
    await deleteAssets(people.alice, id);
    const details = { sizeBytes, ...ofAlice };
    return { by: people.admin, document: restoreMutation, variables: { id }, subject: id, details };
  },
  async revokeAppKey() {
    const { createAppKey } = await people.admin.get<{ createAppKey: { appKey: { id: string } } }>(
      `mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "lost") { appKey { id } } }`,
      { urn: agentUrn },
    );
    const { id } = createAppKey.appKey;
    const document = `mutation($id: ID!) { revokeAppKey(id: $id) { id } }`;
    return {
      by: people.admin,
      document,
      variables: { id },
      subject: id,
      details: { agentUrn, name: 'lost' },
    };
  },
  async setAgentAssetUploadEnabled() {
    const urn = await newAgentUrn('urn:agent:enabled');
    const document = `mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: true) { urn } }`;
    return { by: people.admin, document, variables: { urn }, subject: urn, details: { enabled: true } };
  },
  async setAgentUploadPolicy() {
    const urn = await newAgentUrn('urn:agent:limited');
    const document = `mutation($urn: ID!) { setAgentUploadPolicy(agentUrn: $urn, policy: { maxSizeBytes: 1000 }) { urn } }`;
    const details = { policy: { maxSizeBytes: 1000 } };
    return { by: people.admin, document, variables: { urn }, subject: urn, details };
  },
  async setStorageQuota() {
    const { viewer } = await people.admin.get<{ viewer: { organization: { id: string } } }>(
      '{ viewer { organization { id } } }',
    );
    const document = 'mutation($bytes: SafeInt) { setStorageQuota(quotaBytes: $bytes) { quotaBytes } }';
    const quotaBytes = 10 ** 12;
    const subject = viewer.organization.id;
    return { by: people.admin, document, variables: { bytes: quotaBytes }, subject, details: { quotaBytes } };
  },
  async submitPromptUploads() {
    const { id } = await requestSeveral(people.agent, { prompt: canary });
    const files = [await completed(people.alice, id), await completed(people.alice, id, 'b.pdf')];
    const assetIds = files.map(({ asset }) => asset.id);
    return {
      by: people.alice,
      document: submitMutation,
      variables: { id },
      subject: id,
      details: { assetIds },
    };
  },
};

/** Of alice, by an agent of its own. */
async function newMemory(urn: string): Promise<string> {
  await forgetAttempts(backends);
  await newAgentUrn(urn);
  await enable(people.admin, true, urn);
  const agent = await newAgent(people.admin, service.url, urn);
  return givenMemory({ alice: people.alice, agent });
}

async function newAgentUrn(urn: string): Promise<string> {
  await people.admin.get('mutation($urn: ID!) { registerAgent(urn: $urn, name: "New") { urn } }', { urn });
  return urn;
}

const mutations = listOperations().flatMap(({ kind, name }) =>
  kind === 'mutation' ? [name.replace('Mutation.', '')] : [],
);

test('every mutation of the schema is expected on record, or said to change nothing', () => {
  expect(Object.keys(acts).sort()).toEqual(mutations.sort());
});

test.each(Object.entries(acts))('%s', async (action, prepare) => {
  const act = await prepare();
  const before = await rows(backends, 'select from audit_entries');
  const answer = await act.by.get<never>(act.document, act.variables);
  if ('changesNothing' in act) {
    expect(await rows(backends, 'select from audit_entries')).toHaveLength(before.length);
    return;
  }
  const subject = typeof act.subject === 'string' ? act.subject : act.subject(answer);
  const { viewer } = await act.by.get<{ viewer: object }>('{ viewer { kind id name } }');
  const details = expect.objectContaining(act.details) as unknown;
  const entry = { actor: viewer, action, subject, details };
  expect(await audited(people.admin, { action, subject })).toEqual([expect.objectContaining(entry)]);

  // Again, whatever it answers: nothing more happens to that subject.
  await act.by.ask(act.document, act.variables);
  expect(await audited(people.admin, { action, subject })).toHaveLength(act.again ?? 1);
});

test('of what is refused nothing is on record, but the upload that ends with a wrong file', async () => {
  const promptId = await ask();
  const before = await rows(backends, 'select from audit_entries');
  await people.alice.refusal(beginMutation, { id: promptId, file: { ...file, sizeBytes: 2 ** 40 } });
  await people.admin.refusal(declineMutation, { id: promptId });
  await people.alice.refusal(deleteMutation, { ids: [promptId] });
  expect(await rows(backends, 'select from audit_entries')).toHaveLength(before.length);

  const wrong = Buffer.from(`${'no PDF '.repeat(20)}`);
  const { id } = await begin(people.alice, promptId, { ...file, sizeBytes: wrong.length }).then(
    async (upload) => {
      await put(upload, wrong);
      return upload;
    },
  );
  const { code } = await people.alice.refusal(completeMutation, { id });
  expect(await audited(people.admin, { subject: id, action: 'completeUpload' })).toMatchObject([
    { details: { promptId, refusal: code } },
  ]);
});

test('nothing that anybody wrote is on record, and no secret', async () => {
  const kept = await rows<{ text: string }>(
    backends,
    'select audit_entries::text as text from audit_entries',
  );
  expect(kept.length).toBeGreaterThan(40);
  expect(kept.filter(({ text }) => /canary|plan\.pdf|business|ak_|https?:/.test(text))).toEqual([]);
});

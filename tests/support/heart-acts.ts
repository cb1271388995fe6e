import { actBytes, actFile, anew, idIn, newPerson, type Act, type Acts, type ActStage } from './acts.js';
import { eraseMutations, storeInSpace } from './erasure.js';
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
  put,
  request,
  requestUploadMutation,
  seenMutation,
} from './heart.js';
import { answerWithAssetsMutation, completed, requestSeveral, submitMutation } from './several.js';
import { deleteAssets, deleteMutation, givenAsset, purgeMutation, restoreMutation } from './trash.js';

const registerMutation =
  'mutation($urn: ID!, $name: String!) { registerAgent(urn: $urn, name: $name) { urn } }';
const createKeyMutation =
  'mutation($urn: ID!, $name: String!) { createAppKey(agentUrn: $urn, name: $name) { secret appKey { id } } }';

const ofAlice = { userId: 'alice', agentUrn };

/** Every mutation of agents, prompts and memories, and of the organization itself. */
export function makeHeartActs(stage: () => ActStage): Acts {
  const people = () => stage().people;
  const admin = () => people().admin;
  const alice = () => people().alice;
  const file = () => actFile(stage());

  async function ask(): Promise<string> {
    const { canary } = stage();
    return (await request(people().agent, { prompt: canary, conversationId: canary })).id;
  }

  async function newAgentUrn(): Promise<string> {
    const urn = anew('urn:agent:new');
    await admin().get(registerMutation, { urn, name: stage().canary });
    return urn;
  }

  async function ofAgent(document: string, details: object): Promise<Act> {
    const urn = await newAgentUrn();
    return { by: admin(), document, variables: { urn }, subject: urn, details };
  }

  async function ofPrompt(by: Act['by'], document: string, rest: object = {}): Promise<Act> {
    const id = await ask();
    return { by, document, variables: { id, ...rest }, subject: id, details: {} };
  }

  const erasing = (document: string, id: string, kind: string): Act => ({
    ...{ by: admin(), document, variables: { id }, subject: id },
    details: { kind },
  });

  return {
    async abortUpload() {
      const promptId = await ask();
      const { id } = await begin(alice(), promptId, file());
      const details = { promptId };
      return { by: alice(), document: abortMutation, variables: { id }, subject: id, details };
    },
    async answerWithAssets() {
      const [id, { id: assetId }] = [await ask(), await givenAsset(people())];
      const assetIds = [assetId];
      return {
        by: alice(),
        document: answerWithAssetsMutation,
        variables: { id, assetIds },
        subject: id,
        details: { assetIds },
      };
    },
    async beginPromptUpload() {
      const promptId = await ask();
      return {
        by: alice(),
        document: beginMutation,
        variables: { id: promptId, file: file() },
        subject: idIn('beginPromptUpload'),
        details: { promptId, sizeBytes: actBytes.length },
      };
    },
    cancelUploadRequest: () => ofPrompt(people().agent, cancelMutation),
    async completeUpload() {
      const promptId = await ask();
      const upload = await begin(alice(), promptId, file());
      await put(upload, actBytes);
      const { id } = upload;
      const details = { uploadId: id, promptId, sizeBytes: actBytes.length };
      const subject = idIn('completeUpload');
      return { by: alice(), document: completeMutation, variables: { id }, subject, details };
    },
    createAppKey: () =>
      Promise.resolve({
        by: admin(),
        document: createKeyMutation,
        variables: { urn: agentUrn, name: stage().canary },
        subject: (answer: { createAppKey: { appKey: { id: string } } }) => answer.createAppKey.appKey.id,
        details: { agentUrn },
      }),
    async createDownloadUrl() {
      const { id } = await givenAsset(people());
      const changesNothing = 'the URL is sealed, and kept nowhere';
      return { by: alice(), document: downloadMutation, variables: { id }, changesNothing };
    },
    declineUpload: () => ofPrompt(alice(), declineMutation, { note: stage().canary }),
    async deleteAssets() {
      const { id, sizeBytes } = await givenAsset(people());
      const details = { sizeBytes, ...ofAlice };
      return { by: alice(), document: deleteMutation, variables: { ids: [id] }, subject: id, details };
    },
    eraseAgent: async () => erasing(eraseMutations.eraseAgent, await newAgentUrn(), 'AGENT'),
    async eraseExecution() {
      const executionId = anew('run');
      await storeInSpace(stage().backends, { kind: 'USER', id: 'alice' }, { executionId });
      return erasing(eraseMutations.eraseExecution, executionId, 'EXECUTION');
    },
    async eraseMemory() {
      const { id: userId, api } = await newPerson(stage());
      const { urn } = await answer(api, (await request(people().agent, { userId })).id);
      return erasing(eraseMutations.eraseMemory, urn.replace(/:assets:.*/, ''), 'MEMORY');
    },
    eraseUser: async () => erasing(eraseMutations.eraseUser, (await newPerson(stage())).id, 'USER'),
    markUploadPromptSeen: () => ofPrompt(alice(), seenMutation),
    async presignUploadParts() {
      const { id } = await begin(alice(), await ask(), { ...file(), sizeBytes: 6 * 2 ** 20 });
      return {
        by: alice(),
        document: `mutation($id: ID!) { presignUploadParts(uploadId: $id, partNumbers: [1]) { partNumber } }`,
        variables: { id },
        changesNothing: 'the requests are signed, and kept nowhere',
      };
    },
    async purgeAsset() {
      const { id, sizeBytes } = await givenAsset(people());
      const details = { sizeBytes, ...ofAlice };
      return { by: alice(), document: purgeMutation, variables: { id }, subject: id, details };
    },
    registerAgent() {
      const urn = anew('urn:agent:new');
      return Promise.resolve({
        by: admin(),
        document: registerMutation,
        variables: { urn, name: stage().canary },
        subject: urn,
        details: {},
      });
    },
    requestUpload() {
      const { canary } = stage();
      return Promise.resolve({
        by: people().agent,
        document: requestUploadMutation,
        variables: { input: { userId: 'alice', prompt: canary, conversationId: canary } },
        subject: idIn('requestUpload'),
        details: ofAlice,
      });
    },
    async restoreAsset() {
      const { id, sizeBytes } = await givenAsset(people());
      await deleteAssets(alice(), id);
      const details = { sizeBytes, ...ofAlice };
      return { by: admin(), document: restoreMutation, variables: { id }, subject: id, details };
    },
    async revokeAppKey() {
      const { createAppKey } = await admin().get<{ createAppKey: { appKey: { id: string } } }>(
        createKeyMutation,
        { urn: agentUrn, name: stage().canary },
      );
      const { id } = createAppKey.appKey;
      return {
        by: admin(),
        document: `mutation($id: ID!) { revokeAppKey(id: $id) { id } }`,
        variables: { id },
        subject: id,
        details: { agentUrn },
      };
    },
    setAgentAssetUploadEnabled: () =>
      ofAgent(`mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: true) { urn } }`, {
        enabled: true,
      }),
    setAgentUploadPolicy: () =>
      ofAgent(
        `mutation($urn: ID!) { setAgentUploadPolicy(agentUrn: $urn, policy: { maxSizeBytes: 1000 }) { urn } }`,
        { policy: { maxSizeBytes: 1000 } },
      ),
    async setStorageQuota() {
      const { viewer } = await admin().get<{
        viewer: { organization: { id: string; storage: { quotaBytes: number | null } } };
      }>('{ viewer { organization { id storage { quotaBytes } } } }');
      const quotaBytes = (viewer.organization.storage.quotaBytes ?? 10 ** 12) + 1;
      return {
        by: admin(),
        document: 'mutation($bytes: SafeInt) { setStorageQuota(quotaBytes: $bytes) { quotaBytes } }',
        variables: { bytes: quotaBytes },
        subject: viewer.organization.id,
        details: { quotaBytes },
      };
    },
    async submitPromptUploads() {
      const { id } = await requestSeveral(people().agent, { prompt: stage().canary });
      const files = [await completed(alice(), id), await completed(alice(), id, 'b.pdf')];
      const assetIds = files.map(({ asset }) => asset.id);
      return { by: alice(), document: submitMutation, variables: { id }, subject: id, details: { assetIds } };
    },
  };
}

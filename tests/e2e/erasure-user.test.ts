import { makeApi } from '../support/api.js';
import { audited } from '../support/audit.js';
import { otherAgentUrn } from '../support/cast.js';
import { beginDirect } from '../support/direct.js';
import {
  expectGone,
  expectThere,
  fillMemory,
  outsideAudit,
  openErasureForEach,
  type ErasureStage,
  zoeId,
} from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText, storeInSpace } from '../support/erasure.js';
import {
  awaitResult,
  complete,
  fileOf,
  getPrompt,
  pdf,
  promptsSubscription,
  put,
  request,
  requestUploadMutation,
  resultSubscription,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openService } from '../support/service.js';
import { rows } from '../support/state.js';
import { until } from '../support/until.js';
import { encrypt } from '../support/vault.js';

let stage: ErasureStage;
openErasureForEach((opened) => (stage = opened));

describe('eraseUser', () => {
  test('leaves no byte and no row of the person; files in spaces stay, and do not say whose they were', async () => {
    const traces = await fillMemory(stage.cast.agent, zoeId, stage.zoe);
    const more = await fillMemory(stage.cast.otherAgent, zoeId, stage.zoe);
    const alices = await fillMemory(stage.cast.agent, 'alice', stage.cast.alice);
    await encrypt(stage.zoe, traces.memoryUrn);
    const shared = await storeInSpace(stage.backends, { kind: 'USER', id: zoeId });
    const bobs = await storeInSpace(stage.backends, { kind: 'USER', id: 'bob' });
    // As an admin she took a tool away, and so ended what was asked of others.
    const { id: revoked } = await request(stage.cast.otherAgent, { userId: 'bob' });
    await stage.zoe.get(
      'mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: false) { urn } }',
      { urn: otherAgentUrn },
    );
    await rows(
      stage.backends,
      `insert into space_members (space_id, org_id, kind, id, role_id)
         select id, org_id, 'USER', $1, 'guest' from spaces`,
      [zoeId],
    );
    await rows(
      stage.backends,
      `insert into folders (id, org_id, space_id, name, created_by_kind, created_by_id)
         select 'folder', org_id, id, 'Plans', 'USER', $1 from spaces limit 1`,
      [zoeId],
    );

    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', zoeId);

    expect(outsideAudit(await findText(stage.backends, zoeId))).toEqual([]);
    await expectGone(stage, traces);
    await expectGone(stage, more);
    await expectThere(alices, stage.cast.agent);
    const uploader = 'select uploaded_by_id as by from assets where id = $1';
    expect(await rows(stage.backends, uploader, [shared.id])).toEqual([{ by: 'erased' }]);
    expect(await rows(stage.backends, uploader, [bobs.id])).toEqual([{ by: 'bob' }]);
    expect(await findKeys(stage.service, shared.id)).toEqual([shared.key]);
    expect(await rows(stage.backends, `select created_by_id as by from folders`)).toEqual([{ by: 'erased' }]);
    expect(await getPrompt(stage.cast.otherAgent, revoked)).toMatchObject({
      status: 'DECLINED',
      reason: 'REVOKED',
    });
    await expectInvariants(stage.backends);
  });

  test('forgets under which keys files were begun: two who had the same one can both go', async () => {
    for (const by of [stage.zoe, stage.cast.bob]) {
      const { id } = await beginDirect(by, { file: fileOf(pdf()), idempotencyKey: zoeId });
      await put(await beginDirect(by, { file: fileOf(pdf()), idempotencyKey: zoeId }), pdf());
      await complete(by, id);
    }
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', zoeId);
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', 'bob');
    expect(outsideAudit(await findText(stage.backends, zoeId))).toEqual([]);
  });

  test('is on record by who asked, and when it has come to its end', async () => {
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', zoeId);
    expect(await audited(stage.cast.admin, { subject: zoeId })).toMatchObject([
      {
        action: 'completeErasure',
        actor: { kind: 'SERVICE_ACCOUNT', id: 'askfile' },
        details: { kind: 'USER' },
      },
      { action: 'eraseUser', actor: { kind: 'USER', id: 'ada' }, details: { kind: 'USER' } },
    ]);
  });

  test('from the call on nobody can ask the person, who is known again when they come again', async () => {
    await stage.cast.admin.get(eraseMutations.eraseUser, { id: zoeId });
    const input = { userId: zoeId, prompt: 'a file' };
    expect(await stage.cast.agent.refusal(requestUploadMutation, { input })).toEqual({ code: 'NOT_FOUND' });
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', zoeId);
    await stage.zoe.get('{ viewer { id } }');
    expect(await request(stage.cast.agent, { userId: zoeId })).toMatchObject({ status: 'PENDING' });
  });

  test('they are known again in whichever process they come, though it has known them before', async () => {
    const elsewhere = await openService(stage.backends, { works: false });
    const there = makeApi(elsewhere.url, stage.zoe.credential);
    await there.get('{ viewer { id } }');
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', zoeId);
    await until(async () => {
      await there.get('{ viewer { id } }');
      const { data } = await stage.cast.agent.ask(requestUploadMutation, {
        input: { userId: zoeId, prompt: 'a file' },
      });
      return data !== null;
    });
    await elsewhere.close();
  });

  test('whoever waits is told that it was declined, and the portal that nothing is open', async () => {
    const { id } = await request(stage.cast.agent, { userId: zoeId });
    const result = stage.cast.agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id });
    const portal = stage.zoe.subscribe<{ uploadPrompts: { kind: string; prompts: PromptFields[] } }>(
      promptsSubscription,
    );
    expect((await portal.next())?.uploadPrompts.prompts).toHaveLength(1);
    const [told, waited] = [result.next(), awaitResult(stage.cast.agent, id, 30)];
    await stage.cast.admin.get(eraseMutations.eraseUser, { id: zoeId });
    const declined = { outcome: 'DECLINED', reason: 'REVOKED', assets: [] };
    expect((await told)?.uploadResult).toMatchObject(declined);
    expect(await result.next()).toBeUndefined();
    expect(await waited).toMatchObject(declined);
    expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'RESOLVED', prompts: [{ id }] });
    await Promise.all([result.close(), portal.close()]);
  });
});

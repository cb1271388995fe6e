import {
  expectGone,
  expectThere,
  fillMemory,
  outsideAudit,
  openErasureForEach,
  type ErasureStage,
} from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText, storeInSpace } from '../support/erasure.js';
import { agentUrn, newAgent, requestUploadMutation } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { rows, runAllJobs } from '../support/state.js';
import { purge } from '../support/trash.js';

let stage: ErasureStage;
openErasureForEach((opened) => (stage = opened));

describe('eraseAgent', () => {
  test('leaves no byte and no row of the agent, its App, its memories and what it generated', async () => {
    const traces = await fillMemory(stage.cast.agent, 'alice', stage.cast.alice);
    const more = await fillMemory(stage.cast.agent, 'bob', stage.cast.bob);
    const others = await fillMemory(stage.cast.otherAgent, 'alice', stage.cast.alice);
    const { viewer } = await stage.cast.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    const generated = await storeInSpace(
      stage.backends,
      { kind: 'APP', id: viewer.id },
      { agentUrn, executionId: 'run' },
    );
    const gone = await storeInSpace(stage.backends, { kind: 'APP', id: viewer.id }, { agentUrn });
    await purge(stage.cast.agent, gone.id);

    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseAgent', agentUrn);

    expect(outsideAudit(await findText(stage.backends, agentUrn))).toEqual([]);
    expect(outsideAudit(await findText(stage.backends, viewer.id))).toEqual([]);
    await expectGone(stage, traces);
    await expectGone(stage, more);
    await expectThere(others, stage.cast.otherAgent);
    // Whoever follows the space is told that it went; that is forgotten after a day.
    expect(outsideAudit(await findText(stage.backends, generated.id))).toEqual(['asset_events.asset_id']);
    expect(await findKeys(stage.service, generated.id)).toEqual([]);
    expect(await stage.cast.agent.refusal('{ viewer { id } }')).toMatchObject({ code: 'UNAUTHENTICATED' });
    await expectInvariants(stage.backends);
  });

  test('nothing is made for it meanwhile that would vanish; from its end on another is registered by that URN', async () => {
    await stage.cast.admin.get(eraseMutations.eraseAgent, { id: agentUrn });
    const register = 'mutation($urn: ID!) { registerAgent(urn: $urn, name: "Anew") { urn name } }';
    for (const [document, field] of [
      [register, 'urn'],
      ['mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "key") { secret } }', 'agentUrn'],
      [
        'mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: true) { urn } }',
        'agentUrn',
      ],
      ['mutation($urn: ID!) { setAgentUploadPolicy(agentUrn: $urn, policy: {}) { urn } }', 'agentUrn'],
    ] as const) {
      expect(await stage.cast.admin.refusal(document, { urn: agentUrn })).toEqual({
        code: 'BAD_USER_INPUT',
        field,
      });
    }
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseAgent', agentUrn);
    expect(await stage.cast.admin.get(register, { urn: agentUrn })).toEqual({
      registerAgent: { urn: agentUrn, name: 'Anew' },
    });
    await runAllJobs(stage.backends, stage.service);
    expect(await (await newAgent(stage.cast.admin, stage.service.url)).get('{ viewer { name } }')).toEqual({
      viewer: { name: 'Anew' },
    });
  });

  test('no prompt slips in: who asks in that moment is refused, or their prompt goes with the rest', async () => {
    const ask = () =>
      stage.cast.agent.ask<object>(requestUploadMutation, { input: { userId: 'alice', prompt: 'a file' } });
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 15 }, ask)),
      stage.cast.admin.get(eraseMutations.eraseAgent, { id: agentUrn }),
    ]);
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(codes.filter((code) => code !== 'TOOL_NOT_ENABLED' && code !== 'UNAUTHENTICATED')).toEqual([]);
    expect(
      await rows(stage.backends, `select from upload_prompts where status in ('PENDING', 'UPLOADING')`),
    ).toEqual([]);
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseAgent', agentUrn);
    expect(outsideAudit(await findText(stage.backends, agentUrn))).toEqual([]);
    await expectInvariants(stage.backends);
  });
});

import type { Cast } from '../support/cast.js';
import {
  expectGone,
  expectThere,
  fillMemory,
  outsideAudit,
  openErasureStage,
} from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText, storeInSpace } from '../support/erasure.js';
import { agentUrn, newAgent, requestUploadMutation } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows, runAllJobs } from '../support/state.js';
import { purge } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

beforeEach(async () => {
  ({ backends, service, cast } = await openErasureStage());
});
afterEach(async () => {
  await service.close();
  await backends.close();
});

describe('eraseAgent', () => {
  test('leaves no byte and no row of the agent, its App, its memories and what it generated', async () => {
    const traces = await fillMemory(cast.agent, 'alice', cast.alice);
    const more = await fillMemory(cast.agent, 'bob', cast.bob);
    const others = await fillMemory(cast.otherAgent, 'alice', cast.alice);
    const { viewer } = await cast.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    const generated = await storeInSpace(
      backends,
      { kind: 'APP', id: viewer.id },
      { agentUrn, executionId: 'run' },
    );
    const gone = await storeInSpace(backends, { kind: 'APP', id: viewer.id }, { agentUrn });
    await purge(cast.agent, gone.id);

    await erase(backends, service, cast.admin, 'eraseAgent', agentUrn);

    expect(outsideAudit(await findText(backends, agentUrn))).toEqual([]);
    expect(outsideAudit(await findText(backends, viewer.id))).toEqual([]);
    await expectGone({ backends, service }, traces);
    await expectGone({ backends, service }, more);
    await expectThere(others, cast.otherAgent);
    // Whoever follows the space is told that it went; that is forgotten after a day.
    expect(outsideAudit(await findText(backends, generated.id))).toEqual(['asset_events.asset_id']);
    expect(await findKeys(service, generated.id)).toEqual([]);
    expect(await cast.agent.refusal('{ viewer { id } }')).toMatchObject({ code: 'UNAUTHENTICATED' });
    await expectInvariants(backends);
  });

  test('nothing is made for it meanwhile that would vanish; from its end on another is registered by that URN', async () => {
    await cast.admin.get(eraseMutations.eraseAgent, { id: agentUrn });
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
      expect(await cast.admin.refusal(document, { urn: agentUrn })).toEqual({
        code: 'BAD_USER_INPUT',
        field,
      });
    }
    await erase(backends, service, cast.admin, 'eraseAgent', agentUrn);
    expect(await cast.admin.get(register, { urn: agentUrn })).toEqual({
      registerAgent: { urn: agentUrn, name: 'Anew' },
    });
    await runAllJobs(backends, service);
    expect(await (await newAgent(cast.admin, service.url)).get('{ viewer { name } }')).toEqual({
      viewer: { name: 'Anew' },
    });
  });

  test('no prompt slips in: who asks in that moment is refused, or their prompt goes with the rest', async () => {
    const ask = () =>
      cast.agent.ask<object>(requestUploadMutation, { input: { userId: 'alice', prompt: 'a file' } });
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 15 }, ask)),
      cast.admin.get(eraseMutations.eraseAgent, { id: agentUrn }),
    ]);
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(codes.filter((code) => code !== 'TOOL_NOT_ENABLED' && code !== 'UNAUTHENTICATED')).toEqual([]);
    expect(
      await rows(backends, `select from upload_prompts where status in ('PENDING', 'UPLOADING')`),
    ).toEqual([]);
    await erase(backends, service, cast.admin, 'eraseAgent', agentUrn);
    expect(outsideAudit(await findText(backends, agentUrn))).toEqual([]);
    await expectInvariants(backends);
  });
});

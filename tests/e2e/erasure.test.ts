import { makeApi } from '../support/api.js';
import { audited } from '../support/audit.js';
import { actors } from '../support/cast.js';
import { openErasureForEach, type ErasureStage, zoeId } from '../support/erasure-stage.js';
import { erase, eraseMutations, type EraseMutation } from '../support/erasure.js';
import { agentUrn } from '../support/heart.js';
import { openService, token } from '../support/service.js';
import { rows } from '../support/state.js';

let stage: ErasureStage;
openErasureForEach((opened) => (stage = opened));

describe('who may', () => {
  const ids: Readonly<Record<EraseMutation, string>> = {
    eraseUser: zoeId,
    eraseAgent: agentUrn,
    eraseMemory: `urn:askfile:memory:${'0'.repeat(27)}`,
    eraseExecution: 'run',
  };

  test('an admin of the organization alone, and only what there is', async () => {
    const before = await rows(stage.backends, 'select from audit_entries');
    const elsewhere = makeApi(stage.service.url, await token('ada', { org: 'globex', role: 'admin' }));
    for (const [mutation, document] of Object.entries(eraseMutations)) {
      const id = ids[mutation as EraseMutation]; // the keys of both are those
      for (const actor of actors.filter((one) => one !== 'admin')) {
        const code = actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED';
        expect({ actor, mutation, ...(await stage.cast[actor].refusal(document, { id })) }).toEqual({
          actor,
          mutation,
          code,
        });
      }
      for (const unknown of ['', 'nothing', '\u0000', 'urn:agent:nobody']) {
        expect(await stage.cast.admin.refusal(document, { id: unknown })).toEqual({ code: 'NOT_FOUND' });
      }
      expect(await elsewhere.refusal(document, { id })).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await rows(stage.backends, 'select from erasures')).toEqual([]);
    expect(await rows(stage.backends, 'select from audit_entries')).toHaveLength(before.length);
  });

  test('asking again while it runs is the same call; once it is done there is nothing left to erase', async () => {
    for (let n = 0; n < 3; n += 1) await stage.cast.admin.get(eraseMutations.eraseUser, { id: zoeId });
    expect(await rows(stage.backends, 'select from erasures')).toHaveLength(1);
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseUser', zoeId);
    expect(await audited(stage.cast.admin, { subject: zoeId })).toHaveLength(2);
    expect(await stage.cast.admin.refusal(eraseMutations.eraseUser, { id: zoeId })).toEqual({
      code: 'NOT_FOUND',
    });
  });
});

test('it waits until everybody was told that what they wait for has ended, also where Redis lost that', async () => {
  const slow = await openService(stage.backends, { works: false, env: { DELIVERY_CHECK_SECONDS: '200' } });
  await makeApi(slow.url, stage.cast.admin.credential).get(eraseMutations.eraseUser, { id: zoeId });
  const [job] = await rows<{ delay: number }>(
    stage.backends,
    `select extract(epoch from start_after - created_on)::int as delay from pgboss.job where name = 'erase'`,
  );
  expect(job?.delay).toBe(400);
  await slow.close();
});

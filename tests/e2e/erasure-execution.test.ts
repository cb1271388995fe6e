import { makeApp } from '../../src/app.js';
import type { Cast } from '../support/cast.js';
import { uploadDirect } from '../support/direct.js';
import { outsideAudit, openErasureStage } from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText, storeInSpace } from '../support/erasure.js';
import { abortMutation, agentUrn, scanned } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { chart, chartFile, replace, replaced, sendReplacement } from '../support/replacing.js';
import type { TestBackends, TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';
import { listKeys, rows } from '../support/state.js';
import { deleteAssets, purge } from '../support/trash.js';

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

describe('eraseExecution', () => {
  test('leaves no byte and no row of what it generated', async () => {
    const { viewer } = await cast.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    const app = { kind: 'APP', id: viewer.id } as const;
    const mine = { agentUrn, executionId: 'run.unmistakable' };
    const files = [await storeInSpace(backends, app, mine), await storeInSpace(backends, app, mine)];
    const other = await storeInSpace(backends, app, { agentUrn, executionId: 'another' });
    const [trashed, purged] = [
      await storeInSpace(backends, app, mine),
      await storeInSpace(backends, app, mine),
    ];
    await deleteAssets(cast.agent, trashed.id);
    await purge(cast.agent, purged.id);

    await erase(backends, service, cast.admin, 'eraseExecution', mine.executionId);

    expect(outsideAudit(await findText(backends, mine.executionId))).toEqual([]);
    for (const { id } of [...files, trashed, purged]) {
      // The news of the space's files are kept for a day.
      const places = outsideAudit(await findText(backends, id));
      expect(places.filter((place) => place !== 'asset_events.asset_id')).toEqual([]);
      expect(await findKeys(service, id)).toEqual([]);
    }
    expect(await findKeys(service, other.id)).toEqual([other.key]);
    await expectInvariants(backends);
  });

  test('with what replaced the bytes of its files, and the bytes that were replaced', async () => {
    const { id: spaceId } = await defaultSpace(backends);
    const generated = { spaceId, execution: { executionId: 'run' } };
    const file = await scanned(cast.alice, await uploadDirect(cast.agent, generated));
    const named = { ...chartFile, filename: 'inimitable.png', description: 'inimitable' };
    await replace(cast.alice, spaceId, file.id, chart, named);
    await replaced(cast.alice, file);
    // One that replaced nothing, and one that is on its way.
    const { id } = await sendReplacement(cast.alice, spaceId, file.id, chart, named);
    await cast.alice.get(abortMutation, { id });
    await sendReplacement(cast.alice, spaceId, file.id, chart, named);
    expect(await findText(backends, 'inimitable')).not.toEqual([]);

    await cast.admin.get(eraseMutations.eraseExecution, { id: 'run' });
    const [erasure] = await rows<{ id: string }>(backends, 'select id from erasures');
    // No job but this one: what was replaced is to be deleted by one of its own, later.
    const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => '');
    await app.runErasure(erasure?.id ?? '');
    app.close();

    expect(await findText(backends, 'inimitable')).toEqual([]);
    expect((await listKeys(service)).filter((key) => key.includes(spaceId))).toEqual([]);
    await expectInvariants(backends);
  });

  test('what was purged before is forgotten, too, though nothing else of it is left', async () => {
    const { viewer } = await cast.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    const app = { kind: 'APP', id: viewer.id } as const;
    const { id } = await storeInSpace(backends, app, { agentUrn, executionId: 'run.unmistakable' });
    await purge(cast.agent, id);
    await erase(backends, service, cast.admin, 'eraseExecution', 'run.unmistakable');
    expect(outsideAudit(await findText(backends, 'run.unmistakable'))).toEqual([]);
    expect(outsideAudit(await findText(backends, id))).toEqual(['asset_events.asset_id']);
  });
});

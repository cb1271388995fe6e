import { makeApp } from '../../src/app.js';
import { uploadDirect } from '../support/direct.js';
import { outsideAudit, openErasureForEach, type ErasureStage } from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText, storeInSpace } from '../support/erasure.js';
import { abortMutation, agentUrn, scanned } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { chart, chartFile, replace, replaced, sendReplacement } from '../support/replacing.js';
import { defaultSpace } from '../support/space-rows.js';
import { listKeys, rows } from '../support/state.js';
import { deleteAssets, purge } from '../support/trash.js';

let stage: ErasureStage;
openErasureForEach((opened) => (stage = opened));

describe('eraseExecution', () => {
  test('leaves no byte and no row of what it generated', async () => {
    const { viewer } = await stage.cast.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    const app = { kind: 'APP', id: viewer.id } as const;
    const mine = { agentUrn, executionId: 'run.unmistakable' };
    const files = [
      await storeInSpace(stage.backends, app, mine),
      await storeInSpace(stage.backends, app, mine),
    ];
    const other = await storeInSpace(stage.backends, app, { agentUrn, executionId: 'another' });
    const [trashed, purged] = [
      await storeInSpace(stage.backends, app, mine),
      await storeInSpace(stage.backends, app, mine),
    ];
    await deleteAssets(stage.cast.agent, trashed.id);
    await purge(stage.cast.agent, purged.id);

    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseExecution', mine.executionId);

    expect(outsideAudit(await findText(stage.backends, mine.executionId))).toEqual([]);
    for (const { id } of [...files, trashed, purged]) {
      // The news of the space's files are kept for a day.
      const places = outsideAudit(await findText(stage.backends, id));
      expect(places.filter((place) => place !== 'asset_events.asset_id')).toEqual([]);
      expect(await findKeys(stage.service, id)).toEqual([]);
    }
    expect(await findKeys(stage.service, other.id)).toEqual([other.key]);
    await expectInvariants(stage.backends);
  });

  test('with what replaced the bytes of its files, and the bytes that were replaced', async () => {
    const { id: spaceId } = await defaultSpace(stage.backends);
    const generated = { spaceId, execution: { executionId: 'run' } };
    const file = await scanned(stage.cast.alice, await uploadDirect(stage.cast.agent, generated));
    const named = { ...chartFile, filename: 'inimitable.png', description: 'inimitable' };
    await replace(stage.cast.alice, spaceId, file.id, chart, named);
    await replaced(stage.cast.alice, file);
    // One that replaced nothing, and one that is on its way.
    const { id } = await sendReplacement(stage.cast.alice, spaceId, file.id, chart, named);
    await stage.cast.alice.get(abortMutation, { id });
    await sendReplacement(stage.cast.alice, spaceId, file.id, chart, named);
    expect(await findText(stage.backends, 'inimitable')).not.toEqual([]);

    await stage.cast.admin.get(eraseMutations.eraseExecution, { id: 'run' });
    const [erasure] = await rows<{ id: string }>(stage.backends, 'select id from erasures');
    // No job but this one: what was replaced is to be deleted by one of its own, later.
    const app = makeApp(stage.service.config, stage.service.adapters, makeRecordingLog(), () => '');
    await app.runErasure(erasure?.id ?? '');
    app.close();

    expect(await findText(stage.backends, 'inimitable')).toEqual([]);
    expect((await listKeys(stage.service)).filter((key) => key.includes(spaceId))).toEqual([]);
    await expectInvariants(stage.backends);
  });

  test('what was purged before is forgotten, too, though nothing else of it is left', async () => {
    const { viewer } = await stage.cast.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    const app = { kind: 'APP', id: viewer.id } as const;
    const { id } = await storeInSpace(stage.backends, app, { agentUrn, executionId: 'run.unmistakable' });
    await purge(stage.cast.agent, id);
    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseExecution', 'run.unmistakable');
    expect(outsideAudit(await findText(stage.backends, 'run.unmistakable'))).toEqual([]);
    expect(outsideAudit(await findText(stage.backends, id))).toEqual(['asset_events.asset_id']);
  });
});

import type { Adapters } from '../../src/adapters.js';
import { makeApp } from '../../src/app.js';
import { makeApi } from '../support/api.js';
import { audited } from '../support/audit.js';
import { seedCast } from '../support/cast.js';
import {
  expectGone,
  expectThere,
  fillMemory,
  outsideAudit,
  openErasureForEach,
  type ErasureStage,
} from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText } from '../support/erasure.js';
import { answer, request } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { processed, upload } from '../support/processing.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { sample } from '../support/samples.js';
import { openService } from '../support/service.js';
import { rows } from '../support/state.js';
import { until } from '../support/until.js';

let stage: ErasureStage;
openErasureForEach((opened) => (stage = opened));

describe('eraseMemory', () => {
  test('leaves no byte and no row of that memory; another begins when the agent asks again', async () => {
    const traces = await fillMemory(stage.cast.agent, 'alice', stage.cast.alice);
    const others = await fillMemory(stage.cast.otherAgent, 'alice', stage.cast.alice);
    const news = stage.cast.alice.subscribe(
      'subscription($urn: ID!) { assetEvents(memoryUrn: $urn) { kind } }',
      {
        urn: traces.memoryUrn,
      },
    );
    const kinds: unknown[] = [];
    const ended = (async () => {
      for (let event = await news.next(); event !== undefined; event = await news.next()) kinds.push(event);
    })();
    await until(async () => (await redisChannels()).includes(`assets:${traces.memoryId}`));

    await erase(stage.backends, stage.service, stage.cast.admin, 'eraseMemory', traces.memoryUrn);

    await expectGone(stage, traces);
    await ended;
    await news.close();
    expect(kinds.every((event) => JSON.stringify(event) === '{"assetEvents":{"kind":"PURGED"}}')).toBe(true);
    await expectThere(others, stage.cast.otherAgent);
    const again = await answer(stage.cast.alice, (await request(stage.cast.agent)).id);
    expect(again.urn).not.toContain(traces.memoryId);
    await expectInvariants(stage.backends);
  });

  const redisChannels = async () => {
    const { Redis } = await import('ioredis');
    const redis = new Redis(stage.backends.redis.url);
    const channels = await redis.pubsub('CHANNELS', '*');
    redis.disconnect();
    return channels as string[]; // its answer to CHANNELS
  };

  test('killed between any two steps and run again, it ends the same', async () => {
    const traces = await fillMemory(stage.cast.agent, 'alice', stage.cast.alice);
    // Nothing but what is run here.
    await stage.service.close();
    stage.service = await openService(stage.backends, { works: false });
    const admin = makeApi(stage.service.url, stage.cast.admin.credential);
    await admin.get(eraseMutations.eraseMemory, { id: traces.memoryUrn });
    const [erasure] = await rows<{ id: string }>(stage.backends, 'select id from erasures');
    let kills = 0;
    for (let isDone = false; !isDone; kills += 1) {
      // Each dies in another step than the one before it.
      isDone = await runUntilKilled(erasure?.id ?? '', 1 + (kills % 4));
    }
    expect(kills).toBeGreaterThan(4);
    const worker = await openService(stage.backends);
    await expectInvariants(stage.backends);
    await worker.close();
    await expectGone(stage, traces);
    expect(await audited(admin, { subject: traces.memoryUrn, action: 'completeErasure' })).toHaveLength(1);
  });

  /** false: it died after so many transactions and deletions, in the middle of the next. */
  async function runUntilKilled(erasureId: string, steps: number): Promise<boolean> {
    let left = steps;
    const die = () => {
      left -= 1;
      if (left < 0) throw new Error('killed');
    };
    const { adapters } = stage.service;
    const mortal: Adapters = {
      ...adapters,
      database: {
        ...adapters.database,
        transact: (work) =>
          adapters.database.transact(async (tx) => {
            const done = await work(tx);
            die();
            return done;
          }),
      },
      objects: {
        ...adapters.objects,
        async delete(key) {
          await adapters.objects.delete(key);
          die();
        },
      },
    };
    const app = makeApp(stage.service.config, mortal, makeRecordingLog(), () => '');
    try {
      await app.runErasure(erasureId);
      return true;
    } catch (error) {
      expect((error as Error).message).toBe('killed');
      return false;
    } finally {
      app.close();
    }
  }

  test('run by several at once, it ends the same', async () => {
    const traces = await fillMemory(stage.cast.agent, 'alice', stage.cast.alice);
    await stage.cast.admin.get(eraseMutations.eraseMemory, { id: traces.memoryUrn });
    const [erasure] = await rows<{ id: string }>(stage.backends, 'select id from erasures');
    const app = makeApp(stage.service.config, stage.service.adapters, makeRecordingLog(), () => '');
    await Promise.all([1, 2, 3].map(() => app.runErasure(erasure?.id ?? '')));
    app.close();
    await expectGone(stage, traces);
    await expectInvariants(stage.backends);
  });

  test('agents that go on asking meanwhile lose no request to it', async () => {
    const { memoryUrn, memoryId } = await fillMemory(stage.cast.agent, 'alice', stage.cast.alice);
    const erased = erase(stage.backends, stage.service, stage.cast.admin, 'eraseMemory', memoryUrn);
    let isErased = false;
    void erased.finally(() => (isErased = true));
    const asked: string[] = [];
    while (!isErased || asked.length < 3) {
      const { id } = await request(stage.cast.agent);
      await answer(stage.cast.alice, id).catch(() => undefined);
      asked.push(id);
    }
    await erased;
    expect(outsideAudit(await findText(stage.backends, memoryId))).toEqual([]);
    await expectInvariants(stage.backends);
  });
});

test('what was found out about files goes with them: text and thumbnail', async () => {
  await stage.service.close();
  stage.service = await openService(stage.backends, { env: { PROCESSING: 'true' } });
  stage.cast = await seedCast(stage.service);
  const words = Buffer.from('words inimitable');
  const note = await upload(stage.cast, 'note.txt', 'text/plain', words);
  const shot = await upload(stage.cast, 'shot.png', 'image/png', sample('png'));
  expect(await processed(stage.cast.alice, note)).toMatchObject({ text: 'words inimitable' });
  expect(await processed(stage.cast.alice, shot)).toMatchObject({ hasThumbnail: true });
  expect(await findText(stage.backends, 'inimitable')).toEqual(['asset_texts.text']);
  expect(await findKeys(stage.service, shot.id)).toHaveLength(2);
  const memoryUrn = note.urn.replace(/:assets:.*$/, '');

  await erase(stage.backends, stage.service, stage.cast.admin, 'eraseMemory', memoryUrn);

  expect(await findText(stage.backends, 'inimitable')).toEqual([]);
  for (const { id } of [note, shot]) {
    expect(outsideAudit(await findText(stage.backends, id))).toEqual([]);
    expect(await findKeys(stage.service, id)).toEqual([]);
  }
  expect(await rows(stage.backends, 'select from asset_processing')).toEqual([]);
  expect(await rows(stage.backends, 'select from asset_texts')).toEqual([]);
  await expectInvariants(stage.backends);
});

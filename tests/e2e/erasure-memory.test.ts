import type { Adapters } from '../../src/adapters.js';
import { makeApp } from '../../src/app.js';
import { makeApi } from '../support/api.js';
import { audited } from '../support/audit.js';
import { seedCast, type Cast } from '../support/cast.js';
import {
  expectGone,
  expectThere,
  fillMemory,
  outsideAudit,
  openErasureStage,
} from '../support/erasure-stage.js';
import { erase, eraseMutations, findKeys, findText } from '../support/erasure.js';
import { answer, request } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { processed, upload } from '../support/processing.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { sample } from '../support/samples.js';
import { openService, type TestBackends, type TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { until } from '../support/until.js';

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

describe('eraseMemory', () => {
  test('leaves no byte and no row of that memory; another begins when the agent asks again', async () => {
    const traces = await fillMemory(cast.agent, 'alice', cast.alice);
    const others = await fillMemory(cast.otherAgent, 'alice', cast.alice);
    const news = cast.alice.subscribe('subscription($urn: ID!) { assetEvents(memoryUrn: $urn) { kind } }', {
      urn: traces.memoryUrn,
    });
    const kinds: unknown[] = [];
    const ended = (async () => {
      for (let event = await news.next(); event !== undefined; event = await news.next()) kinds.push(event);
    })();
    await until(async () => (await redisChannels()).includes(`assets:${traces.memoryId}`));

    await erase(backends, service, cast.admin, 'eraseMemory', traces.memoryUrn);

    await expectGone({ backends, service }, traces);
    await ended;
    await news.close();
    expect(kinds.every((event) => JSON.stringify(event) === '{"assetEvents":{"kind":"PURGED"}}')).toBe(true);
    await expectThere(others, cast.otherAgent);
    const again = await answer(cast.alice, (await request(cast.agent)).id);
    expect(again.urn).not.toContain(traces.memoryId);
    await expectInvariants(backends);
  });

  const redisChannels = async () => {
    const { Redis } = await import('ioredis');
    const redis = new Redis(backends.redis.url);
    const channels = await redis.pubsub('CHANNELS', '*');
    redis.disconnect();
    return channels as string[]; // its answer to CHANNELS
  };

  test('killed between any two steps and run again, it ends the same', async () => {
    const traces = await fillMemory(cast.agent, 'alice', cast.alice);
    // Nothing but what is run here.
    await service.close();
    service = await openService(backends, { works: false });
    const admin = makeApi(service.url, cast.admin.credential);
    await admin.get(eraseMutations.eraseMemory, { id: traces.memoryUrn });
    const [erasure] = await rows<{ id: string }>(backends, 'select id from erasures');
    let kills = 0;
    for (let isDone = false; !isDone; kills += 1) {
      // Each dies in another step than the one before it.
      isDone = await runUntilKilled(erasure?.id ?? '', 1 + (kills % 4));
    }
    expect(kills).toBeGreaterThan(4);
    const worker = await openService(backends);
    await expectInvariants(backends);
    await worker.close();
    await expectGone({ backends, service }, traces);
    expect(await audited(admin, { subject: traces.memoryUrn, action: 'completeErasure' })).toHaveLength(1);
  });

  /** false: it died after so many transactions and deletions, in the middle of the next. */
  async function runUntilKilled(erasureId: string, steps: number): Promise<boolean> {
    let left = steps;
    const die = () => {
      left -= 1;
      if (left < 0) throw new Error('killed');
    };
    const { adapters } = service;
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
    const app = makeApp(service.config, mortal, makeRecordingLog(), () => '');
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
    const traces = await fillMemory(cast.agent, 'alice', cast.alice);
    await cast.admin.get(eraseMutations.eraseMemory, { id: traces.memoryUrn });
    const [erasure] = await rows<{ id: string }>(backends, 'select id from erasures');
    const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => '');
    await Promise.all([1, 2, 3].map(() => app.runErasure(erasure?.id ?? '')));
    app.close();
    await expectGone({ backends, service }, traces);
    await expectInvariants(backends);
  });

  test('agents that go on asking meanwhile lose no request to it', async () => {
    const { memoryUrn, memoryId } = await fillMemory(cast.agent, 'alice', cast.alice);
    const erased = erase(backends, service, cast.admin, 'eraseMemory', memoryUrn);
    let isErased = false;
    void erased.finally(() => (isErased = true));
    const asked: string[] = [];
    while (!isErased || asked.length < 3) {
      const { id } = await request(cast.agent);
      await answer(cast.alice, id).catch(() => undefined);
      asked.push(id);
    }
    await erased;
    expect(outsideAudit(await findText(backends, memoryId))).toEqual([]);
    await expectInvariants(backends);
  });
});

test('what was found out about files goes with them: text and thumbnail', async () => {
  await service.close();
  service = await openService(backends, { env: { PROCESSING: 'true' } });
  cast = await seedCast(service);
  const words = Buffer.from('words inimitable');
  const note = await upload(cast, 'note.txt', 'text/plain', words);
  const shot = await upload(cast, 'shot.png', 'image/png', sample('png'));
  expect(await processed(cast.alice, note)).toMatchObject({ text: 'words inimitable' });
  expect(await processed(cast.alice, shot)).toMatchObject({ hasThumbnail: true });
  expect(await findText(backends, 'inimitable')).toEqual(['asset_texts.text']);
  expect(await findKeys(service, shot.id)).toHaveLength(2);
  const memoryUrn = note.urn.replace(/:assets:.*$/, '');

  await erase(backends, service, cast.admin, 'eraseMemory', memoryUrn);

  expect(await findText(backends, 'inimitable')).toEqual([]);
  for (const { id } of [note, shot]) {
    expect(outsideAudit(await findText(backends, id))).toEqual([]);
    expect(await findKeys(service, id)).toEqual([]);
  }
  expect(await rows(backends, 'select from asset_processing')).toEqual([]);
  expect(await rows(backends, 'select from asset_texts')).toEqual([]);
  await expectInvariants(backends);
});

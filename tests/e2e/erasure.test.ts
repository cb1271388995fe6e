import { makeApp } from '../../src/app.js';
import type { Adapters } from '../../src/adapters.js';
import { makeApi, type Api } from '../support/api.js';
import { audited } from '../support/audit.js';
import { actors, otherAgentUrn, seedCast, type Cast } from '../support/cast.js';
import { beginDirect, uploadDirect } from '../support/direct.js';
import {
  erase,
  eraseMutations,
  findKeys,
  findText,
  storeInSpace,
  type EraseMutation,
} from '../support/erasure.js';
import {
  abortMutation,
  agentUrn,
  answer,
  awaitResult,
  begin,
  complete,
  fileOf,
  getPrompt,
  newAgent,
  pdf,
  promptsSubscription,
  put,
  request,
  requestUploadMutation,
  resultSubscription,
  scanned,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { processed, upload } from '../support/processing.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { sample } from '../support/samples.js';
import { withOneConnection } from '../support/one-connection.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { completed, requestSeveral } from '../support/several.js';
import { chart, chartFile, replace, replaced, sendReplacement } from '../support/replacing.js';
import { defaultSpace } from '../support/space-rows.js';
import { listKeys, rows, runAllJobs } from '../support/state.js';
import { deleteAssets, findAsset, purge } from '../support/trash.js';
import { until } from '../support/until.js';
import { encrypt } from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let zoe: Api;

/** In no other text. */
const zoeId = 'zoe.unmistakable';

beforeEach(async () => {
  backends = await openBackends();
  service = await openService(backends, {
    env: { DELIVERY_CHECK_SECONDS: '1' },
    adapt: withOneConnection(backends),
  });
  cast = await seedCast(service);
  zoe = makeApi(service.url, await token(zoeId, { name: 'Zoe', role: 'admin' }));
  for (const person of [zoe, cast.bob]) await person.get('{ viewer { id } }');
});

afterEach(async () => {
  await service.close();
  await backends.close();
});

interface Traces {
  /** Of rows of that memory: prompts, uploads, assets, the memory itself. */
  ids: string[];
  memoryId: string;
  memoryUrn: string;
  openPromptIds: string[];
}

/** Of everything that there may be in a memory, something. */
async function fillMemory(agent: Api, userId: string, person: Api): Promise<Traces> {
  const ask = async () => (await request(agent, { userId })).id;
  const kept = await answer(person, await ask(), pdf());
  const trashed = await answer(person, await ask(), pdf());
  await deleteAssets(person, trashed.id);
  const purged = await answer(person, await ask(), pdf());
  await purge(person, purged.id);
  const pending = await ask();
  const uploading = await ask();
  const upload = await begin(person, uploading, fileOf(pdf()));
  await put(upload, pdf());
  const several = (await requestSeveral(agent, { userId })).id;
  const { asset } = await completed(person, several);
  const memoryUrn = kept.urn.replace(/:assets:.*$/, '');
  const memoryId = memoryUrn.replace(/^.*:/, '');
  return {
    ids: [kept.id, trashed.id, purged.id, pending, uploading, upload.id, several, asset.id, memoryId],
    memoryId,
    memoryUrn,
    openPromptIds: [pending, uploading, several],
  };
}

const inAuditAlone = (places: string[]) => places.filter((place) => !place.startsWith('audit_entries.'));

/** No row but in the audit log, and no byte. */
async function expectGone({ ids, memoryId }: Traces): Promise<void> {
  for (const id of ids)
    expect({ id, places: inAuditAlone(await findText(backends, id)) }).toEqual({ id, places: [] });
  expect(await findKeys(service, memoryId)).toEqual([]);
}

/** Nothing of it was touched. */
async function expectThere(
  { ids: [kept = '', trashed = ''], openPromptIds }: Traces,
  agent: Api,
): Promise<void> {
  expect(await findAsset(agent, kept)).toMatchObject({ id: kept, deletedAt: null });
  expect(await findAsset(agent, trashed)).toMatchObject({
    id: trashed,
    deletedAt: expect.any(String) as unknown,
  });
  for (const id of openPromptIds) expect((await getPrompt(agent, id)).status).toMatch(/PENDING|UPLOADING/);
}

describe('eraseUser', () => {
  test('leaves no byte and no row of the person; files in spaces stay, and do not say whose they were', async () => {
    const traces = await fillMemory(cast.agent, zoeId, zoe);
    const more = await fillMemory(cast.otherAgent, zoeId, zoe);
    const alices = await fillMemory(cast.agent, 'alice', cast.alice);
    await encrypt(zoe, traces.memoryUrn);
    const shared = await storeInSpace(backends, { kind: 'USER', id: zoeId });
    const bobs = await storeInSpace(backends, { kind: 'USER', id: 'bob' });
    // As an admin she took a tool away, and so ended what was asked of others.
    const { id: revoked } = await request(cast.otherAgent, { userId: 'bob' });
    await zoe.get(
      'mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: false) { urn } }',
      { urn: otherAgentUrn },
    );
    await rows(
      backends,
      `insert into space_members (space_id, org_id, kind, id, role_id)
         select id, org_id, 'USER', $1, 'guest' from spaces`,
      [zoeId],
    );
    await rows(
      backends,
      `insert into folders (id, org_id, space_id, name, created_by_kind, created_by_id)
         select 'folder', org_id, id, 'Plans', 'USER', $1 from spaces limit 1`,
      [zoeId],
    );

    await erase(backends, service, cast.admin, 'eraseUser', zoeId);

    expect(inAuditAlone(await findText(backends, zoeId))).toEqual([]);
    await expectGone(traces);
    await expectGone(more);
    await expectThere(alices, cast.agent);
    const uploader = 'select uploaded_by_id as by from assets where id = $1';
    expect(await rows(backends, uploader, [shared.id])).toEqual([{ by: 'erased' }]);
    expect(await rows(backends, uploader, [bobs.id])).toEqual([{ by: 'bob' }]);
    expect(await findKeys(service, shared.id)).toEqual([shared.key]);
    expect(await rows(backends, `select created_by_id as by from folders`)).toEqual([{ by: 'erased' }]);
    expect(await getPrompt(cast.otherAgent, revoked)).toMatchObject({
      status: 'DECLINED',
      reason: 'REVOKED',
    });
    await expectInvariants(backends);
  });

  test('forgets under which keys files were begun: two who had the same one can both go', async () => {
    for (const by of [zoe, cast.bob]) {
      const { id } = await beginDirect(by, { file: fileOf(pdf()), idempotencyKey: zoeId });
      await put(await beginDirect(by, { file: fileOf(pdf()), idempotencyKey: zoeId }), pdf());
      await complete(by, id);
    }
    await erase(backends, service, cast.admin, 'eraseUser', zoeId);
    await erase(backends, service, cast.admin, 'eraseUser', 'bob');
    expect(inAuditAlone(await findText(backends, zoeId))).toEqual([]);
  });

  test('is on record by who asked, and when it has come to its end', async () => {
    await erase(backends, service, cast.admin, 'eraseUser', zoeId);
    expect(await audited(cast.admin, { subject: zoeId })).toMatchObject([
      {
        action: 'completeErasure',
        actor: { kind: 'SERVICE_ACCOUNT', id: 'askfile' },
        details: { kind: 'USER' },
      },
      { action: 'eraseUser', actor: { kind: 'USER', id: 'ada' }, details: { kind: 'USER' } },
    ]);
  });

  test('from the call on nobody can ask the person, who is known again when they come again', async () => {
    await cast.admin.get(eraseMutations.eraseUser, { id: zoeId });
    const input = { userId: zoeId, prompt: 'a file' };
    expect(await cast.agent.refusal(requestUploadMutation, { input })).toEqual({ code: 'NOT_FOUND' });
    await erase(backends, service, cast.admin, 'eraseUser', zoeId);
    await zoe.get('{ viewer { id } }');
    expect(await request(cast.agent, { userId: zoeId })).toMatchObject({ status: 'PENDING' });
  });

  test('they are known again in whichever process they come, though it has known them before', async () => {
    const elsewhere = await openService(backends, { works: false });
    const there = makeApi(elsewhere.url, zoe.credential);
    await there.get('{ viewer { id } }');
    await erase(backends, service, cast.admin, 'eraseUser', zoeId);
    await until(async () => {
      await there.get('{ viewer { id } }');
      const { data } = await cast.agent.ask(requestUploadMutation, {
        input: { userId: zoeId, prompt: 'a file' },
      });
      return data !== null;
    });
    await elsewhere.close();
  });

  test('whoever waits is told that it was declined, and the portal that nothing is open', async () => {
    const { id } = await request(cast.agent, { userId: zoeId });
    const result = cast.agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id });
    const portal = zoe.subscribe<{ uploadPrompts: { kind: string; prompts: PromptFields[] } }>(
      promptsSubscription,
    );
    expect((await portal.next())?.uploadPrompts.prompts).toHaveLength(1);
    const [told, waited] = [result.next(), awaitResult(cast.agent, id, 30)];
    await cast.admin.get(eraseMutations.eraseUser, { id: zoeId });
    const declined = { outcome: 'DECLINED', reason: 'REVOKED', assets: [] };
    expect((await told)?.uploadResult).toMatchObject(declined);
    expect(await result.next()).toBeUndefined();
    expect(await waited).toMatchObject(declined);
    expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'RESOLVED', prompts: [{ id }] });
    await Promise.all([result.close(), portal.close()]);
  });
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

    expect(inAuditAlone(await findText(backends, agentUrn))).toEqual([]);
    expect(inAuditAlone(await findText(backends, viewer.id))).toEqual([]);
    await expectGone(traces);
    await expectGone(more);
    await expectThere(others, cast.otherAgent);
    // Whoever follows the space is told that it went; that is forgotten after a day.
    expect(inAuditAlone(await findText(backends, generated.id))).toEqual(['asset_events.asset_id']);
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
    expect(inAuditAlone(await findText(backends, agentUrn))).toEqual([]);
    await expectInvariants(backends);
  });
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

    await expectGone(traces);
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
    await expectGone(traces);
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
    await expectGone(traces);
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
    expect(inAuditAlone(await findText(backends, memoryId))).toEqual([]);
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
    expect(inAuditAlone(await findText(backends, id))).toEqual([]);
    expect(await findKeys(service, id)).toEqual([]);
  }
  expect(await rows(backends, 'select from asset_processing')).toEqual([]);
  expect(await rows(backends, 'select from asset_texts')).toEqual([]);
  await expectInvariants(backends);
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

    expect(inAuditAlone(await findText(backends, mine.executionId))).toEqual([]);
    for (const { id } of [...files, trashed, purged]) {
      // The news of the space's files are kept for a day.
      const places = inAuditAlone(await findText(backends, id));
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
    expect(inAuditAlone(await findText(backends, 'run.unmistakable'))).toEqual([]);
    expect(inAuditAlone(await findText(backends, id))).toEqual(['asset_events.asset_id']);
  });
});

describe('who may', () => {
  const ids: Readonly<Record<EraseMutation, string>> = {
    eraseUser: zoeId,
    eraseAgent: agentUrn,
    eraseMemory: `urn:askfile:memory:${'0'.repeat(27)}`,
    eraseExecution: 'run',
  };

  test('an admin of the organization alone, and only what there is', async () => {
    const before = await rows(backends, 'select from audit_entries');
    const elsewhere = makeApi(service.url, await token('ada', { org: 'globex', role: 'admin' }));
    for (const [mutation, document] of Object.entries(eraseMutations)) {
      const id = ids[mutation as EraseMutation]; // the keys of both are those
      for (const actor of actors.filter((one) => one !== 'admin')) {
        const code = actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED';
        expect({ actor, mutation, ...(await cast[actor].refusal(document, { id })) }).toEqual({
          actor,
          mutation,
          code,
        });
      }
      for (const unknown of ['', 'nothing', '\u0000', 'urn:agent:nobody']) {
        expect(await cast.admin.refusal(document, { id: unknown })).toEqual({ code: 'NOT_FOUND' });
      }
      expect(await elsewhere.refusal(document, { id })).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await rows(backends, 'select from erasures')).toEqual([]);
    expect(await rows(backends, 'select from audit_entries')).toHaveLength(before.length);
  });

  test('asking again while it runs is the same call; once it is done there is nothing left to erase', async () => {
    for (let n = 0; n < 3; n += 1) await cast.admin.get(eraseMutations.eraseUser, { id: zoeId });
    expect(await rows(backends, 'select from erasures')).toHaveLength(1);
    await erase(backends, service, cast.admin, 'eraseUser', zoeId);
    expect(await audited(cast.admin, { subject: zoeId })).toHaveLength(2);
    expect(await cast.admin.refusal(eraseMutations.eraseUser, { id: zoeId })).toEqual({ code: 'NOT_FOUND' });
  });
});

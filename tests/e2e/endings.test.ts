import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import {
  abortMutation,
  agentUrn,
  awaitResult,
  begin,
  beginMutation,
  cancelMutation,
  complete,
  completeMutation,
  declineMutation,
  enable,
  getPrompt,
  put,
  request,
  requestUploadMutation,
  seenMutation,
  type PromptFields,
} from '../support/heart.js';
import { sceneBytes as bytes, sceneFile as file, stage, stored, type Scene } from '../support/scene.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { endLease, listAssetKeys, listKeys, movePrompt, rows, runAllJobs } from '../support/state.js';
import { summedUsage, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

openForAll({ env: { PROMPT_LIMIT_PER_USER: '10000' } }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
});

describe('how a prompt ends', () => {
  const refusalBy = (by: Api, mutation: string, id: string | undefined) =>
    by.refusal(mutation, { id, file, takeOver: true });

  /** Each way to end, after alice has begun to upload; who did it, and what everybody is told then. */
  const endings: Record<string, { end: (scene: Scene) => Promise<unknown>; told: object }> = {
    'was answered': {
      end: ({ upload }) => complete(cast.alice, upload?.id ?? ''),
      told: { outcome: 'UPLOADED', reason: null, resolvedBy: { kind: 'USER', id: 'alice' } },
    },
    'was declined elsewhere': {
      end: ({ promptId }) => cast.aliceElsewhere.get(declineMutation, { id: promptId }),
      told: { outcome: 'DECLINED', reason: 'USER', resolvedBy: { kind: 'USER', id: 'alice' } },
    },
    'was cancelled': {
      end: ({ promptId }) => cast.agent.get(cancelMutation, { id: promptId }),
      told: { outcome: 'DECLINED', reason: 'AGENT_CANCELLED', resolvedBy: { kind: 'APP' } },
    },
    'was revoked': {
      end: () => enable(cast.admin, false).then(() => enable(cast.admin, true)),
      told: { outcome: 'DECLINED', reason: 'REVOKED', resolvedBy: { kind: 'USER', id: 'ada' } },
    },
    'has timed out': {
      end: ({ promptId }) => movePrompt(backends, promptId, { expiresIn: -2, hardExpiresIn: -1 }),
      told: { outcome: 'TIMEOUT', reason: 'UPLOAD_INCOMPLETE', resolvedBy: null },
    },
  };

  test.each(Object.entries(endings))(
    'whoever comes after it %s is told so, and changes nothing',
    async (_, { end, told }) => {
      const scene = await stage(cast, 'UPLOADING');
      await end(scene);
      const ended = await getPrompt(cast.alice, scene.promptId);
      const before = await stored(backends, scene.promptId);
      const refusals = [
        await refusalBy(cast.alice, beginMutation, scene.promptId),
        await refusalBy(cast.aliceElsewhere, beginMutation, scene.promptId),
      ];
      if (ended.reason !== 'AGENT_CANCELLED') {
        refusals.push(await refusalBy(cast.agent, cancelMutation, scene.promptId));
      }
      refusals.push(await refusalBy(cast.alice, declineMutation, scene.promptId));
      if (ended.status !== 'UPLOADED') {
        refusals.push(await refusalBy(cast.alice, completeMutation, scene.upload?.id));
      }
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({
          ...told,
          code: 'PROMPT_ALREADY_RESOLVED',
          promptId: scene.promptId,
          resolvedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        });
      }
      expect(await stored(backends, scene.promptId)).toEqual(before);
    },
  );

  test('what is complete cannot be aborted', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    await complete(cast.alice, upload?.id ?? '');
    expect(await refusalBy(cast.alice, abortMutation, upload?.id)).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'UPLOADED',
      promptId,
    });
  });

  test.each([
    // Without the scan's verdict, which may come in between.
    ['completeUpload', 'mutation($id: ID!) { completeUpload(uploadId: $id) { id urn } }', 'alice', 'upload'],
    ['declineUpload', declineMutation, 'alice', 'prompt'],
    ['cancelUploadRequest', cancelMutation, 'agent', 'prompt'],
    ['abortUpload', abortMutation, 'alice', 'upload'],
    ['markUploadPromptSeen', seenMutation, 'alice', 'prompt'],
  ] as const)('repeating one’s own %s returns the same and changes nothing', async (_, mutation, who, of) => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    const variables = { id: of === 'prompt' ? promptId : upload?.id };
    const first = await cast[who].get(mutation, variables);
    const after = await stored(backends, promptId);
    expect(await cast[who].get(mutation, variables)).toEqual(first);
    expect(await stored(backends, promptId)).toEqual(after);
  });

  test('declining in another session than the one that declined is too late', async () => {
    const { promptId } = await stage(cast, 'PENDING');
    await cast.alice.get(declineMutation, { id: promptId });
    expect(await cast.aliceElsewhere.refusal(declineMutation, { id: promptId })).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'DECLINED',
    });
  });

  test('the note of a decline is kept for the agent', async () => {
    const { promptId } = await stage(cast, 'PENDING');
    const note = ' It is with my lawyer.\nAsk again on Monday ✉️ ';
    const { declineUpload } = await cast.alice.get<{ declineUpload: PromptFields }>(declineMutation, {
      id: promptId,
      note,
    });
    expect(declineUpload.note).toBe(note.trim());
    expect(await awaitResult(cast.agent, promptId)).toEqual({
      promptId,
      outcome: 'DECLINED',
      reason: 'USER',
      note: note.trim(),
      assets: [],
    });
  });

  test('an empty note is none', async () => {
    const { promptId } = await stage(cast, 'PENDING');
    await cast.alice.get(declineMutation, { id: promptId, note: '  ' });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({ outcome: 'DECLINED', note: null });
  });

  test('it is seen once, on whichever device', async () => {
    const { promptId } = await stage(cast, 'PENDING');
    const see = (by: Api) =>
      by.get<{ markUploadPromptSeen: { version: number; seenAt: string } }>(seenMutation, { id: promptId });
    const first = await see(cast.alice);
    expect(first.markUploadPromptSeen).toMatchObject({ version: 2, seenAt: expect.any(String) as unknown });
    expect(await see(cast.aliceElsewhere)).toEqual(first);
    await cast.alice.get(declineMutation, { id: promptId });
    expect((await see(cast.alice)).markUploadPromptSeen).toMatchObject({
      version: 3,
      seenAt: first.markUploadPromptSeen.seenAt,
    });
  });
});

describe('whose upload it is', () => {
  test('another session takes over only when it says so, and ends the first upload', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    expect(
      await cast.aliceElsewhere.refusal(beginMutation, { id: promptId, file, takeOver: false }),
    ).toMatchObject({ code: 'UPLOAD_IN_PROGRESS', promptId });
    const second = await begin(cast.aliceElsewhere, promptId, file, true);
    expect((await stored(backends, promptId)).uploads).toMatchObject([
      { id: upload?.id, status: 'ABORTED' },
      { id: second.id, status: 'OPEN' },
    ]);
    expect(await cast.alice.refusal(completeMutation, { id: upload?.id })).toMatchObject({
      code: 'UPLOAD_IN_PROGRESS',
    });
    await put(second, bytes);
    await complete(cast.aliceElsewhere, second.id);
    expect(await getPrompt(cast.agent, promptId)).toMatchObject({ status: 'UPLOADED', version: 4 });
  });

  test('the same session begins again and its earlier upload gives way', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    const again = await begin(cast.alice, promptId, file);
    expect((await stored(backends, promptId)).uploads).toMatchObject([
      { id: upload?.id, status: 'ABORTED' },
      { id: again.id, status: 'OPEN' },
    ]);
    const { errors } = await cast.alice.ask(completeMutation, { id: upload?.id });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('in this session') as unknown,
        extensions: { code: 'UPLOAD_IN_PROGRESS', promptId },
      },
    ]);
    await put(again, bytes);
    await complete(cast.alice, again.id);
    expect(await getPrompt(cast.agent, promptId)).toMatchObject({ status: 'UPLOADED' });
  });

  test('an aborted upload leaves the question open, and cannot be completed', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    await cast.alice.get(abortMutation, { id: upload?.id });
    expect(await getPrompt(cast.alice, promptId)).toMatchObject({ status: 'PENDING', reason: null });
    expect(await cast.alice.refusal(completeMutation, { id: upload?.id })).toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
  });

  test('a lease that ends leaves the question open too, without anybody looking', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    const { prompt: before } = await stored(backends, promptId);
    await endLease(backends, upload?.id ?? '');
    await until(async () => (await stored(backends, promptId)).prompt.status === 'PENDING');
    const after = await stored(backends, promptId);
    expect(after.prompt.version).toBe(before.version + 1);
    expect(after.uploads).toMatchObject([{ status: 'EXPIRED' }]);
    await begin(cast.aliceElsewhere, promptId, file);
  });
});

describe('time', () => {
  const timedOutStored = async (promptId: string) => {
    await until(async () => (await stored(backends, promptId)).prompt.status === 'TIMEOUT');
    return stored(backends, promptId);
  };

  test('who looks at a prompt past its deadline finds it timed out, not open', async () => {
    const { promptId } = await stage(cast, 'PENDING');
    await movePrompt(backends, promptId, { expiresIn: -1 });
    expect(await getPrompt(cast.alice, promptId)).toMatchObject({
      status: 'TIMEOUT',
      reason: 'NO_ANSWER',
      version: 2,
    });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({
      outcome: 'TIMEOUT',
      reason: 'NO_ANSWER',
    });
  });

  test('who looks at an upload past the grace finds its prompt timed out', async () => {
    const { promptId } = await stage(cast, 'UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -2, hardExpiresIn: -1 });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({
      outcome: 'TIMEOUT',
      reason: 'UPLOAD_INCOMPLETE',
    });
    expect((await stored(backends, promptId)).uploads).toMatchObject([{ status: 'EXPIRED' }]);
  });

  test.each([
    ['PENDING', 'NO_ANSWER', []],
    ['UPLOADING', 'UPLOAD_INCOMPLETE', [{ status: 'EXPIRED' }]],
  ] as const)('a %s prompt ends with %s although nobody looks', async (state, reason, uploads) => {
    const { promptId } = await stage(cast, state);
    const { prompt: before } = await stored(backends, promptId);
    await movePrompt(backends, promptId, { expiresIn: -2, hardExpiresIn: -1 });
    const after = await timedOutStored(promptId);
    expect(after.prompt).toMatchObject({ reason, version: before.version + 1 });
    expect(after.uploads).toMatchObject(uploads);
  });

  test('an upload that was begun in time may finish within the grace', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    expect(await getPrompt(cast.alice, promptId)).toMatchObject({ status: 'UPLOADING' });
    await complete(cast.alice, upload?.id ?? '');
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('within the grace nobody begins anew, not even by taking over', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    const before = await stored(backends, promptId);
    for (const by of [cast.alice, cast.aliceElsewhere]) {
      expect(await by.refusal(beginMutation, { id: promptId, file, takeOver: true })).toMatchObject({
        code: 'UPLOAD_IN_PROGRESS',
      });
    }
    expect(await stored(backends, promptId)).toEqual(before);
    await complete(cast.alice, upload?.id ?? '');
  });

  test('aborting within the grace ends the prompt: nothing else could begin', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    await cast.alice.get(abortMutation, { id: upload?.id });
    expect((await stored(backends, promptId)).prompt).toMatchObject({
      status: 'TIMEOUT',
      reason: 'UPLOAD_INCOMPLETE',
      version: 3,
    });
  });

  test('a lease that ends within the grace ends the prompt', async () => {
    const { promptId, upload } = await stage(cast, 'UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    await endLease(backends, upload?.id ?? '');
    expect((await timedOutStored(promptId)).prompt).toMatchObject({
      reason: 'UPLOAD_INCOMPLETE',
      version: 3,
    });
  });

  test('declining works within the grace', async () => {
    const { promptId } = await stage(cast, 'UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    await cast.aliceElsewhere.get(declineMutation, { id: promptId });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({ outcome: 'DECLINED' });
  });
});

describe('an admin switches the tool off', () => {
  test('every open prompt of that agent is revoked in the same transaction, and no other', async () => {
    const pending = await stage(cast, 'PENDING');
    const uploading = await stage(cast, 'UPLOADING');
    const ended = await stage(cast, 'PENDING');
    await cast.alice.get(declineMutation, { id: ended.promptId, note: 'no' });
    const others = await request(cast.otherAgent);
    expect((await usageOf(backends)).reserved).toBeGreaterThan(0);

    await enable(cast.admin, false);
    expect(await awaitResult(cast.agent, pending.promptId)).toMatchObject({ reason: 'REVOKED' });
    expect((await stored(backends, uploading.promptId)).prompt).toMatchObject({
      status: 'DECLINED',
      reason: 'REVOKED',
      version: 3,
    });
    expect((await stored(backends, uploading.promptId)).uploads).toMatchObject([{ status: 'ABORTED' }]);
    expect(await getPrompt(cast.agent, ended.promptId)).toMatchObject({ reason: 'USER', note: 'no' });
    expect(await getPrompt(cast.otherAgent, others.id)).toMatchObject({ status: 'PENDING' });
    expect((await usageOf(backends)).reserved).toBe(0);

    // The transaction that wrote a row last is in the row itself.
    const writers = await rows(
      backends,
      `select xmin::text as writer from capabilities where agent_urn = $1
       union select xmin::text from upload_prompts where id = any($2)
       union select xmin::text from uploads where prompt_id = any($2)`,
      [agentUrn, [pending.promptId, uploading.promptId]],
    );
    expect(writers).toHaveLength(1);

    const input = { userId: 'alice', prompt: 'another' };
    expect(await cast.agent.refusal(requestUploadMutation, { input })).toMatchObject({
      code: 'TOOL_NOT_ENABLED',
    });
    await enable(cast.admin, true);
    expect(await getPrompt(cast.agent, pending.promptId)).toMatchObject({ status: 'DECLINED' });
  });
});

test('after all of this the counters are right and storage holds assets alone', async () => {
  await enable(cast.admin, false);
  expect(await usageOf(backends)).toEqual(await summedUsage(backends));
  expect((await usageOf(backends)).reserved).toBe(0);
  await runAllJobs(backends, service);
  expect(await listKeys(service)).toEqual(await listAssetKeys(backends));
});

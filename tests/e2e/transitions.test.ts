import type { Answer, Api } from '../support/api.js';
import { actors, seedCast, type Actor, type Cast } from '../support/cast.js';
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
  fileOf,
  getPrompt,
  pdf,
  put,
  request,
  requestUploadMutation,
  type BegunUpload,
  type PromptFields,
} from '../support/heart.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { endLease, listAssetKeys, listKeys, movePrompt, rows, runAllJobs } from '../support/state.js';
import { summedUsage, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROMPT_LIMIT_PER_USER: '10000' } });
  cast = await seedCast(service);
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

const bytes = pdf();
const file = fileOf(bytes);

type Open = 'PENDING' | 'UPLOADING';

interface Scene {
  readonly promptId: string;
  /** Of alice, with its bytes in place; only while UPLOADING. */
  readonly upload?: BegunUpload;
}

async function stage(state: Open): Promise<Scene> {
  const { id: promptId } = await request(cast.agent);
  if (state === 'PENDING') return { promptId };
  const upload = await begin(cast.alice, promptId, file);
  expect((await put(upload, bytes)).ok).toBe(true);
  return { promptId, upload };
}

/** The prompt's row and those of its uploads, as they are. */
async function stored(promptId: string) {
  const [prompt] = await rows<{ status: string; reason: string | null; version: number }>(
    backends,
    'select * from upload_prompts where id = $1',
    [promptId],
  );
  const uploads = await rows<{ id: string; status: string }>(
    backends,
    'select * from uploads where prompt_id = $1 order by created_at',
    [promptId],
  );
  if (prompt === undefined) throw new Error('There is no such prompt.');
  return { prompt, uploads };
}

const seenMutation =
  'mutation($id: ID!) { markUploadPromptSeen(promptId: $id) { id version status seenAt } }';
const switchMutation =
  'mutation($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: false) { urn } }';

type Act = (by: Api, scene: Scene) => Promise<Answer<unknown>>;

const acts = {
  beginPromptUpload: (by, { promptId }) => by.ask(beginMutation, { id: promptId, file }),
  takeOver: (by, { promptId }) => by.ask(beginMutation, { id: promptId, file, takeOver: true }),
  completeUpload: (by, { upload }) => by.ask(completeMutation, { id: upload?.id }),
  abortUpload: (by, { upload }) => by.ask(abortMutation, { id: upload?.id }),
  declineUpload: (by, { promptId }) => by.ask(declineMutation, { id: promptId }),
  cancelUploadRequest: (by, { promptId }) => by.ask(cancelMutation, { id: promptId }),
  markUploadPromptSeen: (by, { promptId }) => by.ask(seenMutation, { id: promptId }),
  switchOff: (by) => by.ask(switchMutation, { urn: agentUrn }),
} satisfies Record<string, Act>;

describe('who may change a prompt', () => {
  // Who may not know of the prompt is told that there is none; who is of the wrong kind altogether learns nothing
  // of it either way.
  const forPeople: Partial<Record<Actor, string>> = {
    bob: 'NOT_FOUND',
    admin: 'NOT_FOUND',
    agent: 'PERMISSION_DENIED',
    otherAgent: 'PERMISSION_DENIED',
    account: 'PERMISSION_DENIED',
    aliceOfGlobex: 'NOT_FOUND',
    nobody: 'UNAUTHENTICATED',
  };
  const forItsAgent: Partial<Record<Actor, string>> = {
    alice: 'PERMISSION_DENIED',
    aliceElsewhere: 'PERMISSION_DENIED',
    bob: 'NOT_FOUND',
    admin: 'NOT_FOUND',
    otherAgent: 'NOT_FOUND',
    account: 'NOT_FOUND',
    aliceOfGlobex: 'NOT_FOUND',
    nobody: 'UNAUTHENTICATED',
  };
  const forAdmins = {
    ...Object.fromEntries(actors.map((actor) => [actor, 'PERMISSION_DENIED'])),
    admin: undefined,
    nobody: 'UNAUTHENTICATED',
  };
  const inProgress = { ...forPeople, aliceElsewhere: 'UPLOAD_IN_PROGRESS' };
  const inOwnSession = { ...forPeople, aliceElsewhere: 'PERMISSION_DENIED' };

  /** What is tried, on which state, who is refused with what; everybody else brings the prompt to `to`. */
  const table: [keyof typeof acts, Open, Partial<Record<Actor, string | undefined>>, to: string][] = [
    ['beginPromptUpload', 'PENDING', forPeople, 'UPLOADING'],
    ['beginPromptUpload', 'UPLOADING', inProgress, 'UPLOADING'],
    ['takeOver', 'UPLOADING', forPeople, 'UPLOADING'],
    ['completeUpload', 'UPLOADING', inOwnSession, 'UPLOADED'],
    ['abortUpload', 'UPLOADING', forPeople, 'PENDING'],
    ['declineUpload', 'PENDING', forPeople, 'DECLINED'],
    ['declineUpload', 'UPLOADING', forPeople, 'DECLINED'],
    ['cancelUploadRequest', 'PENDING', forItsAgent, 'DECLINED'],
    ['cancelUploadRequest', 'UPLOADING', forItsAgent, 'DECLINED'],
    ['markUploadPromptSeen', 'PENDING', forPeople, 'PENDING'],
    ['markUploadPromptSeen', 'UPLOADING', forPeople, 'UPLOADING'],
    ['switchOff', 'PENDING', forAdmins, 'DECLINED'],
    ['switchOff', 'UPLOADING', forAdmins, 'DECLINED'],
  ];
  const cases = table.flatMap(([act, state, refusals, to]) =>
    actors.map((actor) => ({ act, state, actor, code: refusals[actor], to })),
  );

  test.each(cases.filter(({ code }) => code === undefined))(
    '$act by $actor brings a $state prompt to $to, one version on',
    async ({ act, state, actor, to }) => {
      const scene = await stage(state);
      const { prompt: before } = await stored(scene.promptId);
      const { errors } = await acts[act](cast[actor], scene);
      const { prompt: after } = await stored(scene.promptId);
      if (act === 'switchOff') await enable(cast.admin, true);
      expect(errors).toBeUndefined();
      expect(after).toMatchObject({ status: to, version: before.version + 1 });
    },
  );

  /** Whoever is refused changes nothing, so all of them try it on the same two prompts. */
  const untouched = new Map<Open, Promise<Scene>>();
  const stageOnce = (state: Open) => {
    const scene = untouched.get(state) ?? stage(state);
    untouched.set(state, scene);
    return scene;
  };

  test.each(cases.filter(({ code }) => code !== undefined))(
    '$act by $actor on a $state prompt is refused with $code and changes nothing',
    async ({ act, state, actor, code }) => {
      const scene = await stageOnce(state);
      const before = await stored(scene.promptId);
      const { data, errors } = await acts[act](cast[actor], scene);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
      expect(data).toBeNull();
      expect(await stored(scene.promptId)).toEqual(before);
    },
  );

  test.each(actors.filter((actor) => actor !== 'agent'))(
    'requestUpload for that agent by %s is refused and asks nothing',
    async (actor) => {
      const count = () => rows(backends, 'select count(*) from upload_prompts');
      const before = await count();
      const input = { userId: 'alice', prompt: 'a file', agentUrn };
      const { code } = await cast[actor].refusal(requestUploadMutation, { input });
      expect(code).toBe(actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED');
      expect(await count()).toEqual(before);
    },
  );
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
      const scene = await stage('UPLOADING');
      await end(scene);
      const ended = await getPrompt(cast.alice, scene.promptId);
      const before = await stored(scene.promptId);
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
      expect(await stored(scene.promptId)).toEqual(before);
    },
  );

  test('what is complete cannot be aborted', async () => {
    const { promptId, upload } = await stage('UPLOADING');
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
    const { promptId, upload } = await stage('UPLOADING');
    const variables = { id: of === 'prompt' ? promptId : upload?.id };
    const first = await cast[who].get(mutation, variables);
    const after = await stored(promptId);
    expect(await cast[who].get(mutation, variables)).toEqual(first);
    expect(await stored(promptId)).toEqual(after);
  });

  test('declining in another session than the one that declined is too late', async () => {
    const { promptId } = await stage('PENDING');
    await cast.alice.get(declineMutation, { id: promptId });
    expect(await cast.aliceElsewhere.refusal(declineMutation, { id: promptId })).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'DECLINED',
    });
  });

  test('the note of a decline is kept for the agent', async () => {
    const { promptId } = await stage('PENDING');
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
    const { promptId } = await stage('PENDING');
    await cast.alice.get(declineMutation, { id: promptId, note: '  ' });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({ outcome: 'DECLINED', note: null });
  });

  test('it is seen once, on whichever device', async () => {
    const { promptId } = await stage('PENDING');
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
    const { promptId, upload } = await stage('UPLOADING');
    expect(
      await cast.aliceElsewhere.refusal(beginMutation, { id: promptId, file, takeOver: false }),
    ).toMatchObject({ code: 'UPLOAD_IN_PROGRESS', promptId });
    const second = await begin(cast.aliceElsewhere, promptId, file, true);
    expect((await stored(promptId)).uploads).toMatchObject([
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
    const { promptId, upload } = await stage('UPLOADING');
    const again = await begin(cast.alice, promptId, file);
    expect((await stored(promptId)).uploads).toMatchObject([
      { id: upload?.id, status: 'ABORTED' },
      { id: again.id, status: 'OPEN' },
    ]);
    await put(again, bytes);
    await complete(cast.alice, again.id);
    expect(await getPrompt(cast.agent, promptId)).toMatchObject({ status: 'UPLOADED' });
  });

  test('an aborted upload leaves the question open, and cannot be completed', async () => {
    const { promptId, upload } = await stage('UPLOADING');
    await cast.alice.get(abortMutation, { id: upload?.id });
    expect(await getPrompt(cast.alice, promptId)).toMatchObject({ status: 'PENDING', reason: null });
    expect(await cast.alice.refusal(completeMutation, { id: upload?.id })).toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
  });

  test('a lease that ends leaves the question open too, without anybody looking', async () => {
    const { promptId, upload } = await stage('UPLOADING');
    const { prompt: before } = await stored(promptId);
    await endLease(backends, upload?.id ?? '');
    await until(async () => (await stored(promptId)).prompt.status === 'PENDING');
    const after = await stored(promptId);
    expect(after.prompt.version).toBe(before.version + 1);
    expect(after.uploads).toMatchObject([{ status: 'EXPIRED' }]);
    await begin(cast.aliceElsewhere, promptId, file);
  });
});

describe('time', () => {
  const timedOutStored = async (promptId: string) => {
    await until(async () => (await stored(promptId)).prompt.status === 'TIMEOUT');
    return stored(promptId);
  };

  test('who looks at a prompt past its deadline finds it timed out, not open', async () => {
    const { promptId } = await stage('PENDING');
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
    const { promptId } = await stage('UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -2, hardExpiresIn: -1 });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({
      outcome: 'TIMEOUT',
      reason: 'UPLOAD_INCOMPLETE',
    });
    expect((await stored(promptId)).uploads).toMatchObject([{ status: 'EXPIRED' }]);
  });

  test.each([
    ['PENDING', 'NO_ANSWER', []],
    ['UPLOADING', 'UPLOAD_INCOMPLETE', [{ status: 'EXPIRED' }]],
  ] as const)('a %s prompt ends with %s although nobody looks', async (state, reason, uploads) => {
    const { promptId } = await stage(state);
    const { prompt: before } = await stored(promptId);
    await movePrompt(backends, promptId, { expiresIn: -2, hardExpiresIn: -1 });
    const after = await timedOutStored(promptId);
    expect(after.prompt).toMatchObject({ reason, version: before.version + 1 });
    expect(after.uploads).toMatchObject(uploads);
  });

  test('an upload that was begun in time may finish within the grace', async () => {
    const { promptId, upload } = await stage('UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    expect(await getPrompt(cast.alice, promptId)).toMatchObject({ status: 'UPLOADING' });
    await complete(cast.alice, upload?.id ?? '');
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('within the grace nobody begins anew, not even by taking over', async () => {
    const { promptId, upload } = await stage('UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    const before = await stored(promptId);
    for (const by of [cast.alice, cast.aliceElsewhere]) {
      expect(await by.refusal(beginMutation, { id: promptId, file, takeOver: true })).toMatchObject({
        code: 'UPLOAD_IN_PROGRESS',
      });
    }
    expect(await stored(promptId)).toEqual(before);
    await complete(cast.alice, upload?.id ?? '');
  });

  test('aborting within the grace ends the prompt: nothing else could begin', async () => {
    const { promptId, upload } = await stage('UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    await cast.alice.get(abortMutation, { id: upload?.id });
    expect((await stored(promptId)).prompt).toMatchObject({
      status: 'TIMEOUT',
      reason: 'UPLOAD_INCOMPLETE',
      version: 3,
    });
  });

  test('a lease that ends within the grace ends the prompt', async () => {
    const { promptId, upload } = await stage('UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    await endLease(backends, upload?.id ?? '');
    expect((await timedOutStored(promptId)).prompt).toMatchObject({
      reason: 'UPLOAD_INCOMPLETE',
      version: 3,
    });
  });

  test('declining works within the grace', async () => {
    const { promptId } = await stage('UPLOADING');
    await movePrompt(backends, promptId, { expiresIn: -1, hardExpiresIn: 60 });
    await cast.aliceElsewhere.get(declineMutation, { id: promptId });
    expect(await awaitResult(cast.agent, promptId)).toMatchObject({ outcome: 'DECLINED' });
  });
});

describe('an admin switches the tool off', () => {
  test('every open prompt of that agent is revoked in the same transaction, and no other', async () => {
    const pending = await stage('PENDING');
    const uploading = await stage('UPLOADING');
    const ended = await stage('PENDING');
    await cast.alice.get(declineMutation, { id: ended.promptId, note: 'no' });
    const others = await request(cast.otherAgent);
    expect((await usageOf(backends)).reserved).toBeGreaterThan(0);

    await enable(cast.admin, false);
    expect(await awaitResult(cast.agent, pending.promptId)).toMatchObject({ reason: 'REVOKED' });
    expect((await stored(uploading.promptId)).prompt).toMatchObject({
      status: 'DECLINED',
      reason: 'REVOKED',
      version: 3,
    });
    expect((await stored(uploading.promptId)).uploads).toMatchObject([{ status: 'ABORTED' }]);
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

import type { Adapters } from '../../src/adapters.js';
import { createPortalClient } from '../../src/client/index.js';
import type { Answer, Api } from '../support/api.js';
import { makeApi } from '../support/api.js';
import {
  abortMutation,
  anotherDevice,
  awaitResult,
  beginMutation,
  cancelMutation,
  complete,
  completeMutation,
  declineMutation,
  pdf,
  seedHeart,
  type AssetFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import {
  completed,
  fileNamed,
  getSeveral,
  requestSeveral,
  sent,
  submitMutation,
  type SeveralFields,
} from '../support/several.js';
import { movePrompt, rows } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
/** Another process on the same backends, whose adapters fail when told. */
let shaky: TestService;
let agent: Api;
let alice: Api;
let devices: Api[];

/** Fails at the nth point from now on, once; 0 never. */
const fault = { in: 0 };

function passPoint(): void {
  fault.in -= 1;
  if (fault.in === 0) throw new Error('the process was cut off here');
}

/** A point before each call to storage and each job, and after each commit, whose answer is then lost. */
function failing(adapters: Adapters): Adapters {
  const { database, objects, queue } = adapters;
  return {
    ...adapters,
    database: {
      ...database,
      async transact(work) {
        const result = await database.transact(work);
        passPoint();
        return result;
      },
    },
    objects: {
      ...objects,
      async head(...args) {
        passPoint();
        return objects.head(...args);
      },
      async copy(...args) {
        passPoint();
        return objects.copy(...args);
      },
      async read(...args) {
        passPoint();
        return objects.read(...args);
      },
    },
    queue: {
      ...queue,
      async enqueue(...args) {
        passPoint();
        return queue.enqueue(...args);
      },
    },
  };
}

beforeAll(async () => {
  backends = await openBackends();
  const env = { PROMPT_LIMIT_PER_USER: '1000' };
  service = await openService(backends, { env });
  shaky = await openService(backends, { env, works: false, adapt: failing });
  ({ agent, alice } = await seedHeart(service));
  devices = await Promise.all(times(10, () => anotherDevice(alice)));
});

afterEach(() => expectInvariants(backends));

afterAll(async () => {
  await shaky.close();
  await service.close();
  await backends.close();
});

interface Racer {
  readonly name: string;
  run(): Promise<Answer<unknown>>;
}

const submitted = 'UPLOADED null';

type RacerKind = 'submit' | 'decline' | 'cancel' | 'timeOut' | 'takeOver';

const racers: Record<RacerKind, (id: string, index: number) => Racer> = {
  submit: (id: string) => ({ name: submitted, run: () => alice.ask(submitMutation, { id }) }),
  decline: (id: string, index: number) => ({
    name: 'DECLINED USER',
    run: () => (devices[index % devices.length] ?? alice).ask(declineMutation, { id }),
  }),
  cancel: (id: string) => ({
    name: 'DECLINED AGENT_CANCELLED',
    run: () => agent.ask(cancelMutation, { id }),
  }),
  timeOut: (id: string) => ({
    name: 'nothing',
    run: async () => {
      await endTime(id);
      return { data: await getSeveral(agent, id) };
    },
  }),
  takeOver: (id: string, index: number) => ({
    name: 'nothing',
    run: () =>
      (devices[index % devices.length] ?? alice).ask(beginMutation, {
        id,
        file: fileNamed('other.pdf', pdf()),
        takeOver: true,
      }),
  }),
};

type Mix = Partial<Record<RacerKind, number>>;

const mixes: readonly Mix[] = [
  { submit: 25, decline: 25 },
  { submit: 25, cancel: 25 },
  { submit: 40, timeOut: 10 },
  { submit: 40, takeOver: 10 },
  { submit: 20, decline: 10, cancel: 10, timeOut: 5, takeOver: 5 },
];

test.each(mixes)(
  'of fifty at once one wins, all files or none: %j',
  async (mix) => {
    const winners = new Set<string>();
    // Hunts for the lead with which a submission is about as quick as the others; below 0 it is theirs. How far off
    // that is depends on the machine, so each step is longer than the last.
    let leadMs = 0;
    let stepMs = 10;
    for (let round = 0; winners.size < 2 || !winners.has(submitted); round += 1) {
      expect(round).toBeLessThan(20);
      const { id } = await requestSeveral(agent);
      const files = [await completed(alice, id), await completed(alice, id, 'b.pdf')];
      const all = Object.entries(mix).flatMap(([kind, count]) =>
        times(count, (index) => racers[kind as RacerKind](id, index)),
      );
      const outcomes = await Promise.all(
        shuffle(all).map(async ({ name, run }) => {
          const behindMs = Math.max(0, name === submitted ? -leadMs : leadMs);
          await new Promise((resolve) => setTimeout(resolve, behindMs));
          return { name, ...(await run()) };
        }),
      );
      const seen = await getSeveral(agent, id);
      if (seen.status === 'UPLOADING') await agent.get(cancelMutation, { id });
      const end = await getSeveral(agent, id);
      const how = `${end.status} ${end.reason}`;
      winners.add(how);
      leadMs += how === submitted ? -stepMs : stepMs;
      stepMs = Math.min(2 * stepMs, 320);

      for (const { name, errors } of outcomes) {
        if (errors === undefined) expect([how, 'nothing']).toContain(name);
        for (const { extensions } of errors ?? []) {
          if (extensions.code === 'UPLOAD_IN_PROGRESS') continue;
          expect(extensions).toMatchObject({
            code: 'PROMPT_ALREADY_RESOLVED',
            outcome: end.status,
            reason: end.reason,
          });
        }
      }
      const expected = how === submitted ? files.map(({ asset }) => asset.id) : [];
      expect((await awaitResult(agent, id))?.assets.map((asset) => asset.id)).toEqual(expected);
      expect(await rows(backends, 'select from verified_files')).toEqual([]);
      for (const { asset } of files) {
        const found = await alice.get('query($id: ID) { asset(id: $id) { id } }', { id: asset.id });
        expect(found).toEqual({ asset: how === submitted ? { id: asset.id } : null });
      }
      const begun = outcomes.filter(({ data }) => isObject(data) && 'beginPromptUpload' in data).length;
      expect(end.version).toBe(1 + 2 * files.length + begun + 1);
    }
  },
  120_000,
);

test('completed many times at once, over two processes, each upload is one file', async () => {
  const { id } = await requestSeveral(agent);
  const uploads = [await sent(alice, id), await sent(alice, id, 'b.pdf'), await sent(alice, id, 'c.pdf')];
  const doors = [alice, makeApi(shaky.url, alice.credential)];
  const assets = await Promise.all(
    times(30, (index) => complete(doors[index % 2] ?? alice, uploads[index % 3]?.id ?? '')),
  );
  expect(new Set(assets.map((asset) => asset.id)).size).toBe(3);
  const end = await alice.get<{ submitPromptUploads: SeveralFields }>(submitMutation, { id });
  expect(end.submitPromptUploads).toMatchObject({ version: 8, assets: [{}, {}, {}] });
});

test('a submission that meets the completion of a file takes it along or says that it is open', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await requestSeveral(agent, { minFiles: 1 });
    await completed(alice, id);
    const last = await sent(alice, id, 'b.pdf');
    const [completion, ...submissions] = await Promise.all([
      alice.ask<{ completeUpload: AssetFields }>(completeMutation, { id: last.id }),
      ...times(10, async (index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 8));
        return alice.ask(submitMutation, { id });
      }),
    ]);
    expect(completion.errors).toBeUndefined();
    for (const { errors } of submissions) {
      if (errors !== undefined) {
        expect(errors[0]?.extensions).toMatchObject({ code: 'UPLOAD_IN_PROGRESS', open: 1 });
      }
    }
    await alice.get(submitMutation, { id });
    expect((await getSeveral(agent, id)).assets).toHaveLength(2);
  }
});

test('of a submission and the removal of one of its files, one wins', async () => {
  const winners = new Set<string>();
  // Hunts for the lead with which a removal is about as quick, as above.
  let leadMs = 0;
  let stepMs = 5;
  for (let round = 0; winners.size < 2; round += 1) {
    expect(round).toBeLessThan(20);
    const { id } = await requestSeveral(agent);
    const files = [await completed(alice, id), await completed(alice, id, 'b.pdf')];
    const after = async (ms: number, ask: () => Promise<unknown>) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
      return ask();
    };
    await Promise.all([
      ...times(3, () => after(-leadMs, () => alice.ask(abortMutation, { id: files[0]?.upload.id }))),
      ...times(3, () => after(leadMs, () => alice.ask(submitMutation, { id }))),
    ]);
    const end = await getSeveral(alice, id);
    winners.add(end.status);
    leadMs += end.status === 'UPLOADED' ? stepMs : -stepMs;
    stepMs = Math.min(2 * stepMs, 320);
    expect(end.assets).toHaveLength(end.status === 'UPLOADED' ? 2 : 0);
    expect(end.uploads[0]?.status).toBe(end.status === 'UPLOADED' ? 'COMPLETED' : 'ABORTED');
    if (end.status !== 'UPLOADED') await alice.get(declineMutation, { id });
  }
});

test('cut off at any point, asking again hands all files over once, in their order', async () => {
  const portal = createPortalClient({
    url: shaky.url,
    token: alice.credential,
    retry: { minDelayMs: 5, maxDelayMs: 50 },
  });
  const names = ['b.pdf', 'a.pdf'];
  const files = names.map((name) => new File([pdf(name)], name, { type: 'application/pdf' }));
  for (let nth = 1, isOver = false; !isOver; nth += 1) {
    expect(nth).toBeLessThan(100);
    const { id } = await requestSeveral(agent);
    fault.in = nth;
    const assets = await portal.answer(id, files);
    isOver = fault.in > 0;
    fault.in = 0;
    expect(assets.map(({ filename }) => filename)).toEqual(names);
    const result = await awaitResult(agent, id);
    expect(result?.assets.map((asset) => asset.id)).toEqual(assets.map((asset) => asset.id));
  }
}, 240_000);

test('cut off at any point while a prompt with files ends, they vanish all the same', async () => {
  const by = makeApi(shaky.url, alice.credential);
  for (let nth = 1, isOver = false; !isOver; nth += 1) {
    expect(nth).toBeLessThan(100);
    const { id } = await requestSeveral(agent);
    await completed(alice, id);
    await completed(alice, id, 'b.pdf');
    fault.in = nth;
    await by.ask(declineMutation, { id });
    isOver = fault.in > 0;
    fault.in = 0;
    expect(await by.get(declineMutation, { id })).toMatchObject({ declineUpload: { status: 'DECLINED' } });
    expect(await rows(backends, 'select from verified_files')).toEqual([]);
  }
});

/** Both deadlines are over; not for a prompt that has ended meanwhile. */
async function endTime(id: string): Promise<void> {
  const [open] = await rows(backends, 'select from upload_prompts where id = $1 and resolved_at is null', [
    id,
  ]);
  if (open !== undefined) await movePrompt(backends, id, { expiresIn: 0, hardExpiresIn: 0 });
}

function isObject(data: unknown): data is object {
  return typeof data === 'object' && data !== null;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

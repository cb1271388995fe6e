import { makeApi, type Api, type ApiError } from '../support/api.js';
import {
  anotherDevice,
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
  progressSubscription,
  put,
  request,
  resultSubscription,
  seedHeart,
  type AssetFields,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let services: TestService[];
let people: Awaited<ReturnType<typeof seedHeart>>;
let devices: Api[];

beforeAll(async () => {
  backends = await openBackends();
  services = [await openService(backends), await openService(backends, { works: false })];
  people = await seedHeart({ url: services[0]?.url ?? '' });
  // Of the same person, over both processes in turn.
  const urls = services.map(({ url }) => url);
  devices = await Promise.all(
    Array.from({ length: 20 }, (_, index) => anotherDevice({ ...people.alice, url: urls[index % 2] ?? '' })),
  );
});

afterAll(async () => {
  for (const service of services) await service.close();
  await backends.close();
});

/** One call that may win, named by how the prompt has ended when it did. */
interface Racer {
  readonly wins: string;
  run(): Promise<{ data: object | null; errors?: readonly ApiError[] }>;
}

interface Race {
  readonly prompt: PromptFields;
  /** Held by this device, with the bytes in storage. */
  readonly uploadId: string;
  readonly holder: Api;
}

const uploaded = 'UPLOADED null';

const racers = {
  decline: ({ prompt }: Race, count: number): Racer[] =>
    devices.slice(0, count).map((device) => ({
      wins: 'DECLINED USER',
      run: () => device.ask(declineMutation, { id: prompt.id }),
    })),
  complete: ({ uploadId, holder }: Race, count: number): Racer[] =>
    times(count, () => ({
      wins: uploaded,
      run: () => holder.ask(completeMutation, { id: uploadId }),
    })),
  cancel: ({ prompt }: Race, count: number): Racer[] =>
    times(count, () => ({
      wins: 'DECLINED AGENT_CANCELLED',
      run: () => people.agent.ask(cancelMutation, { id: prompt.id }),
    })),
  switchOff: (_race: Race, count: number): Racer[] =>
    times(count, () => ({
      wins: 'DECLINED REVOKED',
      run: async () => ({ data: await enable(people.admin, false).then(() => ({})) }),
    })),
  takeOver: ({ prompt }: Race, count: number): Racer[] =>
    devices.slice(-count).map((device) => ({
      wins: 'nothing',
      run: () => device.ask(beginMutation, { id: prompt.id, file: fileOf(pdf()), takeOver: true }),
    })),
  /** Its time is over in this moment, and people look. */
  timeOut: ({ prompt }: Race, count: number): Racer[] =>
    times(count, () => ({
      wins: 'nothing',
      run: async () => {
        await moveDeadline(prompt.id, 0);
        return { data: await getPrompt(people.agent, prompt.id) };
      },
    })),
};

type Mix = Partial<Record<keyof typeof racers, number>>;

const mixes: readonly Mix[] = [
  { decline: 15, complete: 15, cancel: 15, takeOver: 5 },
  { decline: 20, complete: 30 },
  { complete: 40, takeOver: 5, timeOut: 5 },
  { decline: 10, complete: 10, cancel: 10, switchOff: 5, takeOver: 5, timeOut: 10 },
  { complete: 25, cancel: 20, switchOff: 5 },
  { decline: 15, takeOver: 20, cancel: 15 },
];

describe('fifty at once on one prompt', () => {
  test.each(mixes)('one wins and everybody is told who: %j', async (mix) => {
    const { agent } = people;
    const winners = new Set<string>();
    // A completion moves bytes, and so loses to everything else unless it has a head start: the rounds hunt for one
    // with which it is about as quick.
    let headStartMs = 0;
    const isEnough = () => mix.complete === undefined || (winners.size > 1 && winners.has(uploaded));
    for (let round = 0; round < 2 || !isEnough(); round += 1) {
      expect(round).toBeLessThan(20);
      const race = await startRace();
      const waiting = agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, {
        id: race.prompt.id,
      });
      const result = waiting.next();
      const polled = awaitResult(agent, race.prompt.id, 20);
      const all = shuffle(
        Object.entries(mix).flatMap(([kind, count]) => racers[kind as keyof Mix](race, count)),
      );
      const outcomes = await Promise.all(
        all.map(async (racer) => {
          if (racer.wins !== uploaded) await new Promise((resolve) => setTimeout(resolve, headStartMs));
          return { wins: racer.wins, ...(await racer.run()) };
        }),
      );
      // Whoever came last may only have taken it over.
      const seen = await getPrompt(agent, race.prompt.id);
      if (!isEnded(seen)) await agent.get(cancelMutation, { id: race.prompt.id });
      const ended = await getPrompt(agent, race.prompt.id);
      const how = `${ended.status} ${ended.reason}`;
      winners.add(how);
      headStartMs = how === uploaded ? headStartMs / 2 : headStartMs * 2 + 20;

      for (const { wins, errors } of outcomes) {
        if (errors === undefined) expect([how, 'nothing', 'DECLINED REVOKED']).toContain(wins);
        for (const { extensions } of errors ?? []) {
          // A take-over that was not the end of it.
          if (extensions.code === 'UPLOAD_IN_PROGRESS') continue;
          expect(extensions).toMatchObject({
            code: 'PROMPT_ALREADY_RESOLVED',
            outcome: ended.status,
            reason: ended.reason,
          });
        }
      }
      // Each decline is a session of its own: no other is told that it was its doing.
      const declined = outcomes.filter(({ wins, errors }) => wins === 'DECLINED USER' && !errors);
      expect(declined).toHaveLength(how === 'DECLINED USER' ? 1 : 0);
      const handedOver = outcomes.filter(({ wins, data }) => wins === uploaded && data);
      const assetIds = handedOver.map(
        ({ data }) => (data as { completeUpload: AssetFields }).completeUpload.id,
      );
      expect(new Set(assetIds).size).toBe(how === uploaded ? 1 : 0);
      const begun = outcomes.filter(({ data }) => data && 'beginPromptUpload' in data).length;
      expect(ended.version).toBe(1 + 1 + begun + 1);

      expect((await result)?.uploadResult).toMatchObject({ outcome: ended.status, reason: ended.reason });
      expect(await waiting.next()).toBeUndefined();
      await waiting.close();
      const expected = { outcome: ended.status, reason: ended.reason };
      expect(await polled).toMatchObject(expected);
      expect(await awaitResult(agent, race.prompt.id)).toMatchObject({
        ...expected,
        assets: ended.status === 'UPLOADED' ? [{ filename: 'plan.pdf' }] : [],
      });
      await enable(people.admin, true);
    }
    await expectInvariants(backends);
  });
});

describe('at the deadline', () => {
  test('a completion either wins or is told that time did', async () => {
    const { agent, alice } = people;
    const outcomes = { UPLOADED: 0, TIMEOUT: 0 };
    // Hunts for the moment at which both are about as quick.
    let leftMs = 60;
    for (let round = 0; Math.min(...Object.values(outcomes)) < 6; round += 1) {
      expect(round).toBeLessThan(100);
      const { prompt, uploadId } = await startRace(alice);
      const waiting = awaitResult(agent, prompt.id, 20);
      await moveDeadline(prompt.id, leftMs);
      const [answer] = await Promise.all([
        alice.ask(completeMutation, { id: uploadId }),
        ...times(3, () => getPrompt(agent, prompt.id)),
      ]);
      const result = await waiting;
      if (answer.errors === undefined) {
        expect(result).toMatchObject({ outcome: 'UPLOADED', assets: [{ filename: 'plan.pdf' }] });
        outcomes.UPLOADED += 1;
        leftMs *= 0.8;
      } else {
        expect(answer.errors[0]?.extensions).toMatchObject({
          code: 'PROMPT_ALREADY_RESOLVED',
          outcome: 'TIMEOUT',
        });
        expect(result).toMatchObject({ outcome: 'TIMEOUT', reason: 'UPLOAD_INCOMPLETE', assets: [] });
        outcomes.TIMEOUT += 1;
        leftMs = leftMs * 1.25 + 2;
      }
      expect(await getPrompt(agent, prompt.id)).toMatchObject({ version: 3, status: result?.outcome });
    }
    // No time was over before its end.
    const { rows } = await backends.database.executeSql(
      `select id from upload_prompts where reason = 'UPLOAD_INCOMPLETE' and resolved_at < hard_expires_at`,
    );
    expect(rows).toEqual([]);
    await expectInvariants(backends);
  });

  test('of a decline and the end of its time, one wins', async () => {
    const { agent, alice } = people;
    const outcomes = { DECLINED: 0, TIMEOUT: 0 };
    let leftMs = 10;
    for (let round = 0; Math.min(...Object.values(outcomes)) < 6; round += 1) {
      expect(round).toBeLessThan(100);
      const prompt = await request(agent);
      await moveDeadline(prompt.id, leftMs);
      const [answer] = await Promise.all([
        alice.ask(declineMutation, { id: prompt.id }),
        getPrompt(agent, prompt.id),
      ]);
      if (answer.errors === undefined) {
        outcomes.DECLINED += 1;
        leftMs *= 0.8;
      } else {
        expect(answer.errors[0]?.extensions).toMatchObject({ outcome: 'TIMEOUT', reason: 'NO_ANSWER' });
        outcomes.TIMEOUT += 1;
        leftMs = leftMs * 1.25 + 2;
      }
      const outcome = answer.errors === undefined ? 'DECLINED' : 'TIMEOUT';
      expect(await getPrompt(agent, prompt.id)).toMatchObject({ version: 2, status: outcome });
    }
    await expectInvariants(backends);
  });
});

test('a completion that is asked for many times at once over two processes makes one asset', async () => {
  const { alice, agent } = people;
  const { prompt, uploadId } = await startRace(alice);
  const doors = services.map(({ url }) => makeApi(url, alice.credential));
  const assets = await Promise.all(times(20, (index) => complete(doors[index % 2] ?? alice, uploadId)));
  expect(new Set(assets.map(({ id }) => id)).size).toBe(1);
  const progress = agent.subscribe<{ uploadPromptProgress: PromptFields }>(progressSubscription, {
    id: prompt.id,
  });
  expect((await progress.next())?.uploadPromptProgress).toMatchObject({ status: 'UPLOADED', version: 3 });
  expect(await progress.next()).toBeUndefined();
  await progress.close();
  await expectInvariants(backends);
});

/** The agent has asked and a device has put the bytes: one call away from an answer. */
async function startRace(holder: Api = devices[0] ?? people.alice): Promise<Race> {
  const prompt = await request(people.agent);
  const bytes = pdf(prompt.id);
  const upload = await begin(holder, prompt.id, fileOf(bytes));
  await put(upload, bytes);
  return { prompt, uploadId: upload.id, holder };
}

/** Both deadlines are over in `leftMs`; not for a prompt that has ended meanwhile. */
async function moveDeadline(id: string, leftMs: number): Promise<void> {
  await backends.database.executeSql(
    `update upload_prompts set expires_at = d, hard_expires_at = d
     from (select clock_timestamp() + make_interval(secs => $2 / 1000.0) as d) as moment
     where id = $1 and resolved_at is null`,
    [id, leftMs],
  );
}

function isEnded({ status }: PromptFields): boolean {
  return status !== 'PENDING' && status !== 'UPLOADING';
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

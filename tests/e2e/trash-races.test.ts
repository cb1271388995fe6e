import type { Adapters } from '../../src/adapters.js';
import type { Answer } from '../support/api.js';
import { newDownloadUrl, seedHeart } from '../support/heart.js';
import { expectInvariants, finishJobs } from '../support/invariants.js';
import { hasWaiting } from '../support/postgres.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import {
  deleteAssets,
  deleteMutation,
  findAsset,
  givenAsset,
  isGone,
  moveTrash,
  purgeMutation,
  restoreMutation,
} from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

/** Called at each await of the service, with whether a transaction is open there. */
let onStep: (step: string, isInTransaction: boolean) => Promise<void> | void = () => undefined;

/** Every call of database, queue and storage that the way out makes, announced before and after. */
function withSteps(adapters: Adapters): Adapters {
  const { database, queue, objects } = adapters;
  return {
    ...adapters,
    database: {
      ...database,
      async transact(work) {
        await onStep('before a transaction', false);
        const result = await database.transact(async (tx) => {
          const done = await work(tx);
          await onStep('before a commit', true);
          return done;
        });
        await onStep('after a commit', false);
        return result;
      },
    },
    queue: {
      ...queue,
      async enqueue(tx, name, payload, options) {
        await onStep(`before ${name} is enqueued`, true);
        await queue.enqueue(tx, name, payload, options);
      },
      async take(name) {
        const job = await queue.take(name);
        if (job !== undefined) await onStep(`before ${name}`, false);
        return job;
      },
      async complete(name, id) {
        await onStep(`after ${name}`, false);
        await queue.complete(name, id);
      },
    },
    objects: {
      ...objects,
      async delete(key) {
        await onStep('before the bytes are deleted', false);
        await objects.delete(key);
        await onStep('after the bytes are deleted', false);
      },
    },
  };
}

openForAll({ env: { PROMPT_LIMIT_PER_USER: '1000' }, adapt: withSteps }, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});

afterEach(() => {
  onStep = () => undefined;
});

const ask = (mutation: string, id: string) => people.alice.ask(mutation, { id, ids: [id] });

async function inTrash(): Promise<string> {
  const { id } = await givenAsset(people);
  await finishJobs(backends);
  await deleteAssets(people.alice, id);
  return id;
}

/** A swept asset, with what `atStep` does at the step of that number; resolves with the names of all steps. */
async function sweep(id: string, at: number, atStep: (isInTransaction: boolean) => Promise<void>) {
  const steps: string[] = [];
  onStep = async (step, isInTransaction) => {
    steps.push(step);
    if (steps.length - 1 !== at) return;
    // What it does itself takes no steps.
    const count = onStep;
    onStep = () => undefined;
    await atStep(isInTransaction);
    onStep = count;
  };
  await moveTrash(backends, id, -1);
  return steps;
}

/** I7: once restored, it stays, and is whole. */
async function expectWhole(id: string): Promise<void> {
  expect(await findAsset(people.alice, id)).toMatchObject({ deletedAt: null });
  expect((await fetch(await newDownloadUrl(people.alice, { id }))).status).toBe(200);
}

test('what is restored at any moment of its sweep stays; what is not is gone for good', async () => {
  const plain = await inTrash();
  const steps = await sweep(plain, -1, () => Promise.resolve());
  await until(() => steps.at(-1) === 'after purge-asset');
  onStep = () => undefined;
  expect(steps).toEqual([
    'before a transaction',
    'before purge-asset is enqueued',
    'before a commit',
    'after a commit',
    'before purge-asset',
    'before the bytes are deleted',
    'after the bytes are deleted',
    'before a transaction',
    'before a commit',
    'after a commit',
    'after purge-asset',
  ]);
  const outcomes: boolean[] = [];
  for (let at = 0; at < steps.length; at += 1) {
    const id = await inTrash();
    let restoring: Promise<Answer<unknown>> | undefined;
    await sweep(id, at, async (isInTransaction) => {
      // Its time goes on again, so that nothing but the sweep itself decides.
      restoring = moveTrash(backends, id, 3600).then(() => ask(restoreMutation, id));
      await (isInTransaction
        ? Promise.race([restoring, until(() => hasWaiting(backends.database))])
        : restoring);
    });
    await until(() => restoring !== undefined);
    const { errors } = (await restoring) ?? {};
    outcomes.push(errors === undefined);
    onStep = () => undefined;
    if (errors === undefined) {
      await finishJobs(backends);
      await expectWhole(id);
    } else {
      expect(errors[0]?.extensions.code).toBe('ASSET_BYTES_GONE');
      await until(() => isGone(backends, id));
    }
  }
  // Before the guarded change all of it comes back, after it nothing.
  expect(outcomes).toEqual(steps.map((_, at) => at === 0));
  await expectInvariants(backends);
});

test('at the very end of its time, either the restore wins for ever or the sweep does', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => givenAsset(people).then(({ id }) => id)));
  await deleteAssets(people.alice, ...ids);
  const spreadMs = 1500;
  await rows(
    backends,
    `update assets set restorable_until = clock_timestamp() + random() * make_interval(secs => $2) where id = any($1)`,
    [ids, spreadMs / 1000],
  );
  const results = await Promise.all(
    ids.map(async (id) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * spreadMs));
      return { id, code: (await ask(restoreMutation, id)).errors?.[0]?.extensions.code };
    }),
  );
  const restored = results.filter(({ code }) => code === undefined);
  const refused = results.filter(({ code }) => code !== undefined);
  expect(new Set(refused.map(({ code }) => code)).size).toBeLessThanOrEqual(1);
  for (const { id, code } of refused) {
    expect(code).toBe('ASSET_BYTES_GONE');
    await until(() => isGone(backends, id));
  }
  await expectInvariants(backends);
  for (const { id } of restored) await expectWhole(id);
});

test('purging against deleting and restoring ends in nothing left, whoever is first', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => givenAsset(people).then(({ id }) => id)));
  await Promise.all(
    ids.flatMap((id) =>
      [purgeMutation, deleteMutation, restoreMutation, purgeMutation].map(async (mutation) => {
        const { errors } = await ask(mutation, id);
        expect([undefined, 'NOT_FOUND', 'ASSET_BYTES_GONE']).toContain(errors?.[0]?.extensions.code);
      }),
    ),
  );
  for (const id of ids) expect(await isGone(backends, id)).toBe(true);
  await expectInvariants(backends);
});

test('a purge that cannot reach storage is finished by its job', async () => {
  const { id } = await givenAsset(people);
  onStep = (step) => {
    if (step === 'before the bytes are deleted') throw new Error('storage is away');
  };
  expect((await ask(purgeMutation, id)).errors).toBeUndefined();
  expect(await findAsset(people.alice, id)).toBeNull();
  expect((await ask(restoreMutation, id)).errors?.[0]?.extensions.code).toBe('ASSET_BYTES_GONE');
  expect(await isGone(backends, id)).toBe(false);
  onStep = () => undefined;
  await finishJobs(backends);
  expect(await isGone(backends, id)).toBe(true);
  await expectInvariants(backends);
});

import { sql } from 'drizzle-orm';
import { AppError } from '../../src/core/errors.js';
import type { JobPayloads, JobQueue } from '../../src/core/queue.js';
import { openJobQueue } from '../../src/infra/pg-boss/queue.js';
import { makeRunner, type Handlers } from '../../src/jobs/runner.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let queue: JobQueue;
let wake: (name: string) => void = () => undefined;

beforeEach(async () => {
  database = await openTestDatabase();
  queue = await openJobQueue({
    executeSql: database.executeSql,
    log: makeRecordingLog(),
    onEnqueued: (name) => wake(name),
  });
});

afterEach(async () => {
  await queue.close();
  await database.close();
});

function startRunner(handlers: Partial<Handlers>, log = makeRecordingLog()) {
  const nothing = { concurrency: 1, run: () => Promise.resolve() };
  const runner = makeRunner({
    queue,
    transact: database.transact,
    handlers: {
      'scan-asset': nothing,
      'scan-replacement': nothing,
      'process-asset': nothing,
      'discard-object': nothing,
      'purge-asset': nothing,
      'seal-memory': nothing,
      erase: nothing,
      ...handlers,
    },
    log,
  });
  wake = runner.wake;
  runner.start();
  return runner;
}

const enqueue = (key: string, options?: { delaySeconds: number }) =>
  database.transact((tx) => queue.enqueue(tx, 'discard-object', { key }, options));

async function states(): Promise<string[]> {
  const { rows } = await database.executeSql(
    `select state::text from pgboss.job where name = 'discard-object'`,
  );
  return (rows as { state: string }[]).map((row) => row.state);
}

test('a job runs once its transaction is committed, and is done', async () => {
  const seen: JobPayloads['discard-object'][] = [];
  const runner = startRunner({
    'discard-object': {
      concurrency: 1,
      run: async (payload) => void (await Promise.resolve(seen.push(payload))),
    },
  });
  await enqueue('a');
  await until(async () => (await states()).every((state) => state === 'completed'));
  expect(seen).toEqual([{ key: 'a' }]);
  await runner.close();
});

test('a rolled-back transaction leaves no job', async () => {
  await expect(
    database.transact(async (tx) => {
      await queue.enqueue(tx, 'discard-object', { key: 'a' });
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow();
  expect(await states()).toEqual([]);
});

test('no more run at once than the handler allows', async () => {
  let running = 0;
  let most = 0;
  let done = 0;
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const runner = startRunner({
    'discard-object': {
      concurrency: 2,
      async run() {
        most = Math.max(most, (running += 1));
        await gate;
        running -= 1;
        done += 1;
      },
    },
  });
  await Promise.all(Array.from({ length: 10 }, (_, n) => enqueue(`key-${n}`)));
  await until(() => running === 2);
  letGo();
  await until(() => done === 10);
  expect(most).toBe(2);
  await runner.close();
});

test('work that waits for what it depends on is run again, without using up its tries', async () => {
  let tries = 0;
  const runner = startRunner({
    'discard-object': {
      concurrency: 1,
      async run() {
        tries += 1;
        await Promise.resolve();
        if (tries === 1) throw new AppError('STORAGE_UNAVAILABLE', 'Storage does not answer.');
      },
    },
  });
  await enqueue('a');
  await until(() => tries === 2);
  await until(async () => (await states()).every((state) => state === 'completed'));
  const { rows } = await database.executeSql('select max(retry_count) as retries from pgboss.job');
  expect(rows).toEqual([{ retries: 0 }]);
  await runner.close();
});

test('several that fail at once for what they depend on are put off together, not each longer than the last', async () => {
  const log = makeRecordingLog();
  let fail: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (fail = resolve));
  let running = 0;
  const runner = startRunner(
    {
      'discard-object': {
        concurrency: 4,
        async run() {
          running += 1;
          await gate;
          throw new AppError('STORAGE_UNAVAILABLE', 'Storage does not answer.');
        },
      },
    },
    log,
  );
  await Promise.all(Array.from({ length: 4 }, (_, n) => enqueue(`key-${n}`)));
  await until(() => running === 4);
  fail();
  const pauses = () => log.lines.flatMap(({ fields }) => ('pauseMs' in fields ? [fields.pauseMs] : []));
  await until(() => pauses().length === 4);
  await runner.close();
  expect(pauses().every((pauseMs) => Number(pauseMs) <= 1000)).toBe(true);
});

test('work that fails is kept to be tried later', async () => {
  const runner = startRunner({
    'discard-object': { concurrency: 1, run: () => Promise.reject(new Error('a bug')) },
  });
  await enqueue('a');
  await until(async () => (await states()).includes('retry'));
  await runner.close();
});

test('of what it failed with its kind is kept, and no word of the text that was being stored', async () => {
  await database.executeSql('create table diaries (text text check (length(text) < 5))');
  const runner = startRunner({
    'discard-object': {
      concurrency: 1,
      run: () =>
        database.transact(async (tx) => {
          await tx.db.execute(sql`insert into diaries values (${'CANARY: my diary'})`);
        }),
    },
  });
  await enqueue('a');
  await until(async () => (await states()).includes('retry'));
  await runner.close();
  const { rows } = await database.executeSql(
    `select output, output::text as text from pgboss.job where state = 'retry'`,
  );
  expect(rows).toMatchObject([{ output: { cause: { name: 'error', code: '23514' } } }]);
  expect(JSON.stringify(rows)).not.toContain('CANARY');
});

test('what still runs when the runner closes is handed back', async () => {
  let started = false;
  const runner = startRunner({
    'discard-object': {
      concurrency: 1,
      run: (_payload, signal) =>
        new Promise((_resolve, reject) => {
          started = true;
          signal.addEventListener('abort', () => reject(new Error('given up')), { once: true });
        }),
    },
  });
  await enqueue('a');
  await until(() => started);
  await runner.close();
  expect((await states()).sort()).toEqual(['completed', 'created']);
});

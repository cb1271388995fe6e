import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommands } from '../../src/embedded/commands.js';
import { AlreadyRunningError } from '../../src/embedded/errors.js';
import { acquireLock } from '../../src/embedded/lock.js';
import { makeDataDir } from '../support/embedded-config.js';
import { spawnEmbedded } from '../support/spawn-embedded.js';
import { until } from '../support/until.js';

const { flock } = await findCommands(['flock']);
let dataDir: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ dataDir, remove } = await makeDataDir());
  await mkdir(dataDir);
});
afterEach(() => remove());

test('only one of many at once gets it, and the next after its release', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(dataDir, flock)));
  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const lost = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  expect(won).toHaveLength(1);
  expect(lost.every((reason) => reason instanceof AlreadyRunningError)).toBe(true);
  await won[0]?.release();
  const next = await acquireLock(dataDir, flock);
  await next.release();
});

test('what a former holder wrote does not count', async () => {
  await writeFile(join(dataDir, 'lock'), `${process.ppid}\n`);
  const lock = await acquireLock(dataDir, flock);
  await expect(acquireLock(dataDir, flock)).rejects.toMatchObject({ pid: process.pid, dataDir });
  await lock.release();
});

test('it ends with its process, also by kill -9', async () => {
  const other = spawnEmbedded(dataDir);
  await until(() => other.ready !== undefined || other.failed !== undefined);
  await expect(acquireLock(dataDir, flock)).rejects.toMatchObject({ pid: other.process.pid });
  await other.kill('SIGKILL');
  const lock = await acquireLock(dataDir, flock);
  await lock.release();
});

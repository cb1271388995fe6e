import pg from 'pg';
import { startEmbedded } from '../../src/embedded/start.js';
import { embeddedConfig, makeDataDir } from '../support/embedded-config.js';
import { findOrdinaryUser } from '../support/ordinary-user.js';
import { findProcessesOf } from '../support/processes.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { spawnEmbedded } from '../support/spawn-embedded.js';
import { until } from '../support/until.js';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('killed at any moment, it starts again, loses nothing it confirmed, and leaves no process', async () => {
  const { dataDir, remove } = await makeDataDir();
  const acked: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const service = spawnEmbedded(dataDir);
    if (round % 3 === 0) {
      // Somewhere in its start; in the first rounds that is while the database is being made.
      await wait(Math.random() * 1_500);
    } else {
      await until(() => service.acked.length > 0 || service.hasEnded);
      expect(service.failed).toBeUndefined();
      await wait(Math.random() * 300);
    }
    await service.kill('SIGKILL');
    acked.push(...service.acked);
  }
  await until(() => findProcessesOf(dataDir).length === 0);
  const embedded = await startEmbedded(embeddedConfig(dataDir), makeRecordingLog());
  const client = new pg.Client({ connectionString: embedded.config.database.url });
  await client.connect();
  const { rows } = await client.query<{ n: string }>('SELECT n FROM acked');
  await client.end();
  await embedded.close();
  const kept = new Set(rows.map(({ n }) => Number(n)));
  expect(acked.length).toBeGreaterThanOrEqual(6);
  expect(acked.filter((n) => !kept.has(n))).toEqual([]);
  expect(findProcessesOf(dataDir)).toEqual([]);
  await remove();
});

test('an ordinary user runs it, with a real Redis or ours, and stops it by SIGTERM', async () => {
  const { dataDir, remove } = await makeDataDir();
  const prefix = await findOrdinaryUser();
  for (const redis of ['auto', 'builtin']) {
    const service = spawnEmbedded(dataDir, prefix, redis);
    await until(() => service.acked.length > 10 || service.hasEnded);
    expect(service.failed).toBeUndefined();
    await service.kill('SIGTERM');
    expect(service.process.exitCode).toBe(0);
    expect(findProcessesOf(dataDir)).toEqual([]);
  }
  await remove();
});

test('another process on the same data is told who runs there', async () => {
  const { dataDir, remove } = await makeDataDir();
  const first = spawnEmbedded(dataDir);
  await until(() => first.acked.length > 0 || first.hasEnded);
  const second = spawnEmbedded(dataDir);
  await until(() => second.hasEnded);
  expect(second.failed).toContain(`Another Askfile is running on ${dataDir} (pid ${first.process.pid})`);
  const before = first.acked.length;
  await until(() => first.acked.length > before);
  await first.kill('SIGTERM');
  await remove();
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { findCommands } from '../../../src/embedded/commands.js';
import { ensureCredentials } from '../../../src/embedded/credentials.js';
import {
  admitOwner,
  detectIsolation,
  findNobody,
  makeIsolation,
  type Isolation,
} from '../../../src/embedded/isolation.js';
import { waitForOrphan } from '../../../src/embedded/postgres/orphan.js';
import { startPostgres } from '../../../src/embedded/postgres/start.js';
import { makeDataDir } from '../../support/embedded-config.js';
import { findProcessesOf } from '../../support/processes.js';
import { makeRecordingLog } from '../../support/recording-log.js';

const commands = await findCommands(['setpriv', 'unshare']);
const best = { name: 'the best isolation of this machine', isolation: await detectIsolation(commands) };

/** Besides the best, what each user falls back to where the system's means are missing. */
async function fallback(): Promise<{ name: string; isolation: Isolation }> {
  if (process.getuid?.() !== 0)
    return { name: 'no isolation at all', isolation: makeIsolation([], false, null) };
  return { name: 'the user nobody', isolation: makeIsolation([], false, await findNobody()) };
}

let dataDir: string;
let remove: () => Promise<void>;
const log = makeRecordingLog();

// Making a database takes a second or two, so all use one; each leaves it stopped.
beforeAll(async () => {
  ({ dataDir, remove } = await makeDataDir());
  await mkdir(dataDir);
});
afterAll(() => remove());

async function start(isolation: Isolation) {
  const credentials = await ensureCredentials(dataDir);
  return startPostgres({ dataDir, isolation, credentials: credentials.database, log });
}

async function version(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]?.server_version ?? '';
}

test('it runs in turn as whatever the machine allows, on the same data', async () => {
  // What nobody has to pass through, which a temporary folder is not.
  await chmod(join(dataDir, '..'), 0o711);
  for (const { isolation } of [best, await fallback(), best]) {
    await admitOwner(isolation, dataDir);
    const postgres = await start(isolation);
    expect(await version(postgres.url)).toMatch(/^18\./);
    await postgres.close();
  }
  expect(findProcessesOf(dataDir)).toEqual([]);
});

test('a wrong password is refused, and so is the superuser without one', async () => {
  const postgres = await start(best.isolation);
  const url = new URL(postgres.url);
  url.password = 'wrong';
  await expect(version(url.href)).rejects.toThrow('password authentication failed');
  url.username = 'postgres';
  url.password = '';
  await expect(version(url.href)).rejects.toThrow();
  await postgres.close();
});

test('a pid file whose pid is another program by now does not keep it from starting', async () => {
  await (await start(best.isolation)).close();
  const folder = join(dataDir, 'postgres');
  const stranger = spawn('sleep', ['60']);
  const lines = [String(stranger.pid), folder, '1700000000', '5432', '', '127.0.0.1', '', 'ready   '];
  await writeFile(join(folder, 'postmaster.pid'), `${lines.join('\n')}\n`, { mode: 0o600 });
  const postgres = await start(best.isolation);
  expect(await version(postgres.url)).toMatch(/^18\./);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  await postgres.close();
  stranger.kill();
  await once(stranger, 'exit');
});

test('a former Postgres that nobody told to stop is told, and waited for', async () => {
  const former = await start(best.isolation);
  const folder = join(dataDir, 'postgres');
  expect(Number.parseInt(await readFile(join(folder, 'postmaster.pid'), 'utf8'), 10)).toBe(former.pid);
  await waitForOrphan(folder, log, { askAfterMs: 50 });
  expect(findProcessesOf(dataDir)).toEqual([]);
  await expect(stat(join(folder, 'postmaster.pid'))).rejects.toThrow('ENOENT');
  await former.close();
});

test('one that is stuck is named, and not killed', async () => {
  const former = await start(best.isolation);
  const folder = join(dataDir, 'postgres');
  const waiting = waitForOrphan(folder, log, { askAfterMs: 60_000, giveUpAfterMs: 50 });
  await expect(waiting).rejects.toThrow(`A former Postgres (pid ${former.pid}) still runs on ${folder}`);
  expect(await version(former.url)).toMatch(/^18\./);
  await former.close();
});

test('it listens on loopback alone, on a port that others cannot have at the same time', async () => {
  const postgres = await start(best.isolation);
  const { port } = new URL(postgres.url);
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: Number(port) });
  const [error] = (await once(server, 'error')) as [NodeJS.ErrnoException]; // Of a server, by Node's documentation.
  expect(error.code).toBe('EADDRINUSE');
  await postgres.close();
});

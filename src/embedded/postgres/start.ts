import { chown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../core/log.js';
import { ChildFailedError, startChildServer, type ChildServer, type StopStep } from '../child.js';
import type { Credentials } from '../credentials.js';
import { EmbeddedError } from '../errors.js';
import { findFreePort } from '../free-port.js';
import type { Isolation, Owner } from '../isolation.js';
import { prepareBinaries } from './binaries.js';
import { ensureInitialized } from './initialize.js';
import { waitForOrphan } from './orphan.js';

export interface PostgresOptions {
  /** Locked by this process. */
  readonly dataDir: string;
  readonly isolation: Isolation;
  readonly credentials: Credentials['database'];
  readonly log: Log;
}

export interface EmbeddedPostgres {
  /** Of the role that owns the database `askfile` and is no superuser. */
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Only what differs from Postgres's defaults; those are durable (fsync, synchronous_commit). */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '100',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Not the errors of single statements: those reach their caller, and would put people's data into our log.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
};

const attempts = 5;
const retryAfterMs = 200;
/** Recovery after a power cut may take its time; it is said in the log at debug. */
const readyWithinMs = 120_000;
const stopSteps: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 10_000 }, // fast: rolls back what is open, writes a checkpoint
  { signal: 'SIGQUIT', waitMs: 5_000 }, // immediate: recovers at the next start
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/** Real Postgres on a loopback port of this start, on the data of the last. Throws `EmbeddedError`. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, isolation, credentials, log } = options;
  const startedAt = performance.now();
  const binaries = await prepareBinaries(dataDir, isolation);
  const folder = await ensureInitialized({ dataDir, binaries, isolation, credentials });
  await ensureOwner(folder, isolation.owner);
  const { server, port } = await launch(options, binaries.postgres, folder);
  log.info({ port }, `postgres ready in ${Math.round(performance.now() - startedAt)} ms`);

  let isClosing = false;
  void server.ended.then((how) => {
    if (!isClosing) log.error({ how }, 'the embedded postgres ended by itself; restart Askfile');
  });
  return {
    url: `postgres://askfile:${credentials.password}@127.0.0.1:${port}/askfile`,
    pid: server.pid,
    async close() {
      isClosing = true;
      await server.stop(stopSteps);
    },
  };
}

async function launch(
  { isolation, log }: PostgresOptions,
  postgres: string,
  folder: string,
): Promise<{ server: ChildServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    await waitForOrphan(folder, log);
    const port = await findFreePort();
    const flags = Object.entries({ ...settings, port }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    try {
      const server = await startChildServer({
        name: 'The embedded Postgres',
        command: postgres,
        args: ['-D', folder, ...flags],
        isolation,
        cwd: folder,
        ready: /database system is ready to accept connections/,
        readyWithinMs,
        onLine: (line) => log.debug({ line }, 'postgres'),
      });
      return { server, port };
    } catch (error) {
      if (attempt < attempts && error instanceof ChildFailedError && isPassing(error.output)) {
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
        continue;
      }
      throw new EmbeddedError(
        `${error instanceof Error ? error.message : String(error)}\nSee what it says above, or set DATABASE_URL.`,
        { cause: error },
      );
    }
  }
}

/** The port was taken since we asked, or processes of a former run are on their last milliseconds. */
function isPassing(output: string): boolean {
  return /could not bind|could not create any TCP|lock file .* already exists|shared memory block/.test(
    output,
  );
}

/** After a change of how it is isolated, root gives the files to whom Postgres runs as now. */
async function ensureOwner(folder: string, owner: Owner | null): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = owner ?? { uid: 0, gid: 0 };
  if ((await lstat(folder)).uid !== uid) await chownAll(folder, uid, gid);
}

async function chownAll(path: string, uid: number, gid: number): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await chownAll(child, uid, gid);
    else if (!entry.isSymbolicLink()) await chown(child, uid, gid);
  }
  // The folder itself last: it is what the next start looks at, should this one be cut short.
  await chown(path, uid, gid);
}

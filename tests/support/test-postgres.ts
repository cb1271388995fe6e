import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { findCommands } from '../../src/embedded/commands.js';
import { ensureCredentials } from '../../src/embedded/credentials.js';
import { detectIsolation } from '../../src/embedded/isolation.js';
import { startPostgres } from '../../src/embedded/postgres/start.js';
import { migrate } from '../../src/infra/postgres/migrate.js';
import { makeRecordingLog } from './recording-log.js';

/** Where tests find databases to clone; made once for a whole run. */
export interface TestPostgres {
  /** May create databases. */
  readonly adminUrl: string;
  /** The template, as the application would use it. */
  readonly templateUrl: string;
}

/** On the server that TEST_DATABASE_URL names (its role must be allowed to create databases), or on one of its own. */
export async function startTestPostgres(
  url: string | undefined,
): Promise<TestPostgres & { close(): Promise<void> }> {
  const server =
    url === undefined
      ? await startOwnServer()
      : { adminUrl: url, ownerUrl: url, close: () => Promise.resolve() };
  const template = `askfile_template_${randomBytes(6).toString('hex')}`;
  const owner = pg.escapeIdentifier(decodeURIComponent(new URL(server.ownerUrl).username));
  const templateUrl = withDatabase(server.ownerUrl, template);
  await runSql(server.adminUrl, `create database ${template} owner ${owner}`);
  await migrate(templateUrl, fileURLToPath(new URL('../../drizzle', import.meta.url)));
  return {
    adminUrl: server.adminUrl,
    templateUrl,
    async close() {
      await runSql(server.adminUrl, `drop database ${template}`);
      await server.close();
    },
  };
}

export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export function withDatabase(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

async function startOwnServer() {
  const dataDir = await mkdtemp(join(tmpdir(), 'askfile-test-postgres-'));
  // Where Postgres has to run as another user, that one passes through.
  await chmod(dataDir, 0o711);
  const { database: credentials } = await ensureCredentials(dataDir);
  const isolation = await detectIsolation(await findCommands(['setpriv', 'unshare']));
  const postgres = await startPostgres({ dataDir, isolation, credentials, log: makeRecordingLog() });
  const admin = Object.assign(new URL(postgres.url), {
    username: 'postgres',
    password: credentials.superuserPassword,
    pathname: '/postgres',
  });
  return {
    adminUrl: admin.href,
    ownerUrl: postgres.url,
    async close() {
      await postgres.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

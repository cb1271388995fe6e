import { randomBytes } from 'node:crypto';
import { makeDatabase, type Database } from '../../src/infra/postgres/database.js';
import { makeRecordingLog } from './recording-log.js';
import { runSql, withDatabase, type TestPostgres } from './test-postgres.js';

export interface TestDatabase extends Database {
  /** For whoever wants connections of their own. */
  readonly url: string;
}

/** A fresh, migrated and empty database on a real Postgres. Whoever opens it closes it, which removes it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, templateUrl } = await findPostgres();
  const name = `askfile_test_${randomBytes(6).toString('hex')}`;
  const { pathname, username } = new URL(templateUrl);
  const owner = decodeURIComponent(username);
  await runSql(adminUrl, `create database ${name} template ${pathname.slice(1)} owner "${owner}"`);
  const url = withDatabase(templateUrl, name);
  const database = makeDatabase({ url, poolSize: 10, log: makeRecordingLog() });
  return {
    ...database,
    url,
    async close() {
      await database.close();
      await runSql(adminUrl, `drop database ${name} with (force)`);
    },
  };
}

/** Whether a transaction waits for a lock that another holds. */
export async function hasWaiting({ executeSql }: TestDatabase): Promise<boolean> {
  const { rows } = await executeSql(
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows.length > 0;
}

async function findPostgres(): Promise<TestPostgres> {
  const response = await fetch(process.env['TEST_POSTGRES'] ?? '');
  if (!response.ok) throw new Error(`No Postgres for tests: ${await response.text()}`);
  // Of our own global-setup.mts.
  return (await response.json()) as TestPostgres;
}

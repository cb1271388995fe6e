import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { keepAlive } from './database.js';

/** Any number: only one process at a time may change the schema. */
const migrationLock = 4_752_110_396;

/**
 * Brings the schema up to date; several processes that start at once take turns. Where the database cannot be reached,
 * throws with the name of the setting and the reason.
 */
export async function migrate(url: string, migrationsFolder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, ...keepAlive });
  await client.connect().catch(throwUnreachable);
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await applyMigrations(drizzle(client), { migrationsFolder });
  } finally {
    await client.end();
  }
}

function throwUnreachable(cause: unknown): never {
  const { message, code } = cause as { message?: string; code?: string }; // what `pg` and Node throw
  // Where a name has several addresses, Node's error has no words of its own.
  throw new Error(`DATABASE_URL: the database cannot be used: ${message || code}`, { cause });
}

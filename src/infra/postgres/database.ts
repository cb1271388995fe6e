import { setTimeout as delay } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Db, Transact, Tx } from '../../core/db.js';
import type { Log } from '../../core/log.js';

export interface Database {
  /** Queries on the pool, each on whichever connection is free. */
  readonly db: Db;
  readonly transact: Transact;
  /** Plain SQL on the pool, for the queue. */
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  poolSize: number;
  log: Log;
}

/** A connection that Postgres does not close within this is left to the system. */
const endTimeoutMs = 2000;

/** One pool on one Postgres. Sessions that hang are ended by the server, so none can hold a lock for long. */
export function makeDatabase({ url, poolSize, log }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'askfile',
  });
  // A connection lost while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ error }, 'an idle database connection was lost');
  });

  return {
    db: drizzle(pool),
    transact: (work) => transactOn(pool, work),
    executeSql: async (text, values) => pool.query(text, values as unknown[] | undefined),
    ping: async () => void (await pool.query('select 1')),
    close: () => endPool(pool),
  };
}

/** pg's own `end` does not wait for its connections: a Postgres that is stopped next would still have broken them. */
async function endPool(pool: pg.Pool): Promise<void> {
  let open = pool.totalCount;
  const ended = new Promise<void>((resolve) => {
    if (open === 0) resolve();
    pool.on('remove', () => {
      open -= 1;
      if (open === 0) resolve();
    });
  });
  await pool.end();
  await Promise.race([ended, delay(endTimeoutMs, undefined, { ref: false })]);
}

async function transactOn<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const effects: (() => void)[] = [];
  let broken: Error | undefined;
  // A connection lost between two queries fails the next one; without a listener it would end the process.
  const onLost = (error: Error) => (broken = error);
  client.on('error', onLost);
  try {
    await client.query('begin');
    const result = await work({
      db: drizzle(client),
      executeSql: async (text, values) => client.query(text, values as unknown[] | undefined),
      afterCommit: (effect) => effects.push(effect),
    });
    await client.query('commit');
    return result;
  } catch (error) {
    effects.length = 0;
    // A connection on which even the rollback fails is thrown away, and Postgres rolls back by itself.
    await client.query('rollback').catch((fault: unknown) => (broken = fault as Error));
    throw error;
  } finally {
    client.off('error', onLost);
    client.release(broken);
    for (const effect of effects) effect();
  }
}

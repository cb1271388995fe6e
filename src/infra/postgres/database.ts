import { Socket } from 'node:net';
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
  /** A connection on which Postgres says nothing for this long is lost, with what runs on it; 35,000 by default. */
  silenceMs?: number;
}

/** Has the system ask whether the other end is there, while nothing is sent: a host that is gone says nothing. */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

const statementTimeoutMs = 30_000;
/** Later than Postgres itself would have given up a statement, and later than the pool gives up an idle connection. */
const usualSilenceMs = statementTimeoutMs + 5_000;

/** A connection that Postgres does not close within this is left to the system. */
const endTimeoutMs = 2000;

/**
 * One pool on one Postgres. Sessions that hang are ended by the server, so none can hold a lock for long; where the
 * server is gone without a word, by us, so that every query settles.
 */
export function makeDatabase({ url, poolSize, log, silenceMs = usualSilenceMs }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    ...keepAlive,
    stream: () => makeSocket(silenceMs),
    statement_timeout: statementTimeoutMs,
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

/**
 * Ends when nothing came or went for that long, as one does whose peer is gone: what runs on it rejects, and the pool
 * replaces it. pg's own `query_timeout` would leave a connection that cannot even roll back.
 */
function makeSocket(silenceMs: number): Socket {
  const socket = new Socket();
  return socket.setTimeout(silenceMs, () => {
    const error = new Error(`Postgres said nothing for ${silenceMs} ms.`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
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

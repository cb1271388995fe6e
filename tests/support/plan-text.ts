import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Db } from '../../src/core/db.js';
import type { TestDatabase } from './postgres.js';

/** How Postgres carries out the queries that `run` makes; `explain` may have options, such as `explain (analyze)`. */
export async function explain(
  { url }: Pick<TestDatabase, 'url'>,
  run: (db: Db) => Promise<unknown>,
  command = 'explain',
): Promise<string> {
  const asked: { text: string; values: unknown[] }[] = [];
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await run(drizzle(pool, { logger: { logQuery: (text, values) => asked.push({ text, values }) } }));
    const plans: string[] = [];
    for (const { text, values } of asked) {
      const { rows } = await pool.query<Record<'QUERY PLAN', string>>(`${command} ${text}`, values);
      plans.push(...rows.map((row) => row['QUERY PLAN']));
    }
    return plans.join('\n');
  } finally {
    await pool.end();
  }
}

import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { z } from 'zod';
import type { Db } from '../../src/core/db.js';
import type { TestDatabase } from './postgres.js';

/** One step of a plan, as EXPLAIN tells it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.looseObject({ 'Node Type': z.string(), Plans: z.array(planNode).optional() }),
);
const explained = z.array(z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })).length(1);

/** How Postgres would run the statements that `work` sends, each with the values that it was sent with. */
export async function explain(
  { url }: Pick<TestDatabase, 'url'>,
  work: (db: Db) => Promise<unknown>,
): Promise<PlanNode[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const sent: { text: string; values: unknown[] }[] = [];
    await work(drizzle(client, { logger: { logQuery: (text, values) => sent.push({ text, values }) } }));
    const plans: PlanNode[] = [];
    for (const { text, values } of sent) {
      const { rows } = await client.query(`explain (format json) ${text}`, values);
      plans.push(...explained.parse(rows).map((row) => row['QUERY PLAN'][0].Plan));
    }
    return plans;
  } finally {
    await client.end();
  }
}

/** A plan's steps, all of them. */
export function toNodes(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(toNodes)];
}

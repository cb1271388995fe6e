import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { unlockAttempts } from './vault.table.js';

export function makeAttemptStore(db: Db) {
  return {
    /** Counts one more, by one atomic step on the database's clock; a count whose time is over begins anew. */
    async add(subject: string, windowSeconds: number): Promise<{ count: number; resetsInSeconds: number }> {
      const isOver = sql`${unlockAttempts.resetsAt} <= clock_timestamp()`;
      const [row] = await db
        .insert(unlockAttempts)
        .values({
          subject,
          count: 1,
          resetsAt: sql`clock_timestamp() + make_interval(secs => ${windowSeconds})`,
        })
        .onConflictDoUpdate({
          target: unlockAttempts.subject,
          set: {
            count: sql`case when ${isOver} then 1 else ${unlockAttempts.count} + 1 end`,
            resetsAt: sql`case when ${isOver} then excluded.resets_at else ${unlockAttempts.resetsAt} end`,
          },
        })
        .returning({
          count: unlockAttempts.count,
          resetsInSeconds: sql<number>`extract(epoch from ${unlockAttempts.resetsAt} - clock_timestamp())::float8`,
        });
      // An upsert of one row returns one row.
      return row!;
    },

    async takeBack(subject: string): Promise<void> {
      await db
        .update(unlockAttempts)
        .set({ count: sql`${unlockAttempts.count} - 1` })
        .where(and(eq(unlockAttempts.subject, subject), gt(unlockAttempts.count, 0)));
    },

    async forget(subject: string): Promise<void> {
      await db.delete(unlockAttempts).where(eq(unlockAttempts.subject, subject));
    },

    async forgetEnded(): Promise<void> {
      await db.delete(unlockAttempts).where(lt(unlockAttempts.resetsAt, sql`now()`));
    },
  };
}

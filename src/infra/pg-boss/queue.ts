import PgBoss from 'pg-boss';
import type { Log } from '../../core/log.js';
import { jobNames, type JobName, type JobPayloads, type JobQueue } from '../../core/queue.js';

/** SQL on the pool, outside of any transaction of ours. */
type ExecuteSql = (text: string, values?: readonly unknown[]) => Promise<{ rows: unknown[] }>;

/**
 * A job that is not renewed for this long was lost with its process. Together with the supervisor's interval and
 * the first retry's pause it bounds how soon the job runs again: 6 + 5 + 2 s.
 */
const leaseSeconds = 6;
const renewEveryMs = 1500;
const superviseEverySeconds = 5;
const retryDelaySeconds = 1;
const retryLimit = 20;
const retentionDays = 365;
/** Faults beneath a fault that are told of. */
const maxCauses = 3;

/** pg-boss on our own pool: jobs are rows of the same database, written in the caller's transaction. */
export async function openJobQueue({
  executeSql,
  log,
  onEnqueued,
}: {
  executeSql: ExecuteSql;
  log: Log;
  /** Called after the commit of work that is due at once. */
  onEnqueued: (name: JobName) => void;
}): Promise<JobQueue> {
  const boss = new PgBoss({
    db: toBossDb(executeSql),
    schedule: false,
    maintenanceIntervalSeconds: superviseEverySeconds,
    // What is done is of no more use: the rows go within minutes.
    archiveCompletedAfterSeconds: 60,
    deleteAfterMinutes: 10,
  });
  boss.on('error', (error) => log.warn({ error }, 'the job queue had a fault'));
  await boss.start();
  for (const name of jobNames) {
    if ((await boss.getQueue(name)) === null) {
      await boss.createQueue(name, {
        name,
        retryLimit,
        retryDelay: retryDelaySeconds,
        retryBackoff: true,
        expireInSeconds: leaseSeconds,
        retentionDays,
      });
    }
  }

  return {
    renewEveryMs,

    async enqueue(tx, name, payload, { delaySeconds = 0 } = {}) {
      await boss.send(name, payload, {
        db: toBossDb(tx.executeSql),
        ...(delaySeconds > 0 ? { startAfter: delaySeconds } : {}),
      });
      if (delaySeconds === 0) tx.afterCommit(() => onEnqueued(name));
    },

    async take<N extends keyof JobPayloads>(name: N) {
      const [job] = await boss.fetch<JobPayloads[N]>(name);
      return job && { id: job.id, payload: job.data };
    },

    async renew(name, ids) {
      // pg-boss 10 has no call for it: a lease is counted from `started_on`.
      await executeSql(
        `update pgboss.job set started_on = now() where name = $1 and id = any($2::uuid[]) and state = 'active'`,
        [name, ids],
      );
    },

    complete: (name, id) => boss.complete(name, id),

    fail: (name, id, error) => boss.fail(name, id, toOutput(error)),

    async defer(tx, name, { id, payload }, delaySeconds) {
      const db = toBossDb(tx.executeSql);
      await boss.complete(name, id, {}, { db });
      await boss.send(name, payload, { db, startAfter: delaySeconds });
    },

    close: () => boss.stop({ graceful: false, wait: true, close: false }),
  };
}

/**
 * What is kept of a fault beside its job, which may outlive what the job was about: what kind it was. Its words may be
 * anybody's (a failed query has its parameters in them); the log has them, redacted.
 */
function toOutput(error: unknown, depth = 0): object {
  // Not by `instanceof`: core errors of another realm are no instances of this one's Error.
  if (typeof error !== 'object' || error === null) return {};
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: unknown }; // any object may have them
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined || depth === maxCauses ? {} : { cause: toOutput(cause, depth + 1) }),
  };
}

function toBossDb(executeSql: ExecuteSql): PgBoss.Db {
  return {
    executeSql: async (text, values) => {
      const { rows } = await executeSql(text, values as unknown[]);
      return { rows };
    },
  };
}

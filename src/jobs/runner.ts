import type { Transact } from '../core/db.js';
import { AppError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import { isJobName, type JobName, type JobPayloads, type JobQueue, type TakenJob } from '../core/queue.js';
import { ScannerUnavailableError } from '../domains/scanning/scanner.js';

export interface Handler<N extends JobName> {
  /** How many run at once in this process. */
  readonly concurrency: number;
  run(payload: JobPayloads[N], signal: AbortSignal): Promise<void>;
}

export type Handlers = { readonly [N in JobName]: Handler<N> };

export interface RunnerDeps {
  queue: JobQueue;
  transact: Transact;
  handlers: Handlers;
  log: Log;
}

/** A wake-up that was lost delays a job by this much at most. */
const pollEveryMs = 2000;
const minPauseMs = 1000;
const maxPauseMs = 15_000;
/** What still runs this long after the stop began is handed back. */
const stopGraceMs = 5000;

interface Line {
  pump(): Promise<void>;
  renew(): Promise<void>;
  settled(): Promise<unknown>;
}

/** Takes jobs from the queue and runs them, a fixed number at once for each kind. */
export function makeRunner({ queue, transact, handlers, log }: RunnerDeps) {
  const byName: Record<JobName, Line> = {
    'scan-asset': makeLine('scan-asset', handlers['scan-asset']),
    'scan-replacement': makeLine('scan-replacement', handlers['scan-replacement']),
    'process-asset': makeLine('process-asset', handlers['process-asset']),
    'discard-object': makeLine('discard-object', handlers['discard-object']),
    'purge-asset': makeLine('purge-asset', handlers['purge-asset']),
    'seal-memory': makeLine('seal-memory', handlers['seal-memory']),
    erase: makeLine('erase', handlers.erase),
  };
  const lines = Object.values(byName);
  const stopping = new AbortController();
  let timers: NodeJS.Timeout[] = [];

  /** One kind of job. */
  function makeLine<N extends JobName>(name: N, { concurrency, run }: Handler<N>): Line {
    const active = new Map<string, Promise<void>>();
    let pausedUntil = 0;
    let pauseMs = minPauseMs;
    let isTaking = false;
    /** The queue may have more than was taken. */
    let isWanted = false;

    async function pump(): Promise<void> {
      isWanted = true;
      if (isTaking) return;
      isTaking = true;
      try {
        while (isWanted && canTake()) {
          isWanted = false;
          for (let job = await queue.take(name); job !== undefined; job = await queue.take(name)) {
            start(job);
            if (canTake()) continue;
            isWanted = true;
            break;
          }
        }
      } catch (error) {
        log.warn({ error, job: name }, 'jobs could not be taken');
      } finally {
        isTaking = false;
      }
    }

    function canTake(): boolean {
      return !stopping.signal.aborted && active.size < concurrency && Date.now() >= pausedUntil;
    }

    function start(job: TakenJob<N>): void {
      const work = settle(job)
        .catch((error: unknown) => log.error({ error, job: name }, 'a job could not be settled'))
        .finally(() => {
          active.delete(job.id);
          if (isWanted) void pump();
        });
      active.set(job.id, work);
    }

    async function settle(job: TakenJob<N>): Promise<void> {
      try {
        await run(job.payload, stopping.signal);
        await queue.complete(name, job.id);
        pauseMs = minPauseMs;
      } catch (error) {
        if (stopping.signal.aborted) return transact((tx) => queue.defer(tx, name, job, 0));
        if (!isPassing(error)) {
          log.error({ error, job: name }, 'a job failed');
          return queue.fail(name, job.id, error);
        }
        // What it depends on is away: no use in trying its kind any faster. Those that ran at once failed of the same,
        // and only a try after the pause that fails, too, makes the next one longer.
        const now = Date.now();
        if (now >= pausedUntil) {
          pausedUntil = now + pauseMs;
          pauseMs = Math.min(2 * pauseMs, maxPauseMs);
        }
        const leftMs = pausedUntil - now;
        log.warn({ error, job: name, pauseMs: leftMs }, 'a job waits for what it depends on');
        const delaySeconds = Math.ceil(leftMs / 1000);
        await transact((tx) => queue.defer(tx, name, job, delaySeconds));
      }
    }

    return {
      pump,
      renew: async () => {
        if (active.size > 0) await queue.renew(name, [...active.keys()]);
      },
      settled: () => Promise.all(active.values()),
    };
  }

  const pumpAll = () => lines.forEach((line) => void line.pump());

  return {
    start(): void {
      const renewAll = () =>
        lines.forEach((line) => {
          line.renew().catch((error: unknown) => log.warn({ error }, 'job leases could not be renewed'));
        });
      timers = [setInterval(pumpAll, pollEveryMs), setInterval(renewAll, queue.renewEveryMs)];
      pumpAll();
    },

    /** There may be something to do of this kind; names that are none are of a newer release. */
    wake(name: string): void {
      if (isJobName(name)) void byName[name].pump();
    },

    wakeAll: pumpAll,

    /** Takes no more, gives what runs a moment, then hands it back for another worker. */
    async close(): Promise<void> {
      const [poll] = timers;
      clearInterval(poll);
      const settled = Promise.all(lines.map((line) => line.settled()));
      const grace = new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref());
      await Promise.race([settled, grace]);
      stopping.abort();
      await Promise.all(lines.map((line) => line.settled()));
      timers.forEach(clearInterval);
    },
  };
}

/** Whether the same job will succeed later without anybody's doing. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof ScannerUnavailableError ||
    (error instanceof AppError && error.code === 'STORAGE_UNAVAILABLE')
  );
}

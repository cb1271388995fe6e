import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ProcessingMetricsOptions {
  /** How many of each kind wait or run, in all processes together. */
  countPending: () => Promise<readonly { kind: string; count: number }[]>;
}

/** What looking into files takes, by kind. Shown where a registry takes them in. */
export function makeProcessingMetrics({ countPending }: ProcessingMetricsOptions) {
  const registers: Registry[] = [];
  const seconds = new Histogram({
    name: 'askfile_processing_seconds',
    help: 'Time to look into one file, from its first byte out of storage.',
    labelNames: ['kind'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const failures = new Counter({
    name: 'askfile_processing_failures_total',
    help: 'Tries that found nothing: the file was FAILED, or its reader CRASHED.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const pending = new Gauge({
    name: 'askfile_processing_pending',
    help: 'Files that wait to be looked into, or are being looked into.',
    labelNames: ['kind'],
    registers,
    async collect() {
      // Whatever else is told must be told without the database too.
      const counts = await countPending().catch(() => []);
      this.reset();
      for (const { kind, count } of counts) this.set({ kind }, count);
    },
  });

  return {
    observe(kind: string, outcome: 'DONE' | 'FAILED' | 'CRASHED', took: number): void {
      seconds.observe({ kind }, took);
      if (outcome !== 'DONE') failures.inc({ kind, outcome });
    },

    register(registry: Registry): void {
      for (const metric of [seconds, failures, pending]) registry.registerMetric(metric);
    },
  };
}

import type { Log } from '../core/log.js';
import { makeHealth, type Check } from './health.js';
import type { Metrics } from './metrics.js';
import type { Handler } from './respond.js';

export interface ProbesOptions {
  /** Dependencies by name, for `/readyz`. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What every process answers, whatever else it does: how it is, and what it counts. */
export function makeProbes({ checks, metrics, log }: ProbesOptions): Readonly<Record<string, Handler>> {
  const health = makeHealth({ checks, log });
  return { '/healthz': health.live, '/readyz': health.ready, '/metrics': metrics.handler };
}

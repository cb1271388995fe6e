import type { Log } from '../core/log.js';

/** Work that is due by the clock and that any process may do: each look is one indexed query. */
export interface Sweep {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/** Runs each sweep again and again, never twice at once, until closed. */
export function startSweeps(sweeps: readonly Sweep[], log: Log): { close(): Promise<void> } {
  const running = new Map<string, Promise<unknown>>();
  const timers = sweeps.map(({ name, everyMs, run }) =>
    setInterval(() => {
      if (running.has(name)) return;
      const work = run()
        .catch((error: unknown) => log.warn({ error, sweep: name }, 'a sweep failed'))
        .finally(() => running.delete(name));
      running.set(name, work);
    }, everyMs),
  );
  return {
    async close() {
      timers.forEach(clearInterval);
      await Promise.all(running.values());
    },
  };
}

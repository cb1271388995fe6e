import type { Log } from '../core/log.js';
import { sendJson, type Handler } from './respond.js';

export interface Check {
  /** Resolves when the dependency answers. */
  readonly ping: () => Promise<unknown>;
  /**
   * Whether the process is of no use without it. The scanner is not required: uploads stay PENDING and
   * everything else goes on, while taking every process out of service would end that, too.
   */
  readonly required: boolean;
}

export type CheckResult = 'ok' | 'down' | 'timeout';

export interface HealthOptions {
  readonly checks: Readonly<Record<string, Check>>;
  readonly log: Log;
  /** For each dependency by itself; 2,000 by default. */
  readonly timeoutMs?: number;
}

/** `live`: the process runs. `ready`: 200 when each required dependency answers, 503 otherwise; all are named. */
export function makeHealth({ checks, log, timeoutMs = 2_000 }: HealthOptions) {
  let running: Promise<[string, CheckResult][]> | undefined;

  /** However many ask at once, dependencies are asked once. */
  function checkAll(): Promise<[string, CheckResult][]> {
    running ??= Promise.all(
      Object.entries(checks).map(async ([name, { ping }]): Promise<[string, CheckResult]> => [
        name,
        await check(name, ping),
      ]),
    ).finally(() => (running = undefined));
    return running;
  }

  async function check(name: string, ping: Check['ping']): Promise<CheckResult> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, 'timeout');
    });
    const answer = Promise.resolve()
      .then(ping)
      .then(
        (): CheckResult => 'ok',
        (error: unknown): CheckResult => {
          log.warn({ error, dependency: name }, 'a dependency does not answer');
          return 'down';
        },
      );
    try {
      return await Promise.race([answer, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  const live: Handler = (_request, response) => sendJson(response, 200, { status: 'ok' });

  const ready: Handler = async (_request, response) => {
    const results = await checkAll();
    const isReady = results.every(([name, result]) => result === 'ok' || checks[name]?.required === false);
    sendJson(response, isReady ? 200 : 503, Object.fromEntries(results));
  };

  return { live, ready };
}

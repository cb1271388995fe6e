import type { Log } from '../../core/log.js';
import { ChildFailedError, startChildServer, type StopStep } from '../child.js';
import { EmbeddedError } from '../errors.js';
import { findFreePort } from '../free-port.js';
import type { Isolation } from '../isolation.js';

export interface RealRedisOptions {
  readonly serverPath: string;
  readonly password: string;
  readonly isolation: Isolation;
  /** Where it runs; it writes nothing. */
  readonly dataDir: string;
  readonly log: Log;
  /** A free one by default. */
  readonly port?: number;
}

const attempts = 5;
const stopSteps: readonly StopStep[] = [
  { signal: 'SIGTERM', waitMs: 3_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/** Throws `EmbeddedError`. */
export async function startRealRedis(
  options: RealRedisOptions,
): Promise<{ url: string; port: number; pid: number; close(): Promise<void> }> {
  const { serverPath, password, isolation, dataDir, log } = options;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await findFreePort());
    // By standard input: a password among the arguments could be read by every user of the machine.
    const input = [
      'bind 127.0.0.1',
      `port ${port}`,
      `requirepass ${password}`,
      'save ""',
      'appendonly no',
      'daemonize no',
      'logfile ""',
      'loglevel notice',
      '',
    ].join('\n');
    try {
      const server = await startChildServer({
        name: 'The embedded Redis',
        command: serverPath,
        args: ['-'],
        isolation,
        cwd: dataDir,
        input,
        ready: /Ready to accept connections/,
        readyWithinMs: 10_000,
        onLine: (line) => log.debug({ line }, 'redis'),
      });
      let isClosing = false;
      void server.ended.then((how) => {
        if (!isClosing) log.error({ how }, 'the embedded redis ended by itself; restart Askfile');
      });
      return {
        url: `redis://:${password}@127.0.0.1:${port}`,
        port,
        pid: server.pid,
        async close() {
          isClosing = true;
          await server.stop(stopSteps);
        },
      };
    } catch (error) {
      const isTaken = error instanceof ChildFailedError && /Address already in use/i.test(error.output);
      if (isTaken && options.port === undefined && attempt < attempts) continue;
      throw new EmbeddedError(
        `${error instanceof Error ? error.message : String(error)}\nSee what it says above, or set REDIS_URL.`,
        { cause: error },
      );
    }
  }
}

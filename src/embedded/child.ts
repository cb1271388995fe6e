import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { childEnvironment } from './commands.js';
import type { Isolation } from './isolation.js';

/** A server ended, or said nothing for too long, before it was ready. */
export class ChildFailedError extends Error {
  override readonly name = 'ChildFailedError';
  constructor(
    message: string,
    /** The last lines that it printed. */
    readonly output: string,
  ) {
    super(output === '' ? message : `${message}\n${output}`);
  }
}

export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

export interface ChildServer {
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason, with the reason in words. */
  readonly ended: Promise<string>;
  /** Sends each signal in turn, waiting after each, until it has ended. */
  stop(steps: readonly StopStep[]): Promise<void>;
}

export interface ChildServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly isolation: Isolation;
  readonly cwd: string;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** The line that says that it accepts connections. */
  readonly ready: RegExp;
  readonly readyWithinMs: number;
  /** Every line it prints once it is ready. */
  readonly onLine: (line: string) => void;
}

const keptLines = 20;

/** Starts a server and resolves when it is ready. Throws `ChildFailedError`, having left no process behind. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const { command, args, ...ids } = options.isolation.wrap(options.command, options.args);
  const child = spawn(command, args, {
    ...ids,
    cwd: options.cwd,
    env: childEnvironment,
    // A group of its own, so that Ctrl-C reaches us alone and we end things in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let isReady = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `ended by ${signal}`),
    );
  });
  const server: ChildServer = {
    pid: child.pid ?? 0,
    ended,
    async stop(steps) {
      for (const { signal, waitMs } of steps) {
        child.kill(signal);
        if (await settlesWithin(ended, waitMs)) return;
      }
    },
  };
  const ready = new Promise<true>((resolve) => {
    const onLine = (line: string) => {
      if (isReady) return options.onLine(line);
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      if (!options.ready.test(line)) return;
      isReady = true;
      resolve(true);
    };
    for (const stream of [child.stdout, child.stderr]) readLines(stream, onLine);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');

  const outcome = await within(Promise.race([ready, ended]), options.readyWithinMs);
  if (outcome === true) return server;
  await server.stop([{ signal: 'SIGKILL', waitMs: 5_000 }]);
  const why = outcome ?? `was not ready within ${options.readyWithinMs / 1000} s`;
  throw new ChildFailedError(`${options.name} ${why}.`, lines.join('\n'));
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

async function settlesWithin(promise: Promise<string>, waitMs: number): Promise<boolean> {
  return (await within(promise, waitMs)) !== undefined;
}

/** undefined when the time is over first. */
async function within<T>(promise: Promise<T>, waitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

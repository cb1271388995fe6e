import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { SandboxIsolation, SystemLimits } from './isolation.js';

export interface SandboxLimits extends SystemLimits {
  /** Of JavaScript's own. */
  readonly heapMegabytes: number;
  /** From its start to its end. */
  readonly wallSeconds: number;
  readonly outputBytes: number;
}

/** How a child ended that did not come to its end. */
export type CrashCause = 'TIME' | 'OUTPUT' | 'EXIT';

/** With what it said until then. */
export type SandboxOutcome =
  | { readonly status: 'ANSWERED'; readonly output: Buffer }
  | { readonly status: 'CRASHED'; readonly cause: CrashCause; readonly output: Buffer };

export interface SandboxRun {
  /** What node is started with: the entry, and what comes before it. */
  readonly entry: readonly string[];
  /** One argument, which other users of this machine can see. */
  readonly argument: string;
  /** An open file that the child has as its file descriptor 3, to read. */
  readonly file: number;
  readonly limits: SandboxLimits;
}

/**
 * Runs node in a process group of its own, with an empty environment, until it ends, is killed for a limit, or the
 * signal is aborted (whose reason is thrown). It answers on its file descriptor 4. Nothing of it is left running.
 */
export async function runInSandbox(
  isolation: SandboxIsolation,
  { entry, argument, file, limits }: SandboxRun,
  signal: AbortSignal,
): Promise<SandboxOutcome> {
  signal.throwIfAborted();
  const node = [`--max-old-space-size=${limits.heapMegabytes}`, '--no-warnings', ...entry, argument];
  const { command, args } = isolation.wrap(process.execPath, node, limits);
  const child = spawn(command, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', file, 'pipe'],
    // A group of its own: whatever it starts is killed with it.
    detached: true,
  });
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of the group have ended.
    }
  };
  let cause: CrashCause = 'EXIT';
  const killFor = (reason: CrashCause) => {
    cause = reason;
    kill();
  };
  const timer = setTimeout(() => killFor('TIME'), limits.wallSeconds * 1000);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    // The fifth of `stdio` is a pipe, from which we read.
    const answer = child.stdio[4] as Readable | null;
    // Whoever is killed may leave it broken; how the child ended tells enough.
    answer?.on('error', () => undefined);
    answer?.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > limits.outputBytes) killFor('OUTPUT');
      else chunks.push(chunk);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', kill);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    const output = Buffer.concat(chunks);
    return exitCode === 0 && cause === 'EXIT'
      ? { status: 'ANSWERED', output }
      : { status: 'CRASHED', cause, output };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../src/embedded/free-port.js';
import { probeFlags, type ProcessState } from './probe.js';
import type { Scope } from './scope.js';

const startWithinMs = 120_000;
const stopWithinMs = 40_000;
const keptOutputChars = 4_000;
/** Fine enough for times of a second, and next to no load. */
const pollMs = 5;

export interface ServerProcessOptions {
  readonly script: string;
  readonly scope: Scope;
  readonly nodeFlags?: readonly string[];
  /** Nothing else is handed on but what every process needs; `PORT` is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once the server is ready. */
  readonly readyPath: string;
}

/** A server in a process of its own, whose use of memory and CPU can be asked for. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** From the start of the process to the first 200. */
  readonly readyAfterMs: number;
  state(): Promise<ProcessState>;
  /** The state once everything that is garbage is collected. */
  stateAfterGc(): Promise<ProcessState>;
  /** Asks it to stop and waits until it has. Also done by the scope. */
  close(): Promise<void>;
}

/** Resolves once it answers; throws with what it said last when it ends or takes too long. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { script, scope, nodeFlags = [], env, readyPath } = options;
  const port = await findFreePort();
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...probeFlags, ...nodeFlags, script], {
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said = keepOutput(child);
  const close = makeStop(child);
  scope.defer(close);

  while (!(await answers200(port, readyPath))) {
    if (!isRunning(child) || performance.now() - startedAt > startWithinMs) {
      throw new Error(`${script} did not start. What it said last:\n${said()}`);
    }
    await delay(pollMs);
  }
  const readyAfterMs = performance.now() - startedAt;

  async function ask(question: 'state' | 'gc'): Promise<ProcessState> {
    const answer = once(child, 'message');
    child.send(question);
    // The probe sends nothing else.
    const [state] = (await answer) as [ProcessState];
    return state;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    readyAfterMs,
    state: () => ask('state'),
    async stateAfterGc() {
      // What finalizers let go of in one collection is collected in the next.
      await ask('gc');
      await delay(500);
      return ask('gc');
    },
    close,
  };
}

function answers200(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}

function keepOutput(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-keptOutputChars);
    });
  }
  return () => said.trim();
}

const isRunning = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** Calling it again waits for the same end. */
function makeStop(child: ChildProcess): () => Promise<void> {
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return async () => {
    if (!isRunning(child)) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(timer);
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { until } from './until.js';

export type SpawnedService = Awaited<ReturnType<typeof spawnService>>;

export interface SpawnOptions {
  /** `worker` takes background work alone. */
  entry?: 'main' | 'worker';
  /** All the settings it gets. */
  env: Readonly<Record<string, string>>;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The service, as `startScript` starts it. */
export function startProcess({ entry = 'main', env }: SpawnOptions) {
  const script = new URL(`../../src/${entry}.ts`, import.meta.url);
  return startScript(script, { env: { LOG_LEVEL: 'info', ...env } });
}

/**
 * A script as a process of its own, in a process group of its own like a shell's job, with all that it prints kept.
 * Whoever starts one sees to its end.
 */
export function startScript(
  script: URL,
  { args = [], env }: { args?: readonly string[]; env: Readonly<Record<string, string>> },
) {
  const child = spawn(process.execPath, ['--import', tsx, fileURLToPath(script), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script.pathname} could not be spawned.`);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  // Of the child and its output: all it said is taken in by then.
  const ended = once(child, 'close');

  return {
    pid,
    lines,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** To it alone; resolves with its exit code once it has ended, null when the signal ended it. */
    async kill(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
    /** To its whole group, as Ctrl-C does; to one that has ended already, nothing. */
    async interrupt(): Promise<number | null> {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGINT');
      await ended;
      return child.exitCode;
    },
    /** For one that ends by itself. */
    async end(): Promise<number | null> {
      await ended;
      return child.exitCode;
    },
  };
}

/** Resolves when it says that it is ready. Fails with what it said where it ends before. */
export async function spawnService(options: SpawnOptions) {
  const service = startProcess(options);
  await until(() => service.hasEnded() || findReady(service.lines) !== undefined);
  const ready = findReady(service.lines);
  if (ready === undefined) {
    await service.kill('SIGKILL');
    throw new Error(`The service did not start:\n${service.lines.join('\n')}`);
  }
  return { ...service, url: ready };
}

/** The address in the log's line: a worker's is where it is watched. */
function findReady(lines: readonly string[]): string | undefined {
  const line = lines.find((text) => text.includes('"ready'));
  return line === undefined ? undefined : (/http:\/\/[\w.]+:\d+/.exec(line)?.[0] ?? '');
}

/** What its log says at warn and above. */
export function complaintsOf({ lines }: { readonly lines: readonly string[] }): string[] {
  return lines.filter((line) => /"level":"(?:warn|error|fatal)"/.test(line));
}

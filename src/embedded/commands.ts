import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/** For our own children: enough for `initdb` to find a shell, and nothing of our environment's secrets. */
export const childEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as const;

/** Absolute paths of those commands that the PATH has. Empty where there is no POSIX shell. */
export async function findCommands<Name extends string>(
  names: readonly Name[],
): Promise<Partial<Record<Name, string>>> {
  const script = 'for name do command -v "$name"; done; true';
  const { output } = await run('/bin/sh', ['-c', script, 'sh', ...names]).catch(() => ({ output: '' }));
  const found: Partial<Record<Name, string>> = {};
  for (const path of output.split('\n')) {
    const name = names.find((candidate) => path.startsWith('/') && basename(path) === candidate);
    if (name !== undefined) found[name] ??= path;
  }
  return found;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  input?: string;
  /** An open file that the child sees as its file descriptor 3. */
  fd3?: number;
}

/** Runs a short command to its end. `output` is the last 16 KB of both its streams. Rejects if it can't start. */
export function run(
  command: string,
  args: readonly string[],
  { input = '', fd3, ...options }: RunOptions = {},
): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['pipe', 'pipe', 'pipe', ...(fd3 === undefined ? [] : [fd3])],
    });
    let output = '';
    const keep = (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-16_384));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output }));
    // A child that ends before it has read everything says so by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

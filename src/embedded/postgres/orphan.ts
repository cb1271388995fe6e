import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment, run } from '../commands.js';
import { codeOf, EmbeddedError } from '../errors.js';
import type { Log } from '../../core/log.js';

const pollMs = 25;

/**
 * After a kill -9 of this service its Postgres may still be shutting down. Waits for that; where it was not
 * told to (no setpriv on this system), tells it. It is recognized by its command line, never by its pid alone.
 * Only for the holder of the data directory's lock: whoever still runs on it has lost its master.
 */
export async function waitForOrphan(
  folder: string,
  log: Log,
  { askAfterMs = 5_000, giveUpAfterMs = 30_000 } = {},
): Promise<void> {
  const started = Date.now();
  let asked = false;
  for (;;) {
    const pid = await readPid(folder);
    if (pid === undefined) return;
    const command = await commandLineOf(pid);
    if (command === undefined) return; // Postgres clears away the file of one that is dead.
    if (!command.includes(folder)) return disown(folder);
    const waitedMs = Date.now() - started;
    if (waitedMs > giveUpAfterMs) {
      throw new EmbeddedError(
        `A former Postgres (pid ${pid}) still runs on ${folder} and does not end. Stop it.`,
      );
    }
    if (waitedMs > askAfterMs && !asked) {
      log.warn({ pid }, 'asking the Postgres of a former run to stop');
      process.kill(pid, 'SIGINT');
      asked = true;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function readPid(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  // In single-user mode Postgres writes its pid negated.
  const pid = Math.abs(Number.parseInt(text, 10));
  return pid > 1 ? pid : undefined;
}

/** undefined when no such process runs. */
async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line === '' ? undefined : line.replaceAll('\0', ' ');
  }
  const { exitCode, output } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
    env: childEnvironment,
  }).catch(() => ({ exitCode: 1, output: '' }));
  return exitCode === 0 ? output : undefined;
}

/**
 * The pid now belongs to some other program (after a reboot, say), and Postgres would refuse to start while that
 * lives. It ignores its parent's pid there, which is ours. Removing the file instead would also remove what
 * it needs to find out that former backends still use its shared memory.
 */
async function disown(folder: string): Promise<void> {
  const path = join(folder, 'postmaster.pid');
  const [, ...rest] = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, [String(process.pid), ...rest].join('\n'));
}

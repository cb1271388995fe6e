import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment, run } from './commands.js';
import { AlreadyRunningError, codeOf, EmbeddedError } from './errors.js';

/** `O_EXLOCK` of open(2) on macOS, and libuv's for Windows: the open itself takes the lock. */
const openLocked: Partial<Record<NodeJS.Platform, number>> = {
  darwin: 0x20 | constants.O_NONBLOCK,
  win32: 0x1000_0000,
};

/**
 * Makes this process the only one on a data directory until `release` or its end, however it ends: the lock
 * belongs to an open file, so the kernel drops it and nothing stale can stay.
 * Throws `AlreadyRunningError` when another holds it.
 */
export async function acquireLock(
  dataDir: string,
  flockPath: string | undefined,
): Promise<{ release(): Promise<void> }> {
  const path = join(dataDir, 'lock');
  const byOpening = openLocked[process.platform];
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDWR | constants.O_CREAT | (byOpening ?? 0), 0o600);
  } catch (error) {
    const busy = ['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes(codeOf(error) ?? '');
    throw byOpening !== undefined && busy ? new AlreadyRunningError(dataDir, await readPid(path)) : error;
  }
  try {
    if (byOpening === undefined) await flock(file, dataDir, path, flockPath);
    await file.truncate(0);
    await file.write(`${process.pid}\n`, 0);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { release: () => file.close() };
}

/**
 * Node has no flock(2). The command of that name has, on a descriptor that it inherits: as the lock belongs to
 * the open file and not to a process, it stays with us when the command has ended.
 */
async function flock(
  file: FileHandle,
  dataDir: string,
  path: string,
  flockPath: string | undefined,
): Promise<void> {
  if (flockPath === undefined) {
    throw new EmbeddedError(
      'The command flock was not found; it guards the data directory. Install util-linux, ' +
        'or set DATABASE_URL, REDIS_URL, STORAGE_ENDPOINT and the other settings that nothing embedded is needed.',
    );
  }
  const { exitCode, output } = await run(flockPath, ['-n', '3'], { env: childEnvironment, fd3: file.fd });
  if (exitCode === 0) return;
  if (exitCode === 1 && output === '') throw new AlreadyRunningError(dataDir, await readPid(path));
  throw new EmbeddedError(`${path} can't be locked: ${output.trim() || `flock ended with ${exitCode}`}`);
}

/** Only asked while another holds the lock, so it is the holder's. */
async function readPid(path: string): Promise<number | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const pid = Number.parseInt(await file.readFile('utf8'), 10);
      return Number.isSafeInteger(pid) ? pid : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

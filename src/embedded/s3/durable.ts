import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.js';

/** Makes the folder and all above it durably; readable by this user alone. */
export async function makeDirectory(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let at = path; ; at = dirname(at)) {
    await syncFolder(dirname(at));
    if (at === firstMade || dirname(at) === at) return;
  }
}

/** All of the file or what was there before, whatever happens in between. `tmpDir` is on the same disk. */
export async function writeJson(tmpDir: string, path: string, value: unknown): Promise<void> {
  const temp = join(tmpDir, randomUUID());
  const file = await open(temp, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await moveInto(temp, path);
}

/** The one step that makes a finished file visible. The temporary one is gone afterwards, also on failure. */
export async function moveInto(temp: string, path: string, onVisible?: () => void): Promise<void> {
  try {
    await rename(temp, path);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
  onVisible?.();
  await syncFolder(dirname(path));
}

/** undefined when there is no such file. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a file or folder was not there. */
export function isMissing(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

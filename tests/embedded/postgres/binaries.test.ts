import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from '../../../src/embedded/commands.js';
import { makeIsolation } from '../../../src/embedded/isolation.js';
import { findNativeFolder, prepareBinaries } from '../../../src/embedded/postgres/binaries.js';
import { makeDataDir } from '../../support/embedded-config.js';
import { findOrdinaryUser } from '../../support/ordinary-user.js';

const require = createRequire(import.meta.url);
const tsx = pathToFileURL(require.resolve('tsx')).href;
const script = fileURLToPath(new URL('../../support/prepare-binaries-child.ts', import.meta.url));
const version = '18.4.0-beta.17';
const plain = makeIsolation([], false, null);
let dataDir: string;
let native: string;
let remove: () => Promise<void>;

/** The package as npm unpacks it, without its install script: no links, and some umask took the executable bits. */
beforeEach(async () => {
  ({ dataDir, remove } = await makeDataDir());
  await mkdir(dataDir);
  const installed = findNativeFolder();
  native = join(dirname(dataDir), 'package', 'native');
  await cp(installed, native, { recursive: true, verbatimSymlinks: true });
  await cp(join(installed, '..', 'package.json'), join(native, '..', 'package.json'));
  const lib = join(native, 'lib');
  for (const entry of await readdir(lib, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(lib, entry.name));
  }
  for (const name of await readdir(join(native, 'bin'))) await chmod(join(native, 'bin', name), 0o644);
});
afterEach(() => remove());

const versionOf = (postgres: string) => spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout;

test('links and executable bits that npm left out are made in place, by several at once', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => prepareBinaries(dataDir, plain, native)));
  for (const { postgres, initdb } of all) {
    expect(postgres).toBe(join(native, 'bin', 'postgres'));
    expect((await stat(initdb)).mode & 0o111).toBe(0o111);
  }
  expect(versionOf(join(native, 'bin', 'postgres'))).toContain('PostgreSQL) 18');
  expect(await readdir(dataDir)).toEqual([]);
});

test('where the package is not ours to change, a copy is made in the data directory, once for several', async () => {
  const readOnly = [native, join(native, 'bin'), join(native, 'lib'), join(native, '..')];
  for (const folder of readOnly) await chmod(folder, 0o555);
  await chmod(dataDir, 0o777);
  const [command = '', ...args] = [...(await findOrdinaryUser()), process.execPath, '--import', tsx, script];
  const prepare = () => run(command, [...args, dataDir, native]);
  const copy = join(dataDir, 'postgres-binaries', version, 'native', 'bin', 'postgres');
  for (const { exitCode, output } of await Promise.all([prepare(), prepare()])) {
    expect(output).toBe(copy);
    expect(exitCode).toBe(0);
  }
  expect(versionOf(copy)).toContain('PostgreSQL) 18');
  expect(await readdir(join(dataDir, 'postgres-binaries'))).toEqual([version]);
  for (const folder of readOnly) await chmod(folder, 0o755);
});

test('an unknown platform is told what to do', () => {
  expect(() => findNativeFolder('sunos-sparc')).toThrow(
    'There is no embedded Postgres for sunos-sparc. Set DATABASE_URL to a Postgres of your own instead.',
  );
});

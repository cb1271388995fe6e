import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCredentials, readCredentials } from '../../src/embedded/credentials.js';
import { makeDataDir } from '../support/embedded-config.js';

let dataDir: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ dataDir, remove } = await makeDataDir());
});
afterEach(() => remove());

test('reading finds nothing where nothing has run, and makes nothing', async () => {
  expect(await readCredentials(dataDir)).toBeUndefined();
  await mkdir(dataDir);
  expect(await readCredentials(dataDir)).toBeUndefined();
  expect(await readdir(dataDir)).toEqual([]);
});

test('they are made once, each different, and read back the same', async () => {
  await mkdir(dataDir);
  const made = await ensureCredentials(dataDir);
  expect(await ensureCredentials(dataDir)).toEqual(made);
  expect(await readCredentials(dataDir)).toEqual(made);
  expect(await readdir(dataDir)).toEqual(['credentials.json']);
  const secrets = [
    ...Object.values(made.database),
    ...Object.values(made.redis),
    ...Object.values(made.storage),
    made.jwtSecret,
    made.serverKey.key,
  ];
  expect(new Set(secrets).size).toBe(secrets.length);
  expect(Buffer.from(made.serverKey.key, 'base64')).toHaveLength(32);
});

test.each(['', '{', '[]', '{"version":2}'])(
  'a damaged file (%j) is refused, and kept as it is',
  async (text) => {
    await mkdir(dataDir);
    const path = join(dataDir, 'credentials.json');
    await writeFile(path, text);
    await expect(ensureCredentials(dataDir)).rejects.toThrow('is damaged. Restore it from a backup');
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

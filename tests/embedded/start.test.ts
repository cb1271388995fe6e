import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { AlreadyRunningError, EmbeddedError } from '../../src/embedded/errors.js';
import { startEmbedded, type Embedded } from '../../src/embedded/start.js';
import { elsewhere, embeddedConfig, makeDataDir } from '../support/embedded-config.js';
import { findProcessesOf } from '../support/processes.js';
import { makeRecordingLog } from '../support/recording-log.js';

let dataDir: string;
let remove: () => Promise<void>;
let log: ReturnType<typeof makeRecordingLog>;

beforeEach(async () => {
  ({ dataDir, remove } = await makeDataDir());
  log = makeRecordingLog();
});
afterEach(() => remove());

async function query(embedded: Embedded, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: embedded.config.database.url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query<pg.QueryResultRow>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

async function ping(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    return await redis.ping();
  } finally {
    redis.disconnect();
  }
}

test('on a bare machine everything is run, and is the same after a restart', async () => {
  const first = await startEmbedded(embeddedConfig(dataDir), log);
  expect(
    await query(
      first,
      'CREATE EXTENSION pg_trgm',
      'CREATE TABLE kept (name text)',
      "INSERT INTO kept VALUES ('Zoë')",
      `SELECT current_user AS "user", rolsuper, rolcreatedb, current_setting('fsync') AS fsync,
              upper('zoë') AS upper, inet_server_addr() = '127.0.0.1' AS local
         FROM pg_roles WHERE rolname = current_user`,
    ),
  ).toEqual([
    { user: 'askfile', rolsuper: false, rolcreatedb: false, fsync: 'on', upper: 'ZOË', local: true },
  ]);
  expect(await ping(first.config.redis.url)).toBe('PONG');
  expect(first.config.storage).toMatchObject({ bucket: 'askfile', forcePathStyle: true });
  expect((await fetch(first.config.storage.endpoint)).status).toBeGreaterThanOrEqual(200);
  expect(first.config.storage.upload?.accessKeyId).not.toBe(first.config.storage.accessKeyId);
  expect(first.config.auth.jwtSecret?.length).toBeGreaterThanOrEqual(32);
  expect(first.config.serverKeys[0]?.key).toHaveLength(32);
  await first.close();
  expect(findProcessesOf(dataDir)).toEqual([]);

  const second = await startEmbedded(embeddedConfig(dataDir), log);
  expect(await query(second, 'SELECT name FROM kept')).toEqual([{ name: 'Zoë' }]);
  expect(second.config.auth).toEqual(first.config.auth);
  expect(second.config.serverKeys).toEqual(first.config.serverKeys);
  expect(second.config.storage.secretKey).toBe(first.config.storage.secretKey);
  await second.close();
  await second.close();
  expect(findProcessesOf(dataDir)).toEqual([]);
});

test('the state is for its owner alone, and no secret is logged', async () => {
  const embedded = await startEmbedded(embeddedConfig(dataDir), log);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o777).toBe(0o600);
  const { database, redis, storage, auth } = embedded.config;
  const secrets = [
    new URL(database.url).password,
    new URL(redis.url).password,
    storage.secretKey,
    storage.upload?.secretKey ?? '',
    auth.jwtSecret ?? '',
  ];
  await expect(query(embedded, "SELECT 'a-canary'::int")).rejects.toThrow('a-canary');
  await embedded.close();
  const logged = JSON.stringify(log.lines);
  for (const secret of [...secrets, 'a-canary']) expect(logged).not.toContain(secret);
  expect(log.lines.filter(({ level }) => level === 'info').length).toBeLessThanOrEqual(3);
  expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});

test('a second start on the same data says so, and does not disturb the first', async () => {
  const first = await startEmbedded(embeddedConfig(dataDir), log);
  const second = startEmbedded(embeddedConfig(dataDir), log);
  await expect(second).rejects.toThrow(AlreadyRunningError);
  await expect(second).rejects.toThrow(`Another Askfile is running on ${dataDir} (pid ${process.pid})`);
  expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await ping(first.config.redis.url)).toBe('PONG');
  await first.close();
});

test('when the settings name everything, nothing is touched', async () => {
  const { database, redis, storage, secrets } = elsewhere;
  const config = embeddedConfig(dataDir, { ...database, ...redis, ...storage, ...secrets });
  const embedded = await startEmbedded(config, log);
  expect(embedded.config).toEqual(config);
  await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  await embedded.close();
});

test('parts that are named are left alone', async () => {
  const config = embeddedConfig(dataDir, { ...elsewhere.database, ...elsewhere.storage });
  const embedded = await startEmbedded(config, log, { redis: 'builtin' });
  expect(embedded.config.database).toEqual(config.database);
  expect(embedded.config.storage).toEqual(config.storage);
  expect(await ping(embedded.config.redis.url)).toBe('PONG');
  expect(findProcessesOf(dataDir)).toEqual([]);
  expect((await readdir(dataDir)).sort()).toEqual(['credentials.json', 'lock']);
  await embedded.close();
});

test('a JWT secret is made only where there is neither a secret nor a key set', async () => {
  const servers = { ...elsewhere.database, ...elsewhere.redis, ...elsewhere.storage };
  const withJwks = embeddedConfig(dataDir, { ...servers, AUTH_JWKS_URL: 'https://login.example/jwks' });
  const embedded = await startEmbedded(withJwks, log);
  expect(embedded.config.auth.jwtSecret).toBeNull();
  expect(embedded.config.serverKeys).toHaveLength(1);
  await embedded.close();
});

test('a start that fails leaves nothing running and no lock', async () => {
  await mkdir(join(dataDir, 'postgres'), { recursive: true });
  const config = embeddedConfig(dataDir, elsewhere.storage);
  await expect(startEmbedded(config, log)).rejects.toThrow('holds a database but no credentials.json');
  const withoutDatabase = embeddedConfig(`${dataDir}2`, { ...elsewhere.storage, ...elsewhere.database });
  await (await startEmbedded(withoutDatabase, log)).close();
  await mkdir(join(`${dataDir}2`, 'postgres'));
  await writeFile(join(`${dataDir}2`, 'postgres', 'PG_VERSION'), '17\n');
  const failing = startEmbedded(embeddedConfig(`${dataDir}2`, elsewhere.storage), log);
  await expect(failing).rejects.toThrow(EmbeddedError);
  await expect(failing).rejects.toThrow('was made by Postgres 17');
  expect(findProcessesOf(dataDir)).toEqual([]);
  await (await startEmbedded(withoutDatabase, log)).close();
});

test('a data directory that cannot be made is named', async () => {
  await writeFile(dataDir, 'a file');
  await expect(startEmbedded(embeddedConfig(join(dataDir, 'inside')), log)).rejects.toThrow(
    /The data directory .* can't be used \(ENOTDIR\)/,
  );
});

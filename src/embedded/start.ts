import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppConfig, Config, ServerKey, StorageConfig } from '../config.js';
import type { Log } from '../core/log.js';
import { findCommands } from './commands.js';
import { ensureCredentials, type Credentials } from './credentials.js';
import { writeFileDurably } from './durable-file.js';
import { codeOf, EmbeddedError } from './errors.js';
import { admitOwner, detectIsolation } from './isolation.js';
import { acquireLock } from './lock.js';
import { startPostgres } from './postgres/start.js';
import { startRedis } from './redis/start.js';
import { startS3Server } from './s3/server.js';

export interface EmbeddedOptions {
  /** `builtin`: our own Redis, also where the machine has a real one. */
  readonly redis?: 'auto' | 'builtin';
}

export interface Embedded {
  readonly config: AppConfig;
  /** Ends everything that was started here, in reverse order; takes some 20 s at the very worst. */
  close(): Promise<void>;
}

/** Something that was opened, in the order of opening. */
type Closer = () => Promise<void>;

/**
 * Completes the settings: whatever part they leave out is run here, on loopback, with its state in
 * `config.dataDir`; what they name is left alone, and when they name everything nothing is touched.
 * Throws `AlreadyRunningError` or `EmbeddedError`, with nothing left running.
 */
export async function startEmbedded(
  config: Config,
  log: Log,
  options: EmbeddedOptions = {},
): Promise<Embedded> {
  const complete = toAppConfig(config, {});
  if (complete !== undefined) return { config: complete, close: () => Promise.resolve() };

  const closers: Closer[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      await closer().catch((error: unknown) => log.error({ error }, 'an embedded part did not close'));
    }
  };
  try {
    const made = await startMissing(config, log, options, closers);
    const completed = toAppConfig(config, made);
    if (completed === undefined) throw new EmbeddedError('A part of the settings is still missing.');
    return { config: completed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Made {
  databaseUrl?: string;
  redisUrl?: string;
  storage?: StorageConfig;
  jwtSecret?: string;
  serverKeys?: readonly ServerKey[];
}

/** undefined while something is missing. */
function toAppConfig(config: Config, made: Made): AppConfig | undefined {
  const databaseUrl = config.database.url ?? made.databaseUrl;
  const redisUrl = config.redis.url ?? made.redisUrl;
  const storage = config.storage ?? made.storage;
  const serverKeys = config.serverKeys ?? made.serverKeys;
  const isJwtSecretMissing = config.auth.jwtSecret === null && config.auth.jwksUrl === null;
  const jwtSecret = isJwtSecretMissing ? made.jwtSecret : config.auth.jwtSecret;
  if (databaseUrl === undefined || redisUrl === undefined || storage === undefined) return undefined;
  if (serverKeys === undefined || jwtSecret === undefined) return undefined;
  return Object.freeze({
    ...config,
    database: { ...config.database, url: databaseUrl },
    redis: { ...config.redis, url: redisUrl },
    storage,
    serverKeys,
    auth: { ...config.auth, jwtSecret },
  });
}

async function startMissing(
  config: Config,
  log: Log,
  options: EmbeddedOptions,
  closers: Closer[],
): Promise<Made> {
  const { dataDir } = config;
  const commands = await findCommands(['flock', 'setpriv', 'unshare', 'redis-server', 'valkey-server']);
  await prepareDataDir(dataDir);
  const lock = await acquireLock(dataDir, commands.flock);
  closers.push(() => lock.release());
  const [credentials, isolation] = await Promise.all([ensureCredentials(dataDir), detectIsolation(commands)]);
  await admitOwner(isolation, dataDir);

  const made: Made = {
    jwtSecret: credentials.jwtSecret,
    serverKeys: [{ id: credentials.serverKey.id, key: Buffer.from(credentials.serverKey.key, 'base64') }],
  };
  const start = async <Part extends { close(): Promise<void> }>(part: Promise<Part>): Promise<Part> => {
    const started = await part;
    closers.push(() => started.close());
    return started;
  };
  const parts: Promise<void>[] = [];
  if (config.database.url === null) {
    const postgres = startPostgres({ dataDir, isolation, credentials: credentials.database, log });
    parts.push(start(postgres).then(({ url }) => void (made.databaseUrl = url)));
  }
  if (config.redis.url === null) {
    const serverPath =
      options.redis === 'builtin' ? undefined : (commands['redis-server'] ?? commands['valkey-server']);
    const redis = startRedis({ password: credentials.redis.password, isolation, serverPath, dataDir, log });
    parts.push(start(redis).then(({ url }) => void (made.redisUrl = url)));
  }
  if (config.storage === null) {
    const storage = startStorage(dataDir, credentials.storage, log);
    parts.push(start(storage).then(({ settings }) => void (made.storage = settings)));
  }
  // All of them to their end, so that one failure leaves none half-started behind.
  for (const outcome of await Promise.allSettled(parts)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  return made;
}

async function startStorage(dataDir: string, credentials: Credentials['storage'], log: Log) {
  const { accessKeyId, secretKey, uploadAccessKeyId, uploadSecretKey } = credentials;
  const region = 'us-east-1';
  const bucket = 'askfile';
  const account = 'askfile';
  const server = await onSamePort(join(dataDir, 's3-port'), (port) =>
    startS3Server({
      dataDir: join(dataDir, 's3'),
      port,
      region,
      bucket,
      credentials: [
        { accessKeyId, secretKey, access: 'full', account },
        { accessKeyId: uploadAccessKeyId, secretKey: uploadSecretKey, access: 'write-only', account },
      ],
      log,
    }),
  );
  const settings: StorageConfig = {
    endpoint: server.endpoint,
    publicUrl: server.endpoint,
    region,
    bucket,
    accessKeyId,
    secretKey,
    forcePathStyle: true,
    upload: { accessKeyId: uploadAccessKeyId, secretKey: uploadSecretKey },
  };
  return { settings, close: () => server.close() };
}

/** The port of the last time where it is free, so that URLs that were signed before a restart still lead here. */
async function onSamePort<T extends { endpoint: string }>(
  file: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  const last = Number(await readFile(file, 'utf8').catch(() => '0'));
  const started = await start(Number.isInteger(last) ? last : 0).catch((error: unknown) => {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    return start(0);
  });
  const { port } = new URL(started.endpoint);
  if (Number(port) !== last) await writeFileDurably(file, port);
  return started;
}

async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await chmod(dataDir, 0o700);
  } catch (error) {
    throw new EmbeddedError(
      `The data directory ${dataDir} can't be used (${codeOf(error) ?? 'unknown error'}). ` +
        'Set DATA_DIR to a folder that this user may write to.',
      { cause: error },
    );
  }
}

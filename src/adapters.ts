import { homedir, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { AppConfig, ScannerConfig } from './config.js';
import type { Log } from './core/log.js';
import type { JobQueue } from './core/queue.js';
import { maxTextBytes } from './domains/assets/asset-texts.js';
import type { Extractor } from './domains/processing/extractor.js';
import type { Transcriber } from './domains/processing/transcriber.js';
import type { Scanner } from './domains/scanning/scanner.js';
import type { ObjectStore } from './domains/storage/object-store.js';
import type { KeyCache } from './domains/vault/key-cache.js';
import type { DeriveKey } from './domains/vault/password.js';
import { deriveKey } from './infra/argon2/derive-key.js';
import { makeBuiltinScanner } from './infra/builtin-scanner/scanner.js';
import { makeClamdScanner } from './infra/clamd/scanner.js';
import { makeExtractor } from './infra/extraction/extractor.js';
import { makeOpenAiTranscriber } from './infra/openai/transcriber.js';
import { openJobQueue } from './infra/pg-boss/queue.js';
import { makeDatabase, type Database } from './infra/postgres/database.js';
import { migrate } from './infra/postgres/migrate.js';
import { makeRedisKeyCache } from './infra/redis/key-cache.js';
import { makeRedisChannels, type RedisChannels } from './infra/redis/redis-channels.js';
import { makeS3ObjectStore } from './infra/s3/object-store.js';
import type { Channels } from './core/events.js';

/** Where files lie without a name while they are looked into; not in a folder of ours, which another user may have. */
export const tmpDir = tmpdir();

/** What the application runs on. Tests hand in others. */
export interface Adapters {
  readonly database: Database;
  readonly channels: Channels & Pick<RedisChannels, 'ping'>;
  readonly keyCache: KeyCache;
  readonly deriveKey: DeriveKey;
  readonly objects: ObjectStore;
  readonly scanner: Scanner;
  readonly extractor: Extractor;
  /** null: recordings are not written down. */
  readonly transcriber: Transcriber | null;
  readonly queue: JobQueue;
  /** In reverse order of opening. */
  close(): Promise<void>;
}

/** Workers follow it: there may be a job of the kind that the message names. */
export const jobsChannel = 'jobs';

/** Beside `src/`, and beside `dist/`, into whose root every module is bundled. */
const migrationsFolder = fileURLToPath(new URL('../drizzle', import.meta.url));

/** Connects to everything the settings name, with the schema brought up to date. */
export async function openAdapters(config: AppConfig, log: Log): Promise<Adapters> {
  await migrate(config.database.url, migrationsFolder);
  const database = makeDatabase({ ...config.database, log });
  const channels = makeRedisChannels({ url: config.redis.url, log });
  const keyCache = makeRedisKeyCache({ url: config.redis.url, log });
  const objects = makeS3ObjectStore(config.storage);
  const queue = await openJobQueue({
    executeSql: database.executeSql,
    log,
    onEnqueued: (name) => channels.publish(jobsChannel, { id: name, version: 1 }),
  });
  return {
    database,
    channels,
    keyCache,
    deriveKey,
    objects,
    scanner: makeScanner(config.scanner),
    extractor: makeChildExtractor(config, log),
    transcriber: config.transcriber && makeOpenAiTranscriber(config.transcriber),
    queue,
    async close() {
      await queue.close();
      objects.close();
      keyCache.close();
      await channels.close();
      await database.close();
    },
  };
}

/** Beside this module, and beside the bundles that it is part of; in development, itself TypeScript. */
const childEntry = new URL(
  `./infra/extraction/child/main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);

function makeChildExtractor({ processing, dataDir }: AppConfig, log: Log): Extractor {
  return makeExtractor({
    ...processing,
    // The embedded parts' credentials, people's own, and those that a container is given.
    secrets: [dataDir, homedir(), '/run/secrets'],
    entry: childEntry,
    tmpDir,
    maxTextBytes,
    log,
  });
}

function makeScanner(config: ScannerConfig & { concurrency: number }): Scanner {
  if (config.kind === 'builtin') return makeBuiltinScanner();
  return makeClamdScanner({
    ...config,
    connectTimeoutMs: 5_000,
    idleTimeoutMs: 100_000,
    totalTimeoutMs: 600_000,
  });
}

import { randomBytes } from 'node:crypto';
import { mintToken } from '../../src/auth/mint-token.js';
import { openAdapters, type Adapters } from '../../src/adapters.js';
import { loadConfig, type AppConfig } from '../../src/config.js';
import type { StorageConfig } from '../../src/config.js';
import { startService } from '../../src/service.js';
import { makeTestExtractor } from './extraction.js';
import { openTestDatabase, type TestDatabase } from './postgres.js';
import { makeRecordingLog } from './recording-log.js';
import { findRedisServers, type RunningRedis } from './redis-servers.js';
import { testStores, type OpenedStore } from './stores.js';

export const jwtSecret = 'the secret of the tests, of 32 characters or more';

/** Postgres, Redis and storage of their own, for as many processes of the service as a test wants. */
export interface TestBackends {
  readonly database: TestDatabase;
  readonly redis: RunningRedis;
  readonly store: OpenedStore;
  /** The environment that a process of the service needs to run on them. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * The embedded store and our own Redis; the real ones where TEST_STORAGE_ENDPOINT and TEST_REDIS=real say so, the real
 * clamd with TEST_CLAMD_PORT.
 */
export async function openBackends(store = testStores.at(-1)): Promise<TestBackends> {
  const servers = await findRedisServers();
  const server = process.env['TEST_REDIS'] === 'real' ? servers.at(-1) : servers[0];
  if (server === undefined || store === undefined) throw new Error('no Redis or no store for tests');
  const [database, redis, opened] = await Promise.all([openTestDatabase(), server.start(), store.open()]);
  return {
    database,
    redis,
    store: opened,
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      ...toEnv(opened.config),
      AUTH_JWT_SECRET: jwtSecret,
      SERVER_KEYS: `test:${randomBytes(32).toString('base64')}`,
      PORT: '0',
      WORKER_PORT: '0',
      LOG_LEVEL: 'warn',
      // What was missed is not found by looking again, but where that is what is tested.
      DELIVERY_CHECK_SECONDS: '300',
      // A process for each file: only where it is what is tested.
      PROCESSING: 'false',
      ...(process.env['TEST_CLAMD_PORT'] === undefined
        ? {}
        : { SCANNER: 'clamd', CLAMD_PORT: process.env['TEST_CLAMD_PORT'] }),
    },
    async close() {
      await opened.close();
      await redis.close();
      await database.close();
    },
  };
}

function toEnv(storage: StorageConfig): Record<string, string> {
  return {
    STORAGE_ENDPOINT: storage.endpoint,
    STORAGE_REGION: storage.region,
    STORAGE_BUCKET: storage.bucket,
    STORAGE_ACCESS_KEY_ID: storage.accessKeyId,
    STORAGE_SECRET_KEY: storage.secretKey,
    STORAGE_UPLOAD_ACCESS_KEY_ID: storage.upload?.accessKeyId ?? '',
    STORAGE_UPLOAD_SECRET_KEY: storage.upload?.secretKey ?? '',
  };
}

export interface TestServiceOptions {
  /** Settings over those of the backends. */
  env?: Record<string, string>;
  /** With the demo organization. */
  demo?: boolean;
  /** Unless false, it answers requests, and background work runs too. */
  serves?: boolean;
  works?: boolean;
  /** Puts other adapters in the place of the real ones. */
  adapt?: (adapters: Adapters) => Adapters;
}

export type TestService = Awaited<ReturnType<typeof openService>>;

/** One process of the service, in this process, on a free port. */
export async function openService(backends: TestBackends, options: TestServiceOptions = {}) {
  const { env = {}, serves = true, works = true, demo = false } = options;
  const { adapt = (adapters: Adapters) => adapters } = options;
  const config = loadConfig({ ...backends.env, ...env }) as AppConfig; // the backends name every part
  const log = makeRecordingLog();
  const opened = await openAdapters(config, log);
  const adapters = adapt({
    ...opened,
    extractor: makeTestExtractor({ timeoutSeconds: config.processing.timeoutSeconds }),
  });
  const service = await startService({ config, log, serves, works, demo, adapters });
  return { ...service, adapters, log, config };
}

/** Of a person, valid for an hour unless said otherwise; each call is a sign-in of its own. */
export function token(
  sub: string,
  { org = 'acme', ...claims }: Partial<Parameters<typeof mintToken>[0]> = {},
): Promise<string> {
  return mintToken({ secret: jwtSecret, sub, org, expiresInSeconds: 3600, ...claims });
}

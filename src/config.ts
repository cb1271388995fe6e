import { resolve } from 'node:path';
import type { Config, StorageConfig } from './config/settings.js';
import { environment, findContradictions, type Environment } from './config/environment.js';
import { loopbackNames } from './core/loopback-names.js';

export type * from './config/settings.js';

/** Every problem of the settings at once, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads the settings from an environment. Throws `ConfigError` with every problem named. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || value.trim() === '' ? [] : [[name, value]],
    ),
  );
  const parsed = environment.safeParse(set);
  const wrong = (parsed.error?.issues ?? []).map(({ path, message }) => ({ name: path.join('.'), message }));
  const isWrong = new Set(wrong.map(({ name }) => name));
  const contradicting = findContradictions(set).filter(({ name }) => !isWrong.has(name));
  if (!parsed.success || contradicting.length > 0) {
    throw new ConfigError([...wrong, ...contradicting].map(({ name, message }) => `${name}: ${message}`));
  }
  const e = parsed.data;
  return deepFreeze({
    production: e.NODE_ENV === 'production',
    host: e.HOST,
    port: e.PORT,
    workerPort: e.WORKER_PORT,
    publicUrl: e.PUBLIC_URL ?? null,
    allowedOrigins: e.ALLOWED_ORIGINS,
    dataDir: resolve(e.DATA_DIR),
    runJobs: e.RUN_JOBS,
    trustedProxies: e.TRUSTED_PROXIES,
    logLevel: e.LOG_LEVEL,
    database: { url: e.DATABASE_URL ?? null, poolSize: e.DATABASE_POOL_SIZE },
    redis: { url: e.REDIS_URL ?? null },
    storage: e.STORAGE_ENDPOINT === undefined ? null : toStorage(e, e.STORAGE_ENDPOINT),
    auth: {
      jwtSecret: e.AUTH_JWT_SECRET ?? null,
      jwksUrl: e.AUTH_JWKS_URL ?? null,
      issuer: e.AUTH_ISSUER ?? null,
      audience: e.AUTH_AUDIENCE ?? null,
    },
    serverKeys: e.SERVER_KEYS ?? null,
    scanner: {
      ...(e.SCANNER === 'clamd'
        ? { kind: 'clamd', host: e.CLAMD_HOST, port: e.CLAMD_PORT, socket: e.CLAMD_SOCKET ?? null }
        : { kind: 'builtin' }),
      concurrency: e.SCAN_CONCURRENCY,
    },
    processing: {
      isOn: e.PROCESSING,
      concurrency: e.PROCESSING_CONCURRENCY,
      memoryMegabytes: e.PROCESSING_MEMORY_MB,
      timeoutSeconds: e.PROCESSING_TIMEOUT_SECONDS,
      maxSizeBytes: e.PROCESSING_MAX_BYTES,
      ocrLanguages: e.OCR ? e.OCR_LANGUAGES : null,
    },
    transcriber:
      e.TRANSCRIBER_URL === undefined
        ? null
        : { url: e.TRANSCRIBER_URL, apiKey: e.TRANSCRIBER_API_KEY ?? null, model: e.TRANSCRIBER_MODEL },
    uploads: { multipartFromBytes: e.MULTIPART_FROM_BYTES, maxSizeBytes: e.UPLOAD_MAX_SIZE_BYTES },
    assets: { trashHours: e.TRASH_HOURS },
    memories: { unlockMinutes: e.MEMORY_UNLOCK_MINUTES },
    prompts: {
      limitPerUser: e.PROMPT_LIMIT_PER_USER,
      uploadGraceSeconds: e.UPLOAD_GRACE_SECONDS,
      minUploadLeaseSeconds: e.UPLOAD_MIN_LEASE_SECONDS,
      deliveryCheckSeconds: e.DELIVERY_CHECK_SECONDS,
      limits: { maxSizeBytes: e.PROMPT_MAX_SIZE_BYTES, promptTimeoutSeconds: e.PROMPT_TIMEOUT_SECONDS },
    },
  });
}

/**
 * Whether this is somebody's own machine, trying the service: every part is embedded, it is no production, and it is
 * not published under another name than this machine's.
 */
export function isForTrying(config: Config): boolean {
  const { production, publicUrl, database, redis, storage, auth, serverKeys } = config;
  const named = [database.url, redis.url, storage, serverKeys, auth.jwtSecret, auth.jwksUrl];
  const isLocal = publicUrl === null || loopbackNames.includes(new URL(publicUrl).hostname);
  return !production && isLocal && named.every((setting) => setting === null);
}

function toStorage(e: Environment, endpoint: string): StorageConfig {
  return {
    endpoint,
    region: e.STORAGE_REGION,
    bucket: e.STORAGE_BUCKET ?? '',
    accessKeyId: e.STORAGE_ACCESS_KEY_ID ?? '',
    secretKey: e.STORAGE_SECRET_KEY ?? '',
    publicUrl: e.STORAGE_PUBLIC_URL ?? endpoint,
    forcePathStyle: e.STORAGE_FORCE_PATH_STYLE,
    upload:
      e.STORAGE_UPLOAD_ACCESS_KEY_ID === undefined
        ? null
        : { accessKeyId: e.STORAGE_UPLOAD_ACCESS_KEY_ID, secretKey: e.STORAGE_UPLOAD_SECRET_KEY ?? '' },
  };
}

/** On Node 20, on which the service runs, the AWS SDK would greet whoever starts it with an advice to upgrade. */
export function silenceAwsSdk(env: NodeJS.ProcessEnv = process.env): void {
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

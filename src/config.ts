import { resolve } from 'node:path';
import { z } from 'zod';

const text = z.string().trim().min(1);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const port = z.coerce.number().int().min(0).max(65535);
const seconds = (fallback: number, min = 1, max = 86_400) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const origins = text.transform((list) => list.split(',').map((origin) => new URL(origin.trim()).origin));
/** `id:base64` pairs, the newest first: it seals, all of them open. Each key has 32 bytes. */
const serverKeys = text.transform((list, context) =>
  list.split(',').map((pair) => {
    const [id, encoded = ''] = pair.trim().split(':');
    const key = Buffer.from(encoded, 'base64');
    if (!id || key.length !== 32) {
      context.addIssue({ code: 'custom', message: 'expected id:base64-of-32-bytes, comma-separated' });
    }
    return { id: id ?? '', key };
  }),
);

/** The names are the environment's; an empty value counts as not set. Table in README.md. */
const environment = z
  .object({
    NODE_ENV: text.optional(),
    PORT: port.default(4000),
    WORKER_PORT: port.default(4001),
    HOST: text.default('localhost'),
    PUBLIC_URL: httpUrl.optional(),
    ALLOWED_ORIGINS: origins.default([]),
    DATA_DIR: text.default('.data'),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    ALLOW_EMBEDDED_IN_PRODUCTION: flag.default(false),
    RUN_JOBS: flag.default(true),

    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(1000).default(20),
    REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
    STORAGE_ENDPOINT: httpUrl.optional(),
    STORAGE_REGION: text.default('us-east-1'),
    STORAGE_BUCKET: text.optional(),
    STORAGE_ACCESS_KEY_ID: text.optional(),
    STORAGE_SECRET_KEY: text.optional(),
    STORAGE_PUBLIC_URL: httpUrl.optional(),
    STORAGE_FORCE_PATH_STYLE: flag.default(true),
    STORAGE_UPLOAD_ACCESS_KEY_ID: text.optional(),
    STORAGE_UPLOAD_SECRET_KEY: text.optional(),

    AUTH_JWT_SECRET: z.string().min(32, 'at least 32 characters').optional(),
    AUTH_JWKS_URL: httpUrl.optional(),
    AUTH_ISSUER: text.optional(),
    AUTH_AUDIENCE: text.optional(),
    SERVER_KEYS: serverKeys.optional(),

    SCANNER: z.enum(['clamd', 'builtin']).optional(),
    ALLOW_BUILTIN_SCANNER_IN_PRODUCTION: flag.default(false),
    CLAMD_HOST: text.default('127.0.0.1'),
    CLAMD_PORT: port.default(3310),
    CLAMD_SOCKET: text.optional(),
    SCAN_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),

    PROCESSING: flag.default(true),
    PROCESSING_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2),
    PROCESSING_MEMORY_MB: z.coerce.number().int().min(256).max(65_536).default(1024),
    PROCESSING_TIMEOUT_SECONDS: seconds(60, 1, 3600),
    PROCESSING_MAX_BYTES: z.coerce
      .number()
      .int()
      .min(1)
      .max(5 * 2 ** 30)
      .default(512 * 2 ** 20),
    OCR: flag.default(true),
    OCR_LANGUAGES: z
      .string()
      .regex(/^[A-Za-z_]+(?:\+[A-Za-z_]+)*$/, 'as tesseract names them, such as eng or deu+eng')
      .default('eng'),
    TRANSCRIBER_URL: httpUrl.optional(),
    TRANSCRIBER_API_KEY: text.optional(),
    TRANSCRIBER_MODEL: text.default('whisper-1'),

    MEMORY_UNLOCK_MINUTES: z.coerce.number().int().min(1).max(1440).default(30),
    TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
    TRASH_HOURS: z.coerce.number().int().min(1).max(8760).default(24),
    PROMPT_LIMIT_PER_USER: z.coerce.number().int().min(1).max(10_000).default(20),
    UPLOAD_GRACE_SECONDS: seconds(60, 0, 3600),
    UPLOAD_MIN_LEASE_SECONDS: seconds(120, 1, 3600),
    DELIVERY_CHECK_SECONDS: seconds(15, 1, 300),
    MULTIPART_FROM_BYTES: z.coerce
      .number()
      .int()
      .min(5 * 2 ** 20)
      .max(5 * 2 ** 30)
      .default(64 * 2 ** 20),
    UPLOAD_MAX_SIZE_BYTES: z.coerce
      .number()
      .int()
      .min(1)
      .max(5 * 2 ** 30)
      .default(5 * 2 ** 30),
    PROMPT_TIMEOUT_SECONDS: seconds(300),
    PROMPT_MAX_SIZE_BYTES: z.coerce
      .number()
      .int()
      .min(1)
      .max(5 * 2 ** 30)
      .default(50 * 2 ** 20),
  })
  .superRefine((env, context) => {
    const require = (names: (keyof typeof env)[], because: string) => {
      for (const name of names) {
        if (env[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: because });
      }
    };
    if (env.STORAGE_ENDPOINT !== undefined) {
      require([
        'STORAGE_BUCKET',
        'STORAGE_ACCESS_KEY_ID',
        'STORAGE_SECRET_KEY',
      ], 'needed with STORAGE_ENDPOINT');
    }
    if (env.STORAGE_UPLOAD_ACCESS_KEY_ID !== undefined) {
      require(['STORAGE_UPLOAD_SECRET_KEY'], 'needed with STORAGE_UPLOAD_ACCESS_KEY_ID');
    }
    if (env.NODE_ENV !== 'production') return;
    if (!env.ALLOW_EMBEDDED_IN_PRODUCTION) {
      const because = 'needed in production (or ALLOW_EMBEDDED_IN_PRODUCTION=true)';
      require(['DATABASE_URL', 'REDIS_URL', 'STORAGE_ENDPOINT', 'SERVER_KEYS', 'PUBLIC_URL'], because);
      if (env.AUTH_JWKS_URL === undefined)
        require(['AUTH_JWT_SECRET'], `${because}, unless AUTH_JWKS_URL is set`);
    }
    if (env.SCANNER !== 'clamd' && !env.ALLOW_BUILTIN_SCANNER_IN_PRODUCTION) {
      context.addIssue({
        code: 'custom',
        path: ['SCANNER'],
        message: 'must be clamd in production (or ALLOW_BUILTIN_SCANNER_IN_PRODUCTION=true)',
      });
    }
  });

export interface StorageConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
  /** The endpoint that browsers see; URLs are signed for it. */
  readonly publicUrl: string;
  readonly forcePathStyle: boolean;
  /** A write-only credential that signs upload URLs, where there is one. */
  readonly upload: { readonly accessKeyId: string; readonly secretKey: string } | null;
}

export interface ServerKey {
  readonly id: string;
  readonly key: Buffer;
}

export type ScannerConfig =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'clamd'; readonly host: string; readonly port: number; readonly socket: string | null };

export interface ProcessingConfig {
  /** Whether files are looked into at all. */
  readonly isOn: boolean;
  /** How many files each worker looks into at once, each in a child process. */
  readonly concurrency: number;
  /** What each child may take, and for how long. */
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** Larger files are not looked into. As much may lie on the disk for each child. */
  readonly maxSizeBytes: number;
  /** In which pictures and scanned pages are read, where tesseract is there; null: they are not. */
  readonly ocrLanguages: string | null;
}

export interface TranscriberConfig {
  /** Of an API like OpenAI's, up to its version: `https://api.openai.com/v1`. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly model: string;
}

/** What was set. A part that is null is run by `embedded/`, which completes this to an `AppConfig`. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where a worker, which serves nobody, says how it is. */
  readonly workerPort: number;
  /** How browsers reach the service; null: `http://localhost:<port>`, known once listening. */
  readonly publicUrl: string | null;
  /** Origins besides our own that may use the API from a browser. */
  readonly allowedOrigins: readonly string[];
  /** Absolute. */
  readonly dataDir: string;
  /** Whether an API process takes background work too; a worker always does. */
  readonly runJobs: boolean;
  /** How many proxies in front of the service add to `X-Forwarded-For`; 0: whoever connects is the caller. */
  readonly trustedProxies: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly database: { readonly url: string | null; readonly poolSize: number };
  readonly redis: { readonly url: string | null };
  readonly storage: StorageConfig | null;
  readonly auth: {
    readonly jwtSecret: string | null;
    readonly jwksUrl: string | null;
    readonly issuer: string | null;
    readonly audience: string | null;
  };
  readonly serverKeys: readonly ServerKey[] | null;
  readonly scanner: ScannerConfig & { readonly concurrency: number };
  readonly processing: ProcessingConfig;
  /** null: nobody writes down what is said in recordings. */
  readonly transcriber: TranscriberConfig | null;
  readonly uploads: {
    /** Files of this size or more are put in parts; storage takes 5 MiB to 5 GiB as one. */
    readonly multipartFromBytes: number;
    /** Of a file that goes into a space. */
    readonly maxSizeBytes: number;
  };
  readonly assets: {
    /** How long what was deleted can be restored. */
    readonly trashHours: number;
  };
  readonly memories: {
    /** How long an encrypted memory stays unlocked without being used. */
    readonly unlockMinutes: number;
  };
  readonly prompts: {
    readonly limitPerUser: number;
    readonly uploadGraceSeconds: number;
    /** A begun upload may take this long at least, and longer the larger its file. */
    readonly minUploadLeaseSeconds: number;
    /** How often each process looks whether its subscribers have missed something. */
    readonly deliveryCheckSeconds: number;
    /** The service's own limits, above every agent's policy. */
    readonly limits: { readonly maxSizeBytes: number; readonly promptTimeoutSeconds: number };
  };
}

/** Everything the application needs: the same whether a part is embedded or a server of its own. */
export interface AppConfig extends Config {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly redis: { readonly url: string };
  readonly storage: StorageConfig;
  readonly serverKeys: readonly ServerKey[];
}

/** Every problem of the settings at once, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads the settings from an environment. Throws `ConfigError` with every problem named. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
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
  const isLocal =
    publicUrl === null || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(publicUrl).hostname);
  return !production && isLocal && named.every((setting) => setting === null);
}

function toStorage(e: z.infer<typeof environment>, endpoint: string): StorageConfig {
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

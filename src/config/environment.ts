import { z } from 'zod';

const text = z.string().trim().min(1);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const whole = (fallback: number, min: number, max: number) =>
  text
    .regex(/^\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback);
const port = (fallback: number) => whole(fallback, 0, 65_535);
const seconds = (fallback: number, min = 1, max = 86_400) => whole(fallback, min, max);
/** Up to what storage takes as one object. */
const bytes = (fallback: number, min = 1) => whole(fallback, min, 5 * 2 ** 30);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
/** What paths are added to. */
const baseUrl = httpUrl.refine(isBare, 'expected a URL without query, fragment or password');
const origins = text.transform((list, context) =>
  list.split(',').map((item) => {
    const url = URL.canParse(item.trim()) ? new URL(item.trim()) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && isBare(url.href))
      return url.origin;
    const message = 'expected origins, comma-separated, such as https://app.example.com';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
);
/** `id:base64` pairs: the first seals, all of them open. Each key has 32 bytes. */
const serverKeys = text.transform((list, context) => {
  const keys = list.split(',').map((pair) => {
    const [id, encoded = ''] = pair.trim().split(':');
    const key = Buffer.from(encoded, 'base64');
    if (!id || key.length !== 32) {
      context.addIssue({ code: 'custom', message: 'expected id:base64-of-32-bytes, comma-separated' });
    }
    return { id: id ?? '', key };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    context.addIssue({ code: 'custom', message: 'expected another id for each key' });
  return keys;
});

/** Whether the URL, which is one, says nothing beyond its path. */
function isBare(url: string): boolean {
  const { search, hash, username, password } = new URL(url);
  return `${search}${hash}${username}${password}` === '' && !/[?#]/.test(url);
}

/** The names are the environment's; a blank value counts as not set. Table in README.md. */
export const environment = z.object({
  NODE_ENV: text.optional(),
  PORT: port(4000),
  WORKER_PORT: port(4001),
  HOST: text.default('localhost'),
  PUBLIC_URL: baseUrl.optional(),
  ALLOWED_ORIGINS: origins.default([]),
  DATA_DIR: text.default('.data'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ALLOW_EMBEDDED_IN_PRODUCTION: flag.default(false),
  RUN_JOBS: flag.default(true),

  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL_SIZE: whole(20, 2, 1000),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  STORAGE_ENDPOINT: baseUrl.optional(),
  STORAGE_REGION: text.default('us-east-1'),
  STORAGE_BUCKET: text.optional(),
  STORAGE_ACCESS_KEY_ID: text.optional(),
  STORAGE_SECRET_KEY: text.optional(),
  STORAGE_PUBLIC_URL: baseUrl.optional(),
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
  CLAMD_PORT: port(3310),
  CLAMD_SOCKET: text.optional(),
  SCAN_CONCURRENCY: whole(4, 1, 64),

  PROCESSING: flag.default(true),
  PROCESSING_CONCURRENCY: whole(2, 1, 64),
  PROCESSING_MEMORY_MB: whole(1024, 256, 65_536),
  PROCESSING_TIMEOUT_SECONDS: seconds(60, 1, 3600),
  PROCESSING_MAX_BYTES: bytes(512 * 2 ** 20),
  OCR: flag.default(true),
  OCR_LANGUAGES: z
    .string()
    .regex(/^[A-Za-z_]+(?:\+[A-Za-z_]+)*$/, 'as tesseract names them, such as eng or deu+eng')
    .default('eng'),
  TRANSCRIBER_URL: baseUrl.optional(),
  TRANSCRIBER_API_KEY: text.optional(),
  TRANSCRIBER_MODEL: text.default('whisper-1'),

  MEMORY_UNLOCK_MINUTES: whole(30, 1, 1440),
  TRUSTED_PROXIES: whole(0, 0, 10),
  TRASH_HOURS: whole(24, 1, 8760),
  PROMPT_LIMIT_PER_USER: whole(20, 1, 10_000),
  UPLOAD_GRACE_SECONDS: seconds(60, 0, 3600),
  UPLOAD_MIN_LEASE_SECONDS: seconds(120, 1, 3600),
  DELIVERY_CHECK_SECONDS: seconds(15, 1, 300),
  MULTIPART_FROM_BYTES: bytes(64 * 2 ** 20, 5 * 2 ** 20),
  UPLOAD_MAX_SIZE_BYTES: bytes(5 * 2 ** 30),
  PROMPT_TIMEOUT_SECONDS: seconds(300),
  PROMPT_MAX_SIZE_BYTES: bytes(50 * 2 ** 20),
});

/**
 * What of the settings does not go together, by the names of those at fault. Of what was set, as it was set: so that it
 * is told beside values that are wrong by themselves.
 */
export function findContradictions(
  env: Readonly<Record<string, string>>,
): { name: string; message: string }[] {
  const found: { name: string; message: string }[] = [];
  const require = (names: readonly (keyof Environment)[], message: string) => {
    for (const name of names) if (env[name] === undefined) found.push({ name, message });
  };
  const isSet = (name: keyof Environment) => env[name] !== undefined;
  const isTold = (name: keyof Environment) => flag.safeParse(env[name]?.trim()).data === true;

  const ofStore = ['STORAGE_BUCKET', 'STORAGE_ACCESS_KEY_ID', 'STORAGE_SECRET_KEY'] as const;
  if (isSet('STORAGE_ENDPOINT')) require(ofStore, 'needed with STORAGE_ENDPOINT');
  else {
    // Else files would go to the disk of whoever believes that they go to the store that they named.
    const told = ofStore.find(isSet);
    if (told !== undefined) {
      const example = 'https://s3.eu-central-1.amazonaws.com';
      require(['STORAGE_ENDPOINT'], `needed with ${told} (such as ${example})`);
    }
  }
  for (const pair of [
    ['STORAGE_UPLOAD_ACCESS_KEY_ID', 'STORAGE_UPLOAD_SECRET_KEY'],
    ['STORAGE_UPLOAD_SECRET_KEY', 'STORAGE_UPLOAD_ACCESS_KEY_ID'],
  ] as const) {
    if (isSet(pair[0])) require([pair[1]], `needed with ${pair[0]}`);
  }
  if (env['NODE_ENV']?.trim() !== 'production') return found;
  if (!isTold('ALLOW_EMBEDDED_IN_PRODUCTION')) {
    const because = 'needed in production (or ALLOW_EMBEDDED_IN_PRODUCTION=true)';
    require(['DATABASE_URL', 'REDIS_URL', 'STORAGE_ENDPOINT', 'SERVER_KEYS', 'PUBLIC_URL'], because);
    if (!isSet('AUTH_JWKS_URL')) require(['AUTH_JWT_SECRET'], `${because}, unless AUTH_JWKS_URL is set`);
  }
  if (env['SCANNER']?.trim() !== 'clamd' && !isTold('ALLOW_BUILTIN_SCANNER_IN_PRODUCTION')) {
    const message = 'must be clamd in production (or ALLOW_BUILTIN_SCANNER_IN_PRODUCTION=true)';
    found.push({ name: 'SCANNER', message });
  }
  return found;
}

export type Environment = z.infer<typeof environment>;

import { ConfigError, loadConfig } from '../src/config.js';

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://askfile@db/askfile',
  REDIS_URL: 'redis://cache',
  STORAGE_ENDPOINT: 'https://s3.example.com',
  STORAGE_BUCKET: 'askfile',
  STORAGE_ACCESS_KEY_ID: 'key',
  STORAGE_SECRET_KEY: 'secret',
  AUTH_JWT_SECRET: 'a secret of thirty-two characters',
  SERVER_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`,
  PUBLIC_URL: 'https://askfile.example.com/',
  SCANNER: 'clamd',
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const namesOf = (env: NodeJS.ProcessEnv) => problemsOf(env).map((problem) => problem.split(':')[0]);

test('with nothing set, every part is left to be embedded', () => {
  const config = loadConfig({});
  expect(config).toMatchObject({
    production: false,
    port: 4000,
    publicUrl: null,
    database: { url: null },
    redis: { url: null },
    storage: null,
    serverKeys: null,
    scanner: { kind: 'builtin' },
    prompts: { limitPerUser: 20, uploadGraceSeconds: 60 },
  });
  expect(config.auth.jwtSecret).toBeNull();
});

test('an empty value counts as not set', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: '' })).toEqual(loadConfig({}));
});

test('every problem is named at once', () => {
  const env = { PORT: 'no', DATABASE_URL: 'mysql://x', SERVER_KEYS: 'a:short', STORAGE_ENDPOINT: 'ftp://x' };
  expect(namesOf(env).sort()).toEqual(['DATABASE_URL', 'PORT', 'SERVER_KEYS', 'STORAGE_ENDPOINT']);
});

test('an endpoint alone is no storage', () => {
  expect(namesOf({ STORAGE_ENDPOINT: 'http://s3' })).toEqual([
    'STORAGE_BUCKET',
    'STORAGE_ACCESS_KEY_ID',
    'STORAGE_SECRET_KEY',
  ]);
});

test('production with every part named is accepted', () => {
  expect(loadConfig(production)).toMatchObject({
    production: true,
    publicUrl: 'https://askfile.example.com',
    storage: { publicUrl: 'https://s3.example.com', upload: null, forcePathStyle: true },
    scanner: { kind: 'clamd', port: 3310 },
  });
});

test('production refuses embedded parts and the builtin scanner, each by name', () => {
  expect(namesOf({ NODE_ENV: 'production' }).sort()).toEqual([
    'AUTH_JWT_SECRET',
    'DATABASE_URL',
    'PUBLIC_URL',
    'REDIS_URL',
    'SCANNER',
    'SERVER_KEYS',
    'STORAGE_ENDPOINT',
  ]);
});

test('production takes embedded parts when told to', () => {
  const told = { ALLOW_EMBEDDED_IN_PRODUCTION: 'true', ALLOW_BUILTIN_SCANNER_IN_PRODUCTION: 'true' };
  expect(problemsOf({ NODE_ENV: 'production', ...told })).toEqual([]);
});

test('a key set stands in for the secret', () => {
  const { AUTH_JWT_SECRET: _, ...others } = production;
  expect(problemsOf({ ...others, AUTH_JWKS_URL: 'https://idp.example.com/keys' })).toEqual([]);
});

test('the settings cannot be changed afterwards', () => {
  const config = loadConfig(production);
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.storage)).toBe(true);
});

test('a problem never shows the value at fault', () => {
  const secret = 'a-password-of-somebody';
  expect(problemsOf({ DATABASE_URL: `mysql://me:${secret}@db`, SERVER_KEYS: secret }).join()).not.toContain(
    secret,
  );
});

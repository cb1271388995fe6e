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
  expect(loadConfig({ DATABASE_URL: ' ', PORT: '\t' })).toEqual(loadConfig({}));
});

test('every problem is named at once', () => {
  const env = {
    PORT: 'no',
    DATABASE_URL: 'mysql://x',
    SERVER_KEYS: 'a:short',
    STORAGE_PUBLIC_URL: 'ftp://x',
  };
  expect(namesOf(env).sort()).toEqual(['DATABASE_URL', 'PORT', 'SERVER_KEYS', 'STORAGE_PUBLIC_URL']);
});

test('an endpoint alone is no storage', () => {
  expect(namesOf({ STORAGE_ENDPOINT: 'http://s3' })).toEqual([
    'STORAGE_BUCKET',
    'STORAGE_ACCESS_KEY_ID',
    'STORAGE_SECRET_KEY',
  ]);
});

test.each(['STORAGE_BUCKET', 'STORAGE_ACCESS_KEY_ID', 'STORAGE_SECRET_KEY'])(
  '%s alone is no storage: nothing may go to the disk instead',
  (name) => expect(namesOf({ [name]: 'given' })).toEqual(['STORAGE_ENDPOINT']),
);

test('a value that is wrong by itself hides nothing that is missing', () => {
  expect(namesOf({ NODE_ENV: 'production', PORT: 'abc', REDIS_URL: 'http://cache' }).sort()).toEqual([
    'AUTH_JWT_SECRET',
    'DATABASE_URL',
    'PORT',
    'PUBLIC_URL',
    'REDIS_URL',
    'SCANNER',
    'SERVER_KEYS',
    'STORAGE_ENDPOINT',
  ]);
});

const someKey = Buffer.alloc(32, 2).toString('base64');
const wrong: readonly [name: string, values: readonly string[]][] = [
  [
    'ALLOWED_ORIGINS',
    [
      'localhost:3000',
      'example.com',
      '*',
      'null',
      'file:///x',
      'https://a.example,,https://b.example',
      'https://a.example/page',
      'https://a.example?',
      'https://me:word@a.example',
    ],
  ],
  ['PORT', ['abc', '-1', '1e3', '0x50', '80.5', '65536', 'Infinity']],
  ['SERVER_KEYS', ['a', 'a:short', `a:${someKey},a:${someKey}`, `a:${someKey},`]],
  [
    'PUBLIC_URL',
    ['https://a.example/?a=b', 'https://a.example/#c', 'https://me:word@a.example', 'a.example'],
  ],
  ['STORAGE_PUBLIC_URL', ['https://a.example?x']],
  ['TRANSCRIBER_URL', ['https://a.example/v1?version=2']],
];

test.each(wrong.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
  '%s is refused by its name as %j',
  (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(new Set(problems.map((problem) => problem.split(':')[0]))).toEqual(new Set([name]));
  },
);

test('origins are taken with a slash at their end, and with spaces between', () => {
  expect(loadConfig({ ALLOWED_ORIGINS: 'https://a.example/, http://localhost:3000' }).allowedOrigins).toEqual(
    ['https://a.example', 'http://localhost:3000'],
  );
});

test('half of a credential for uploads is none', () => {
  const storage = {
    STORAGE_ENDPOINT: 'http://s3',
    STORAGE_BUCKET: 'b',
    STORAGE_ACCESS_KEY_ID: 'a',
    STORAGE_SECRET_KEY: 's',
  };
  expect(namesOf({ ...storage, STORAGE_UPLOAD_ACCESS_KEY_ID: 'u' })).toEqual(['STORAGE_UPLOAD_SECRET_KEY']);
  expect(namesOf({ ...storage, STORAGE_UPLOAD_SECRET_KEY: 'u' })).toEqual(['STORAGE_UPLOAD_ACCESS_KEY_ID']);
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

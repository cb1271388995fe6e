import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config } from '../../src/config.js';

/** The settings of a bare machine, on a folder; `env` names more of them. */
export function embeddedConfig(dataDir: string, env: Record<string, string> = {}): Config {
  return loadConfig({ DATA_DIR: dataDir, ...env });
}

/** Names servers that are not there: a part that is named is not run, nor asked. */
export const elsewhere = {
  database: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
  redis: { REDIS_URL: 'redis://127.0.0.1:1' },
  storage: {
    STORAGE_ENDPOINT: 'http://127.0.0.1:1',
    STORAGE_BUCKET: 'none',
    STORAGE_ACCESS_KEY_ID: 'none',
    STORAGE_SECRET_KEY: 'none',
  },
  secrets: {
    AUTH_JWT_SECRET: 'a secret of thirty-two characters',
    SERVER_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
  },
} as const;

/** A folder that does not exist yet, inside one that `remove` takes away. */
export async function makeDataDir(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'askfile-test-')));
  return { dataDir: join(folder, 'data'), remove: () => rm(folder, { recursive: true, force: true }) };
}

import { ConfigError, loadConfig } from '../config.js';
import type { Config, StorageConfig } from '../config.js';
import { toTable } from './table.js';

interface Row {
  readonly what: string;
  readonly outcome: string;
  readonly advice: string | null;
}

/**
 * Runs a storage tool on the configured bucket and prints its rows. Resolves with the exit code: 1 when a row FAILED
 * or the settings are wrong, 0 otherwise, also where the embedded store makes the tool needless.
 */
export async function runStorageTool(
  tool: (storage: StorageConfig, origins: readonly string[]) => Promise<readonly Row[]>,
): Promise<number> {
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 1;
  }
  if (config.storage === null) {
    console.log('STORAGE_ENDPOINT is not set: the embedded store is used, and it needs no setup.');
    return 0;
  }
  const rows = await tool(config.storage, toOrigins(config));
  console.log(toTable(rows.map(({ outcome, what, advice }) => [outcome, what, advice ?? ''])));
  return rows.some(({ outcome }) => outcome === 'FAILED') ? 1 : 0;
}

/** Where pages that upload come from: the portal itself, and whoever else may use the API. */
function toOrigins(config: Config): string[] {
  const portal = new URL(config.publicUrl ?? `http://localhost:${config.port}`).origin;
  return [...new Set([portal, ...config.allowedOrigins])];
}

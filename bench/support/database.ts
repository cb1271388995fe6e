import { loadConfig } from '../../src/config.js';
import { startEmbedded } from '../../src/embedded/start.js';
import { makeLog } from '../../src/infra/pino/log.js';
import { makeTempDir } from './part.js';
import type { Scope } from './scope.js';

/** An embedded Postgres of its own, for what needs its address beside the service; with the scope it ends. */
export async function startDatabase(scope: Scope): Promise<string> {
  const config = loadConfig({ DATA_DIR: await makeTempDir(scope) });
  const embedded = await startEmbedded(config, makeLog({ level: 'silent' }));
  scope.defer(() => embedded.close());
  return embedded.config.database.url;
}

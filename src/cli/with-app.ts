import { openAdapters } from '../adapters.js';
import { makeApp, type App } from '../app.js';
import { loadConfig } from '../config.js';
import { startEmbedded } from '../embedded/start.js';
import { makeLog } from '../infra/pino/log.js';

/**
 * The application on the parts that the settings name, without edges, sweeps or jobs, for as long as `work` takes; all
 * is closed then. Throws `ConfigError`, and what `work` throws.
 */
export async function withApp(work: (app: App) => Promise<void>): Promise<void> {
  const log = makeLog({ level: 'warn', pretty: process.stdout.isTTY });
  const { config, close } = await startEmbedded(loadConfig(), log);
  try {
    const adapters = await openAdapters(config, log);
    const app = makeApp(config, adapters, log, () => '');
    try {
      await work(app);
    } finally {
      app.close();
      await adapters.close();
    }
  } finally {
    await close();
  }
}

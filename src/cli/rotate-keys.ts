/** `npm run rotate-keys [-- --older-than-days 90]`: has encrypted memories get new data keys. */
import { parseArgs } from 'node:util';
import { openAdapters } from '../adapters.js';
import { makeApp } from '../app.js';
import { loadConfig } from '../config.js';
import { startEmbedded } from '../embedded/start.js';
import { makeLog } from '../infra/pino/log.js';

const usage = `Has encrypted memories get new data keys.

  npm run rotate-keys [-- --older-than-days <days>]

  Wrapping a key takes the memory's password, which nobody but its person knows. So this asks for a new key of every
  encrypted memory whose newest is older than that (0 by default: of all); each gets it when it is unlocked next, and
  everything in it is then sealed anew, while it is used. Interrupted at any moment, run it again.

  The keys in SERVER_KEYS need no command: put a new one in front, restart, and take the old one away after the longest
  of MEMORY_UNLOCK_MINUTES and the hour that download links live. What it sealed until then is asked for again.

  With embedded parts, stop the service before.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'older-than-days': { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(usage);
  const days = Number(values['older-than-days']);
  if (!Number.isFinite(days) || days < 0) throw new Error('--older-than-days takes a number of days.');
  const log = makeLog({ level: 'warn', pretty: process.stdout.isTTY });
  const { config, close } = await startEmbedded(loadConfig(), log);
  try {
    const adapters = await openAdapters(config, log);
    const app = makeApp(config, adapters, log, () => '');
    try {
      let asked = 0;
      for await (const count of app.demandNewKeys(new Date(Date.now() - days * 86_400_000))) asked = count;
      console.log(
        `${asked} ${asked === 1 ? 'memory gets a new key' : 'memories get new keys'}, each when it is unlocked next.`,
      );
    } finally {
      app.close();
      await adapters.close();
    }
  } finally {
    await close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

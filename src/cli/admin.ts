/** `npm run admin -- <command>`: what the operator of the service does, apart from any organization's admins. */
import { parseArgs } from 'node:util';
import { openAdapters } from '../adapters.js';
import { makeApp, type App } from '../app.js';
import { loadConfig } from '../config.js';
import { startEmbedded } from '../embedded/start.js';
import { makeLog } from '../infra/pino/log.js';
import type { Difference } from '../domains/quotas/usage.js';
import { toTable } from './table.js';

const usage = `What the operator of the service does:

  npm run admin -- check-usage [--apply]

      Compares the counters of every organization's storage with what they count, and prints each difference.
      With --apply they are put right, and that is in the organization's audit log. The service does so by itself,
      once a day. It may run meanwhile, unless its parts are embedded: then stop it before.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { apply: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  const [command, ...more] = positionals;
  if (values.help) return console.log(usage);
  if (command !== 'check-usage' || more.length > 0) throw new Error(usage);
  await withApp((app) => checkUsage(app, values.apply));
}

async function withApp(work: (app: App) => Promise<void>): Promise<void> {
  const given = loadConfig();
  const log = makeLog({ level: 'warn', pretty: process.stdout.isTTY });
  const { config, close } = await startEmbedded(given, log);
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

async function checkUsage(app: App, apply: boolean): Promise<void> {
  const lines: string[][] = [];
  for await (const { orgId, differences } of app.checkUsage({ apply })) {
    lines.push(...differences.map((difference) => [orgId, ...toCells(difference)]));
  }
  if (lines.length > 0)
    console.log(toTable([['organization', 'place', 'counter', 'counted', 'stored'], ...lines]));
  if (lines.length === 0) return console.log('Every counter is what it counts.');
  console.log(`${apply ? 'Put right' : 'Nothing was changed'}: ${lines.length} of the counters.`);
  if (!apply) console.log('Add --apply to put them right.');
}

function toCells({ counter, spaceId, counted, stored }: Difference): string[] {
  const place = spaceId === undefined ? 'all' : (spaceId ?? 'memories');
  return [place, counter, String(counted), String(stored)];
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

/** `npm run rotate-keys [-- --older-than-days 90]`: has encrypted memories get new data keys. */
import { parseArgs } from 'node:util';
import { toNumber } from './number-option.js';
import { runTool } from './run-tool.js';
import { withApp } from './with-app.js';

const usage = `Has encrypted memories get new data keys.

  npm run rotate-keys [-- --older-than-days <days>]

  Wrapping a key takes the memory's password, which nobody but its person knows. So this asks for a new key of every
  encrypted memory whose newest is older than that (0 by default: of all); each gets it when it is unlocked next, and
  everything in it is then sealed anew, while it is used. Interrupted at any moment, run it again.

  The keys in SERVER_KEYS need no command. The first seals, and all of them open; so, where several processes run:

    1. add the new key behind the old one, and restart every process: all can open what it seals;
    2. put it in front, and restart every process: from then on it seals;
    3. take the old one away after the longest of MEMORY_UNLOCK_MINUTES and the hour that download links live.

  What the old key has sealed and is not used until then is asked for again.

  With embedded parts, stop the service before.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'older-than-days': { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(usage);
  const days = toNumber('--older-than-days', values['older-than-days'], { max: 36_500 });
  await withApp(async (app) => {
    let asked = 0;
    for await (const count of app.demandNewKeys(new Date(Date.now() - days * 86_400_000))) asked = count;
    console.log(
      `${asked} ${asked === 1 ? 'memory gets a new key' : 'memories get new keys'}, each when it is unlocked next.`,
    );
  });
}

runTool(main);

import { parseArgs } from 'node:util';
import { measureBig } from './big.js';
import { measureFind } from './find.js';
import { measureFolders } from './folders.js';
import { measureHeart } from './heart.js';
import { measureList } from './list.js';
import { measurePages } from './pages.js';
import { measurePresigning } from './presign.js';
import { measureProcessing } from './processing.js';
import { measureSockets } from './sockets.js';
import { measureStart } from './start.js';
import { describeMachine } from './support/machine.js';
import type { Measurement } from './support/measurement.js';
import type { Part } from './support/part.js';
import { toReport } from './support/report.js';
import { makeScope } from './support/scope.js';

const parts: Readonly<Record<string, Part>> = {
  start: measureStart,
  heart: measureHeart,
  big: measureBig,
  sockets: measureSockets,
  list: measureList,
  find: measureFind,
  folders: measureFolders,
  pages: measurePages,
  presign: measurePresigning,
  processing: measureProcessing,
};

const usage = `What Askfile costs, measured on its embedded parts: npm run bench -- [part…] [--quick]

  parts     ${Object.keys(parts).join(', ')}; all of them when none is named
  --quick   smaller numbers of everything, to see that it works

It needs a build (npm run build) and leaves nothing behind. Idle machines give the numbers worth quoting.`;

/** Everything that runs or lies about for the part that is being measured. */
let scope = makeScope();
let isInterrupted = false;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const names = positionals.length > 0 ? positionals : Object.keys(parts);
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.\n\n${usage}`);

  console.log(`${describeMachine()}\n`);
  const measurements: Measurement[] = [];
  for (const name of names) {
    console.error(`measuring ${name} …`);
    measurements.push(...(await measure(name, values.quick)));
    if (isInterrupted) return;
  }
  if (measurements.length > 0) console.log(`\n${toReport(measurements)}`);
}

/** A part that fails is told, and the others are measured all the same. */
async function measure(name: string, quick: boolean): Promise<Measurement[]> {
  scope = makeScope();
  try {
    return (await parts[name]?.({ quick, scope })) ?? [];
  } catch (error) {
    // What is stopped half-way fails, too.
    if (isInterrupted) return [];
    console.error(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return [];
  } finally {
    await scope.close();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
    void scope.close().finally(() => process.exit(130));
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});

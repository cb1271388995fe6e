/** `npm run reconcile [-- --apply]`: compares the bucket with the database, both ways. */
import { parseArgs } from 'node:util';
import { findingKinds, minAgeSeconds, type Finding } from '../jobs/reconcile.js';
import { runTool } from './run-tool.js';
import { withApp } from './with-app.js';

const usage = `Compares the bucket with the database, and prints each difference:

  ORPHAN    an object that no asset has: deleted with --apply
  LEFTOVER  an object in staging that no open upload waits for: deleted with --apply
  FOREIGN   an object of no organization in this database, perhaps another installation's: left alone, always
  MISSING   an asset without its object: with --apply, downloads and restoring say so
  FOUND     an asset that was missing and has its object again: with --apply, it can be downloaded

  npm run reconcile [-- --apply]

  Objects younger than ${minAgeSeconds / 3600} hours are left alone: they may be on their way. Without --apply nothing is changed.
  With the settings of another database, every object is FOREIGN; with a backup of this one, what came later is an
  ORPHAN: look at what it prints first.
  With embedded parts, stop the service before.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { apply: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(usage);
  await withApp((app) => print(app.reconcile({ apply: values.apply }), values.apply));
}

async function print(findings: AsyncIterable<Finding>, apply: boolean): Promise<void> {
  const counts = new Map<Finding['kind'], number>(findingKinds.map((kind) => [kind, 0]));
  for await (const { kind, key } of findings) {
    console.log(kind.padEnd(8), key);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const total = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  console.log(apply ? `Applied: ${total}` : `Nothing was changed: ${total}. Add --apply to do so.`);
}

runTool(main);

/** `npm run admin -- <command>`: what the operator of the service does, apart from any organization's admins. */
import { parseArgs } from 'node:util';
import type { App } from '../app.js';
import { serviceActor } from '../domains/accounts/audit.js';
import type { ErasureKind } from '../domains/erasure/erasure.js';
import type { Difference } from '../domains/quotas/usage.js';
import { runTool } from './run-tool.js';
import { toTable } from './table.js';
import { withApp } from './with-app.js';

const usage = `What the operator of the service does:

  npm run admin -- check-usage [--apply]

      Compares the counters of every organization's storage with what they count, and prints each difference.
      With --apply they are put right, and that is in the organization's audit log. The service does so by itself,
      once a day.

  npm run admin -- erase --org <org> (--user <sub> | --agent <urn> | --memory <urn> | --execution <id>)

      Erases it for good, bytes and rows, and prints how far it is; only the audit log keeps that it was done.
      What was interrupted goes on when the same is asked for again. <org> is the name in the tokens' org claim.

  Either may run while the service does, unless its parts are embedded: then stop it before.`;

const kinds = { user: 'USER', agent: 'AGENT', memory: 'MEMORY', execution: 'EXECUTION' } as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      apply: { type: 'boolean', default: false },
      org: { type: 'string' },
      user: { type: 'string' },
      agent: { type: 'string' },
      memory: { type: 'string' },
      execution: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(usage);
  const [command, ...more] = positionals;
  if (more.length > 0) throw new Error(usage);
  if (command === 'check-usage') return withApp((app) => checkUsage(app, values.apply));
  const targets = Object.entries(kinds).flatMap(([option, kind]) => {
    const name = values[option as keyof typeof kinds]; // the keys of `kinds` are options
    return name === undefined ? [] : [{ kind, name }];
  });
  const [target] = targets;
  const { org } = values;
  if (command !== 'erase' || org === undefined || target === undefined || targets.length > 1) {
    throw new Error(usage);
  }
  await withApp((app) => erase(app, org, target));
}

async function checkUsage(app: App, apply: boolean): Promise<void> {
  const lines: string[][] = [];
  try {
    for await (const { orgId, differences } of app.checkUsage({ apply })) {
      lines.push(...differences.map((difference) => [orgId, ...toCells(difference)]));
    }
    if (lines.length === 0) console.log('Every counter is what it counts.');
  } finally {
    // Also of the others, when one could not be checked.
    if (lines.length > 0) printDifferences(lines, apply);
  }
}

function printDifferences(lines: readonly string[][], apply: boolean): void {
  console.log(toTable([['organization', 'place', 'counter', 'counted', 'stored'], ...lines]));
  console.log(`${apply ? 'Put right' : 'Nothing was changed'}: ${lines.length} of the counters.`);
  if (!apply) console.log('Add --apply to put them right.');
}

function toCells({ counter, spaceId, counted, stored }: Difference): string[] {
  const place = spaceId === undefined ? 'all' : (spaceId ?? 'memories');
  return [place, counter, String(counted), String(stored)];
}

async function erase(app: App, org: string, target: { kind: ErasureKind; name: string }): Promise<void> {
  const { accounts, erasures } = app.services;
  const orgId = await accounts.findOrganizationId(org);
  if (orgId === undefined) throw new Error(`There is no organization ${org}.`);
  const id = await erasures.beginErasure({ orgId, ...serviceActor }, target.kind, target.name);
  const done = new Map<string, number>();
  await app.runErasure(id, {
    onProgress(what, count) {
      done.set(what, (done.get(what) ?? 0) + count);
      console.log(`${what.padEnd(16)}  ${done.get(what)}`);
    },
  });
  console.log(`Erased: ${target.name}`);
}

runTool(main);

/** `npm run reprocess -- [--type image] [--since 2026-01-31] [--failed]`: looks into stored files again. */
import { parseArgs } from 'node:util';
import { assetTypes, type AssetType } from '../domains/assets/asset.js';
import { runTool } from './run-tool.js';
import { withApp } from './with-app.js';

const usage = `Looks into stored files again: text, sizes, durations and thumbnails.

  npm run reprocess -- [--type document|image|audio|video] [--since DATE] [--failed]

  --type    files of this type alone
  --since   uploaded then or later, such as 2026-01-31
  --failed  those alone that could not be read before

  The work is put into the queue, and done by the workers that run. What was known of a file is forgotten until then.
  With embedded parts, stop the service before.`;

interface ReprocessArgs {
  readonly type?: AssetType;
  readonly since?: Date;
  readonly onlyFailed: boolean;
}

/** undefined when help is asked for. Throws in plain words. */
function parseReprocessArgs(args: readonly string[]): ReprocessArgs | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      type: { type: 'string' },
      since: { type: 'string' },
      failed: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const type = assetTypes.find((known) => known === values.type?.toUpperCase());
  if (values.type !== undefined && type === undefined) {
    throw new Error(`--type is one of ${assetTypes.join(', ').toLowerCase()}.`);
  }
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since !== undefined && Number.isNaN(since.getTime())) {
    throw new Error('--since is a date, such as 2026-01-31.');
  }
  return {
    onlyFailed: values.failed,
    ...(type === undefined ? {} : { type }),
    ...(since === undefined ? {} : { since }),
  };
}

async function main(): Promise<void> {
  const args = parseReprocessArgs(process.argv.slice(2));
  if (args === undefined) return console.log(usage);
  await withApp(async (app) => {
    console.log(`${await app.reprocess(args)} files are looked into again.`);
  });
}

runTool(main);

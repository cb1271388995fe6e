/** `npm run corpus -- DIR`: what becomes of real files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config.js';
import { startEmbedded } from '../embedded/start.js';
import { makeLog } from '../infra/pino/log.js';
import { startService } from '../service.js';
import { findLeftChildren } from './corpus/children.js';
import { makeFollow } from './corpus/follow.js';
import { describeResult, isSound, toReport, type CorpusResult } from './corpus/report.js';
import { runCorpus } from './corpus/run.js';
import { makeSpaceUpload } from './corpus/upload.js';
import { makeTokens } from './demo/tokens.js';
import { toNumber } from './number-option.js';

const usage = `Uploads every file beneath a folder to a service of its own, and tells what became of each type.

  npm run corpus -- DIR [--concurrency 4] [--timeout 300] [--verbose]

  --timeout  seconds until a file that nothing has come of counts as stuck
  --verbose  each file's outcome, too

  Exit code 1: a file is stuck, the service failed, or a process was left behind.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      concurrency: { type: 'string', default: '4' },
      timeout: { type: 'string', default: '300' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [folder] = positionals;
  if (values.help || folder === undefined) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const concurrency = toNumber('--concurrency', values.concurrency, { min: 1, max: 64 });
  const timeoutSeconds = toNumber('--timeout', values.timeout, { min: 1, max: 86_400 });
  const dataDir = await mkdtemp(join(tmpdir(), 'askfile-corpus-'));
  const log = makeLog({ level: 'error', pretty: process.stdout.isTTY });
  const given = loadConfig({ DATA_DIR: dataDir, PORT: '0' });
  const embedded = await startEmbedded(given, log);
  const results: CorpusResult[] = [];
  try {
    const service = await startService({ config: embedded.config, log, serves: true, works: true });
    try {
      const { url } = service;
      const token = await makeTokens(embedded.config).admin();
      await runCorpus({
        folder: resolve(folder),
        concurrency,
        upload: makeSpaceUpload({ url, token }),
        follow: makeFollow({ url, token, timeoutSeconds }),
        onResult(result) {
          results.push(result);
          if (values.verbose) console.log(describeResult(result));
        },
      });
    } finally {
      await service.close();
    }
  } finally {
    await embedded.close();
    await rm(dataDir, { recursive: true, force: true });
  }
  const left = await findLeftChildren();
  console.log(toReport(results));
  if (left.length > 0) console.log(`Left behind: ${left.join(', ')}`);
  return isSound(results) && left.length === 0 ? 0 : 1;
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

import { loadConfig } from '../config.js';
import { parseOptions, usage, UsageError } from './demo/options.js';
import { exitCodes, runDemo } from './demo/run.js';

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) {
    console.log(usage);
    return exitCodes.answered;
  }
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupt.abort());
  return runDemo(options, loadConfig(), interrupt.signal).catch((error: unknown) => {
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    throw error;
  });
}

function tell(error: unknown): number {
  console.error(error instanceof Error ? error.message : error);
  if (!(error instanceof UsageError)) return exitCodes.failed;
  console.error('npm run demo -- --help tells what there is.');
  return exitCodes.usage;
}

// After an interruption the waiting would go on in the background and keep the process alive.
process.exit(await main().catch(tell));

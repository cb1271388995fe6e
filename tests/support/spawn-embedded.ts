import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

const line = z.union([
  z.object({ ready: z.object({ startedInMs: z.number(), databaseUrl: z.string() }) }),
  z.object({ acked: z.number() }),
  z.object({ failed: z.string() }),
]);

export interface SpawnedEmbedded {
  readonly process: ChildProcess;
  readonly acked: number[];
  /** Settings of the start, once it stands. */
  readonly ready: { startedInMs: number; databaseUrl: string } | undefined;
  readonly failed: string | undefined;
  readonly hasEnded: boolean;
  /** Resolves when the process has ended and all it said is taken in. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const script = fileURLToPath(new URL('embedded-child.ts', import.meta.url));

/** Runs `embedded-child.ts`; `prefix` is a command that runs it as somebody else. */
export function spawnEmbedded(
  dataDir: string,
  prefix: readonly string[] = [],
  redis = 'auto',
): SpawnedEmbedded {
  const [command = '', ...args] = [...prefix, process.execPath, '--import', tsx, script, dataDir, redis];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const state = {
    process: child,
    acked: [] as number[],
    ready: undefined as SpawnedEmbedded['ready'],
    failed: undefined as string | undefined,
    hasEnded: false,
    async kill(signal: NodeJS.Signals) {
      child.kill(signal);
      await ended;
    },
  };
  void ended.then(() => (state.hasEnded = true));
  createInterface({ input: child.stdout }).on('line', (text) => {
    const said = line.parse(JSON.parse(text));
    if ('acked' in said) state.acked.push(said.acked);
    else if ('ready' in said) state.ready = said.ready;
    else state.failed = said.failed;
  });
  return state;
}

/**
 * A process of its own that starts the embedded parts and then writes rows, one transaction each, saying so
 * after each commit. Run by `spawnEmbedded`; talks in JSON lines.
 */
import { writeSync } from 'node:fs';
import pg from 'pg';
import { startEmbedded } from '../../src/embedded/start.js';
import { embeddedConfig } from './embedded-config.js';
import { makeRecordingLog } from './recording-log.js';

const [dataDir = '', redis] = process.argv.slice(2);
/** Written at once, not queued: what was said before a kill -9 has been said. */
function say(line: object): void {
  for (let rest = Buffer.from(`${JSON.stringify(line)}\n`); rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // Whoever listens is behind.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const embedded = await startEmbedded(embeddedConfig(dataDir), makeRecordingLog(), {
    redis: redis === 'builtin' ? 'builtin' : 'auto',
  });
  const startedInMs = performance.now() - startedAt;
  const client = new pg.Client({ connectionString: embedded.config.database.url });
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS acked (n bigserial PRIMARY KEY)');
  say({ ready: { startedInMs, databaseUrl: embedded.config.database.url } });
  let isGoingOn = true;
  process.once('SIGTERM', () => (isGoingOn = false));
  while (isGoingOn) {
    const { rows } = await client.query<{ n: string }>('INSERT INTO acked DEFAULT VALUES RETURNING n');
    say({ acked: Number(rows[0]?.n) });
  }
  await client.end();
  await embedded.close();
}

main().catch((error: unknown) => {
  say({ failed: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  process.exitCode = 1;
});

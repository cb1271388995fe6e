import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 40_000;
const KEPT_OUTPUT_CHARS = 4_000;

/** Whether a service of ours answers there. Never throws. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * A service of our own, as `npm start` would run it: with the same settings and data. Resolves once it answers.
 * Throws with what it said when it does not start.
 */
export async function startOwnService(
  url: string,
  signal: AbortSignal,
): Promise<{ close: () => Promise<void> }> {
  const main = fileURLToPath(new URL('../../main.js', import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  exited.catch(() => {}); // Told below, by exitCode.
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT_OUTPUT_CHARS)));
  }
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;

  async function close(): Promise<void> {
    if (!isRunning()) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }

  try {
    const giveUpAt = performance.now() + START_WITHIN_MS;
    while (!(await isAnswering(url))) {
      signal.throwIfAborted();
      if (!isRunning() || performance.now() > giveUpAt) {
        throw new Error(`The service did not start at ${url}. What it said last:\n${said.trim()}`);
      }
      await delay(100, undefined, { signal });
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.js';
import { makeTempDir } from './harness.js';

export interface ChildServer {
  readonly endpoint: string;
  /** SIGKILL; resolves when the process is gone. Again: nothing. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the most memory that the process ever had, in MiB. */
  stop(): Promise<number>;
}

/** A server in a process of its own, on this folder. */
export async function startChildServer(dataDir: string): Promise<ChildServer> {
  const reports = await makeTempDir();
  const file = join(reports.path, 'report');
  const script = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir, file], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const report = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    child.kill(signal);
    await gone;
  }
  try {
    await until(() => report().length === 1);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    endpoint: report()[0] ?? '',
    async kill() {
      await end('SIGKILL');
      await reports.remove();
    },
    async stop() {
      await end('SIGTERM');
      const maxRss = Number(report()[1]) / 1024;
      await reports.remove();
      return maxRss;
    },
  };
}

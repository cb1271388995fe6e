import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the numbers of a run depend on, in a line. A load near the number of cores, or above, makes them worse. */
export function describeMachine(): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown';
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return (
    `${all.length} cores (${model}), ${gigabytes} GB, ${process.platform} ${release()} ${process.arch}, ` +
    `Node ${process.version}, load ${load} at the start`
  );
}

/** How many files and sockets a process started from here may have open; Node uses the hard limit. */
export function maxOpenFiles(): number {
  if (process.platform === 'win32') return Infinity;
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Infinity : Number(limit);
}

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Pids of the processes that work in a folder or name it in their command line, this one aside. */
export function findProcessesOf(folder: string): number[] {
  const pids = process.platform === 'linux' ? onLinux(folder) : byPs(folder);
  return pids.filter((pid) => pid !== process.pid);
}

function onLinux(folder: string): number[] {
  const attempt = (read: () => string) => {
    try {
      return read();
    } catch {
      return ''; // It has just ended, or is another user's.
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
      return (
        cwd.startsWith(folder) || attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).includes(folder)
      );
    })
    .map(Number);
}

function byPs(folder: string): number[] {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => Number.parseInt(line, 10));
}

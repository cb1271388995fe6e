import { run } from '../../embedded/commands.js';

/** Processes that look into files, and belong to this one or to nobody any more. */
export async function findLeftChildren(): Promise<number[]> {
  const { output } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const processes = output.split('\n').flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number): boolean => {
    for (let at = pid, steps = 0; steps < processes.length; steps += 1) {
      const parent = parents.get(at);
      if (parent === undefined || parent <= 1) return parent === 1;
      if (parent === process.pid) return true;
      at = parent;
    }
    return false;
  };
  return processes
    .filter(({ pid, args }) => args.includes('extraction/child/main') && isOurs(pid))
    .map(({ pid }) => pid);
}

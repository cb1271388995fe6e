import type { Viewer } from '../core/viewer.js';

/** Counts the sockets of each viewer in this process. */
export function makeSeats(maxPerViewer: number) {
  const taken = new Map<string, number>();

  /** undefined when all are taken; otherwise what gives the seat back. */
  function take(viewer: Viewer): (() => void) | undefined {
    const key = `${viewer.orgId} ${viewer.kind} ${viewer.id}`;
    const count = taken.get(key) ?? 0;
    if (count >= maxPerViewer) return undefined;
    taken.set(key, count + 1);
    return () => {
      const left = (taken.get(key) ?? 1) - 1;
      if (left === 0) taken.delete(key);
      else taken.set(key, left);
    };
  }

  return { take };
}

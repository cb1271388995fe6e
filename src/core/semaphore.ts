/** Lets `limit` tasks run at a time; the others wait in order. */
export function makeSemaphore(limit: number) {
  let running = 0;
  const waiting: (() => void)[] = [];

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  /** Throws the signal's reason when it aborts while the task still waits; what `task` throws otherwise. */
  return async function run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (running < limit) running += 1;
    else await turn(signal);
    try {
      return await task();
    } finally {
      release();
    }
  };

  /** Resolves when a task that has ended hands its place on. */
  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(take), 1);
        // The signal's reason is whatever its owner chose, an Error by convention.
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(take);
    });
  }
}

import { onAborted, tiedController, toError } from './abort.js';

/** Stops and goes on with an upload that is under way; one switch may be given to several. */
export interface PauseSwitch {
  readonly paused: boolean;
  /** What is on its way is cut off, and sent again later; what has arrived stays. Again, it changes nothing. */
  pause(): void;
  resume(): void;
  /** Calls `listener` after each change, until the function that it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** A switch that is not paused. */
export function createPauseSwitch(): PauseSwitch {
  const listeners = new Set<() => void>();
  let paused = false;
  function change(to: boolean): void {
    if (paused === to) return;
    paused = to;
    for (const listener of [...listeners]) listener();
  }
  return {
    get paused() {
      return paused;
    },
    pause: () => change(true),
    resume: () => change(false),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Resolves once the switch stands as wanted; rejects with the signal's reason when that is aborted first. */
export function whenPaused(pause: PauseSwitch, wanted: boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      if (!signal.aborted && pause.paused !== wanted) return;
      unsubscribe();
      stop();
      if (signal.aborted) reject(toError(signal.reason));
      else resolve();
    };
    const unsubscribe = pause.subscribe(settle);
    const stop = onAborted(signal, settle);
    settle();
  });
}

/** Runs `work` while not paused. A pause aborts the signal it is given; it is run anew when the pause is over. */
export async function pausable<T>(
  pause: PauseSwitch | undefined,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (pause === undefined) return work(signal);
  for (;;) {
    await whenPaused(pause, false, signal);
    const own = tiedController(signal);
    const stop = () => own.abort(new Error('The upload is paused.'));
    const unsubscribe = pause.subscribe(stop);
    if (pause.paused) stop();
    try {
      return await work(own.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!own.signal.aborted) throw error;
    } finally {
      unsubscribe();
      own.dispose();
    }
  }
}

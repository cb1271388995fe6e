const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when the signal is aborted, unless it is already, or the function that this returns was called
 * before. One signal may be given to any number of calls: all of them share one listener, since Node warns of a leak
 * at the eleventh.
 */
export function onAborted(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => {};
  const listeners = waiting.get(signal) ?? share(signal);
  // The same function may wait twice.
  const own = () => listener();
  listeners.add(own);
  return () => void listeners.delete(own);
}

/** It stays for as long as the signal does: there is one at most. */
function share(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  const callAll = () => {
    for (const listener of listeners) listener();
    listeners.clear();
  };
  waiting.set(signal, listeners);
  signal.addEventListener('abort', callAll, { once: true });
  return listeners;
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(toError(signal.reason));
      return;
    }
    const timer = setTimeout(() => {
      stop();
      resolve();
    }, ms);
    const stop = onAborted(signal, () => {
      clearTimeout(timer);
      reject(toError(signal?.reason));
    });
  });
}

/**
 * A controller that is also aborted, with the same reason, `afterMs` after `signal` is.
 * `AbortSignal.any` would do, but signals that live as long as a program collect what is tied to them
 * (Node 20 frees it late); `dispose()` unties at once.
 */
export function tiedController(signal: AbortSignal | undefined, afterMs = 0) {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = () => controller.abort(signal?.reason);
  const onAbort = () => {
    if (afterMs === 0) abort();
    else timer = setTimeout(abort, afterMs);
  };
  if (signal?.aborted) onAbort();
  const untie = onAborted(signal, onAbort);
  return {
    signal: controller.signal,
    abort: (reason: unknown) => controller.abort(reason),
    dispose() {
      clearTimeout(timer);
      untie();
    },
  };
}

/** Rejects with the signal's reason when that comes first: people take their time. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(toError(signal.reason));
    if (signal.aborted) onAbort();
    const stop = onAborted(signal, onAbort);
    promise.then(resolve, reject).finally(stop);
  });
}

/** So that a listener's own fault ends the work in an orderly way, whatever called it. */
export function abortingOnThrow<T>(
  abort: (reason: unknown) => void,
  listener: ((value: T) => void) | undefined,
): (value: T) => void {
  return (value) => {
    try {
      listener?.(value);
    } catch (error) {
      abort(error);
    }
  };
}

/** An abort's reason may be anything; what is no Error is thrown as it is, which only the type denies. */
export function toError(reason: unknown): Error {
  return reason as Error;
}

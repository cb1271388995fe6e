/** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(toError(signal.reason));
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(toError(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
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
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    abort: (reason: unknown) => controller.abort(reason),
    dispose() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** Rejects with the signal's reason when that comes first: people take their time. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(toError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
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

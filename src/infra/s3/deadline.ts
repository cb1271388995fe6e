import { StorageFault, toFault } from './fault.js';

/**
 * Runs `work`, with all its retries, for `timeoutMs` at most, then aborts its signal. Whatever goes wrong is
 * thrown as a `StorageFault`. Raced besides aborted: the SDK sleeps between attempts (up to what Retry-After says) without looking at it.
 */
export async function withDeadline<T>(
  operation: string,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(new StorageFault(operation, 'TimeoutError', 0));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(controller.signal), expiry]);
  } catch (error) {
    throw toFault(operation, error);
  } finally {
    clearTimeout(timer);
  }
}

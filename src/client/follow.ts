import { delay } from './abort.js';
import { isTransient, pauseMs, type RetryPolicy } from './retry.js';

/** A connection that lasted this long was a good one. Above the time that connecting may take. */
const STEADY_MS = 20_000;
const MOST_LOOKS = 16;

/**
 * Waits for something that is both announced over a socket and readable over HTTP.
 * While the socket holds, it is all there is. When it drops, or can't be had, the state is read (which also tells
 * whether the credential and the subject still stand), then the socket is tried again: at once after
 * a good connection, less and less often where a proxy refuses or cuts it.
 *
 * Resolves with the first value that either finds. Rejects with an error that is not transient, with the last
 * transient one once the service has not answered for `outageMs`, or with the signal's reason.
 */
export async function follow<T>(options: {
  /** Over the socket; resolves with undefined, or rejects, when it ends without a value. */
  listen: () => Promise<T | undefined>;
  /** Over HTTP. `isPatient`: there is no socket for now, so this may take its time. */
  look: (isPatient: boolean) => Promise<T | undefined>;
  policy: RetryPolicy;
  outageMs: number;
  signal: AbortSignal;
}): Promise<T> {
  const { listen, look, policy, outageMs, signal } = options;
  const orUndefined = (error: unknown): undefined => {
    signal.throwIfAborted();
    if (!isTransient(error)) throw error;
  };

  for (let shortLived = 0; ;) {
    const startedAt = performance.now();
    const heard = await listen().catch(orUndefined);
    if (heard !== undefined) return heard;
    shortLived = performance.now() - startedAt >= STEADY_MS ? 0 : shortLived + 1;

    const patientLooks = shortLived < 2 ? 0 : Math.min(MOST_LOOKS, 2 ** (shortLived - 2));
    let failures = 0;
    let lostAt: number | undefined;
    let lastError: unknown;
    for (let looks = 0; failures > 0 || looks < Math.max(1, patientLooks);) {
      await delay(pauseMs(policy, failures, lastError), signal);
      try {
        const seen = await look(patientLooks > 0);
        if (seen !== undefined) return seen;
        looks += 1;
        failures = 0;
        lostAt = lastError = undefined;
      } catch (error) {
        orUndefined(error);
        lostAt ??= performance.now();
        if (performance.now() - lostAt > outageMs) throw error;
        lastError = error;
        failures += 1;
      }
    }
  }
}

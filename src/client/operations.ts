import { delay } from './abort.js';
import { follow } from './follow.js';
import type { Execute } from './http.js';
import type { Operation } from './operation.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { Subscribe } from './subscriptions.js';

/** How often what is watched is read where no socket can be had. */
const POLL_MS = 5_000;

export interface WatchListeners<Result> {
  readonly onEvent: (event: Result) => void;
  /** Events may have been missed: read again what they tell about. */
  readonly onGap: () => void;
  /** It ended for good: UNAUTHENTICATED, NOT_FOUND, or what a listener threw. */
  readonly onError: (error: unknown) => void;
}

/** Whatever of the service's schema has no method of its own. */
export interface Operations {
  /**
   * Any query, in the shape of an `Operation`; tried again while the service can't be reached. Throws
   * `AskfileError`, or the signal's reason.
   */
  query<Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result>;
  /** Any mutation, sent once: whether it may be repeated is for the caller to say. Throws `AskfileError`. */
  mutate<Result, Variables>(operation: Operation<Result, Variables>, variables: Variables): Promise<Result>;
  /**
   * Follows a subscription that has no snapshot, such as `assetEvents`, through lost connections.
   * Returns what ends it; nothing is called any more after that.
   */
  watch<Result, Variables extends Record<string, unknown>>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    listeners: WatchListeners<Result>,
  ): () => void;
}

export function makeOperations({
  execute,
  subscribe,
  policy,
}: {
  execute: Execute;
  subscribe: Subscribe;
  policy: RetryPolicy;
}): Operations {
  return {
    query(operation, variables, { signal } = {}) {
      return retrying(() => execute(operation, variables, { signal }), { policy, signal });
    },

    mutate: (operation, variables) => execute(operation, variables),

    watch(operation, variables, { onEvent, onGap, onError }) {
      const stop = new AbortController();
      const { signal } = stop;
      const listen = async () => {
        await subscribe(operation, variables, { onNext: onEvent, signal });
        return undefined;
      };
      const look = async (isPatient: boolean) => {
        onGap();
        if (isPatient) await delay(POLL_MS, signal);
        return undefined;
      };
      follow<never>({ listen, look, policy, outageMs: Infinity, signal }).catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
      return () => stop.abort();
    },
  };
}

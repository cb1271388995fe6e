import { setTimeout as sleep } from 'node:timers/promises';
import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { isUnexpected } from './format-error.js';

export interface EventStreamOptions {
  /** What resolvers of one event see: made anew for each, because loaders remember what they once loaded. */
  readonly contextForEvent: () => object;
  /** Asked before each event; false ends the stream in place of it. A rejection that stays ends it as an error. */
  readonly mayDeliver: () => Promise<boolean>;
  /** Once, however the stream ends. */
  readonly onEnd: () => void;
  /** An event could not be resolved, or nobody could tell who may see it; it is tried again. */
  readonly onFault: (error: unknown) => void;
  /** After which times: 500 ms, then twice as long, up to 8 s, by default. After the last it is told as it is. */
  readonly retryDelaysMs?: readonly number[];
  /** The source failed while it was being ended; nobody waits for it any more. */
  readonly onCleanupError: (error: unknown) => void;
}

const defaultRetryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000];

type EventStream = AsyncGenerator<ExecutionResult, void, void>;

/**
 * Executes a subscription: like `subscribe` of graphql-js, but with a context per event, a question before
 * each, and an end that waits for nobody: `return()` resolves at once, also while the source is silent or has
 * not begun. Resolves with a result where the source could not be opened; `onEnd` was called then, too.
 */
export async function openEventStream(
  args: ExecutionArgs,
  options: EventStreamOptions,
): Promise<EventStream | ExecutionResult> {
  try {
    const source = await createSourceEventStream(args);
    if (Symbol.asyncIterator in source) return follow(source[Symbol.asyncIterator](), args, options);
    options.onEnd();
    return source;
  } catch (error) {
    options.onEnd();
    throw error;
  }
}

function follow(
  source: AsyncIterator<unknown>,
  args: ExecutionArgs,
  options: EventStreamOptions,
): EventStream {
  const { retryDelaysMs = defaultRetryDelaysMs } = options;
  const done = { done: true, value: undefined } as const;
  let ended = false;
  /** Between two tries at an event. */
  let pause: AbortController | undefined;
  /** Resolves the `next()` that waits for an event, if there is one. */
  let release: (() => void) | undefined;

  function end(): void {
    if (ended) return;
    ended = true;
    pause?.abort();
    release?.();
    options.onEnd();
    // Not awaited: an async generator that waits for an event returns only after it.
    new Promise((resolve) => resolve(source.return?.())).catch(options.onCleanupError);
  }

  /** undefined when it may not be delivered. */
  async function resolve(event: unknown): Promise<ExecutionResult | undefined> {
    if (!(await options.mayDeliver())) return undefined;
    return execute({ ...args, rootValue: event, contextValue: options.contextForEvent() });
  }

  /** The source tells it once: a fault that may pass, as of the database, must not lose it. Rejects when it is ended. */
  async function resolveAtLast(event: unknown): Promise<ExecutionResult | undefined> {
    for (const delayMs of retryDelaysMs) {
      try {
        const result = await resolve(event);
        const fault = result?.errors?.find(isUnexpected);
        if (fault === undefined) return result;
        options.onFault(fault);
      } catch (error) {
        options.onFault(error);
      }
      pause = new AbortController();
      await sleep(delayMs, undefined, { signal: pause.signal });
    }
    return resolve(event);
  }

  async function pull(): Promise<IteratorResult<ExecutionResult, void>> {
    try {
      const event = await source.next();
      const result = event.done || ended ? undefined : await resolveAtLast(event.value);
      if (result === undefined) end();
      return result === undefined || ended ? done : { done: false, value: result };
    } catch (error) {
      // Who ended the stream isn't told how the source took it.
      if (ended) return done;
      // The waiting next() is to reject, not to be done.
      release = undefined;
      end();
      throw error;
    }
  }

  return {
    next: () =>
      ended
        ? Promise.resolve(done)
        : new Promise((resolve, reject) => {
            release = () => resolve(done);
            pull().then(resolve, reject);
          }),
    return: () => {
      end();
      return Promise.resolve(done);
    },
    throw: (error) => {
      end();
      return Promise.reject(error as Error); // the interface's `any`: whatever the caller threw
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]() {
      end();
      return Promise.resolve();
    },
  };
}

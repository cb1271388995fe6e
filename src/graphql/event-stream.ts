import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';

export interface EventStreamOptions {
  /** What resolvers of one event see: made anew for each, because loaders remember what they once loaded. */
  readonly contextForEvent: () => object;
  /** Asked before each event; false ends the stream in place of it. A rejection ends it as an error. */
  readonly mayDeliver: () => Promise<boolean>;
  /** Once, however the stream ends. */
  readonly onEnd: () => void;
  /** The source failed while it was being ended; nobody waits for it any more. */
  readonly onCleanupError: (error: unknown) => void;
}

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
  const done = { done: true, value: undefined } as const;
  let ended = false;
  /** Resolves the `next()` that waits for an event, if there is one. */
  let release: (() => void) | undefined;

  function end(): void {
    if (ended) return;
    ended = true;
    release?.();
    options.onEnd();
    // Not awaited: an async generator that waits for an event returns only after it.
    new Promise((resolve) => resolve(source.return?.())).catch(options.onCleanupError);
  }

  async function pull(): Promise<IteratorResult<ExecutionResult, void>> {
    try {
      const event = await source.next();
      if (event.done || ended || !(await options.mayDeliver())) {
        end();
        return done;
      }
      const result = await execute({
        ...args,
        rootValue: event.value,
        contextValue: options.contextForEvent(),
      });
      return ended ? done : { done: false, value: result };
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

/** How a following gets at its news. */
export interface FollowingSource<T> {
  /** Begins to listen; `wake` may be called at any time from then on, also too often. Returns the end of listening. */
  open(wake: () => void): Promise<() => void>;
  /**
   * The next value if there is one now; `last` ends the following after it, and `gone` without any. A failure of the
   * first read ends the following; a later one is taken for a passing fault of the database and tried again.
   */
  read(): Promise<News<T>>;
}

type News<T> = { value: T; last: boolean } | 'gone' | undefined;

const firstRetryMs = 500;
const maxRetryMs = 15_000;

/**
 * State first, then each change: listens, reads, and reads again whenever it is woken.
 *
 * Holds no queue of its own, so a slow consumer costs nothing: wake-ups between two reads are one. `return()` may be
 * called at any time, also before the first `next()` and while it is being answered, and any number of times; it
 * always ends the listening.
 */
export function follow<T>({ open, read }: FollowingSource<T>): AsyncIterableIterator<T, undefined> {
  let close: (() => void) | undefined;
  let state: 'new' | 'open' | 'ended' = 'new';
  let isWoken = false;
  let resume: (() => void) | undefined;
  let hasRead = false;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = firstRetryMs;

  function wake(): void {
    isWoken = true;
    resume?.();
  }

  function end(): void {
    state = 'ended';
    close?.();
    close = undefined;
    clearTimeout(retry);
    wake();
  }

  async function readNews(): Promise<News<T>> {
    try {
      const news = await read();
      hasRead = true;
      retryMs = firstRetryMs;
      return news;
    } catch (error) {
      if (!hasRead) throw error;
      clearTimeout(retry);
      retry = setTimeout(wake, retryMs);
      retryMs = Math.min(2 * retryMs, maxRetryMs);
      return undefined;
    }
  }

  async function listen(): Promise<void> {
    state = 'open';
    const opened = await open(wake);
    // It may have been ended while the broker was confirming.
    if (isEnded()) opened();
    else close = opened;
  }

  // A function, since the compiler does not see that an await may change it.
  const isEnded = () => state === 'ended';

  async function next(): Promise<IteratorResult<T, undefined>> {
    try {
      if (state === 'new') await listen();
      while (!isEnded()) {
        isWoken = false;
        const news = await readNews();
        if (isEnded()) break;
        if (news === 'gone') {
          end();
          break;
        }
        if (news !== undefined) {
          if (news.last) end();
          return { done: false, value: news.value };
        }
        if (!isWoken) await new Promise<void>((resolve) => (resume = resolve));
        resume = undefined;
      }
      return { done: true, value: undefined };
    } catch (error) {
      end();
      throw error;
    }
  }

  return {
    next,
    return() {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    throw(error: unknown) {
      end();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

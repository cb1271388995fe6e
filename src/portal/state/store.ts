import { useSyncExternalStore } from 'react';

/** State outside of React: what happens to it goes on while no component looks. */
export function makeStore<T>(initial: T) {
  const listeners = new Set<() => void>();
  let state = initial;
  return {
    get: () => state,
    set(next: T): void {
      if (Object.is(next, state)) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    /** Calls `listener` after each change, until the function that it returns is called. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export type Store<T> = ReturnType<typeof makeStore<T>>;
export type Readable<T> = Pick<Store<T>, 'get' | 'subscribe'>;

/** The store's state, rendered anew after each change. */
export function useStore<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

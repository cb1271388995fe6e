import type { LockedMemory } from '../../client/index.js';
import { makeStore, type Readable } from './store.js';

/** Something waits for this memory's password. */
export interface AskedPassword extends LockedMemory {
  /** With whether the memory is unlocked now; what waits goes on, or is refused. */
  settle(isUnlocked: boolean): void;
}

export type Unlocking = ReturnType<typeof makeUnlocking>;

/** The memories whose passwords are asked for, the first one first. */
export function makeUnlocking() {
  const store = makeStore<readonly AskedPassword[]>([]);
  return {
    state: store as Readable<readonly AskedPassword[]>,

    /** Resolves once the person has given the right password, or has not wanted to. */
    ask(locked: LockedMemory): Promise<boolean> {
      return new Promise((resolve) => {
        const asked: AskedPassword = {
          ...locked,
          settle(isUnlocked) {
            store.set(store.get().filter((other) => other !== asked));
            resolve(isUnlocked);
          },
        };
        store.set([...store.get(), asked]);
      });
    },

    close(): void {
      for (const { settle } of store.get()) settle(false);
    },
  };
}

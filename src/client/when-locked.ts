import { orAborted } from './abort.js';
import { AskfileError } from './errors.js';
import type { Execute } from './http.js';

/** What a locked memory has refused something for. */
export interface LockedMemory {
  readonly memoryUrn: string;
  /** The service's own words. */
  readonly message: string;
}

/**
 * Asks for the memory's password and unlocks it with that. Resolves with true once it is unlocked: what was refused
 * is sent again then. With false the refusal stands.
 */
export type OnLocked = (locked: LockedMemory) => Promise<boolean>;

/** Without `onLocked` it is `execute` as it was. */
export function withUnlocking(execute: Execute, onLocked: OnLocked | undefined): Execute {
  if (onLocked === undefined) return execute;
  const ask = makeAskOnce(onLocked);
  return async (operation, variables, options) => {
    for (;;) {
      try {
        return await execute(operation, variables, options);
      } catch (error) {
        const locked = toLocked(error);
        if (locked === undefined || !(await orAborted(ask(locked), options?.signal))) throw error;
      }
    }
  };
}

/** One question for everything that the same memory refuses meanwhile. */
function makeAskOnce(onLocked: OnLocked): OnLocked {
  const asked = new Map<string, Promise<boolean>>();
  return (locked) => {
    const { memoryUrn } = locked;
    const open = asked.get(memoryUrn) ?? onLocked(locked).finally(() => asked.delete(memoryUrn));
    asked.set(memoryUrn, open);
    return open;
  };
}

function toLocked(error: unknown): LockedMemory | undefined {
  if (!(error instanceof AskfileError) || error.code !== 'MEMORY_LOCKED') return undefined;
  const { memoryUrn } = error.extensions;
  return typeof memoryUrn === 'string' ? { memoryUrn, message: error.message } : undefined;
}

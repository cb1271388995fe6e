/** What must be undone, whatever happens. */
export interface Scope {
  /** Registers an undoing; the last one registered is done first. */
  defer(undo: () => Promise<unknown>): void;
  /** Undoes everything once; what fails is told, and the rest undone nonetheless. */
  close(): Promise<void>;
}

export function makeScope(): Scope {
  const undoings: (() => Promise<unknown>)[] = [];
  return {
    defer: (undo) => void undoings.push(undo),
    async close() {
      for (let undo = undoings.pop(); undo !== undefined; undo = undoings.pop()) {
        await undo().catch((error: unknown) => console.error('could not clean up:', error));
      }
    },
  };
}

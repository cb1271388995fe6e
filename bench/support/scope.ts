/** What must be undone, whatever happens. */
export interface Scope {
  /** Registers an undoing; the last one registered is done first. */
  defer(undo: () => Promise<unknown>): void;
  /** Undoes everything, one after another, and tells what fails; whoever calls it again waits for the same end. */
  close(): Promise<void>;
}

export function makeScope(): Scope {
  const undoings: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;

  async function undoAll(): Promise<void> {
    for (let undo = undoings.pop(); undo !== undefined; undo = undoings.pop()) {
      await undo().catch((error: unknown) => console.error('could not clean up:', error));
    }
  }

  return {
    defer: (undo) => void undoings.push(undo),
    close: () => (closing ??= undoAll()),
  };
}

/** Runs what is given for one name strictly one after the other; different names do not wait for each other. */
export function makeLocks() {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run<T>(name: string, work: () => Promise<T>): Promise<T> {
      const before = tails.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      // The next in line waits for the end of this one, however it ends.
      const tail = mine.catch(() => undefined);
      tails.set(name, tail);
      try {
        return await mine;
      } finally {
        if (tails.get(name) === tail) tails.delete(name);
      }
    },
  };
}

/** So long may the page before this one, which was left by a reload, still be there. */
const waitMs = 3_000;

export type Locks = Pick<LockManager, 'request'>;

export type Claims = ReturnType<typeof makeClaims>;

/**
 * What one tab of a browser has for itself, by names: a tab that is duplicated comes with a copy of all that the first
 * has kept, and must not take what the first is sending for its own. The browser ends a tab's claims with its page.
 * Where it has no locks (an address without https), everybody's claim holds.
 */
export function makeClaims(locks: Locks | undefined) {
  const held = new Map<string, { readonly isMine: Promise<boolean>; release(): void }>();

  function ask(name: string) {
    const stop = new AbortController();
    let release = () => {};
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    const isMine = new Promise<boolean>((resolve) => {
      if (locks === undefined) return resolve(true);
      const timer = setTimeout(() => stop.abort(), waitMs);
      const own = () => {
        clearTimeout(timer);
        resolve(true);
        return isReleased;
      };
      // It was aborted: by the timer, or because it is not wanted any more.
      locks.request(name, { signal: stop.signal }, own).catch(() => {
        clearTimeout(timer);
        resolve(false);
      });
    });
    return {
      isMine,
      release() {
        stop.abort();
        release();
      },
    };
  }

  function release(name: string): void {
    held.get(name)?.release();
    held.delete(name);
  }

  return {
    /** Resolves with whether it is this tab's until it is released: with false where another one has it. */
    take(name: string): Promise<boolean> {
      const known = held.get(name);
      if (known !== undefined) return known.isMine;
      const claim = ask(name);
      held.set(name, claim);
      void claim.isMine.then((isMine) => {
        if (!isMine && held.get(name) === claim) held.delete(name);
      });
      return claim.isMine;
    },

    release,

    close(): void {
      for (const name of [...held.keys()]) release(name);
    },
  };
}

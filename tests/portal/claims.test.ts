import { makeClaims, type Locks } from '../../src/portal/state/claims.js';

/** Those of a browser with several tabs. */
function makeLocks() {
  const held = new Set<string>();
  const waiting: (() => void)[] = [];
  const request = (name: string, { signal }: LockOptions, own: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (signal?.aborted || held.has(name)) return;
        held.add(name);
        void own().then(() => {
          held.delete(name);
          resolve();
          for (const next of waiting) next();
        });
      };
      signal?.addEventListener('abort', () => reject(signal.reason as Error)); // as a browser does
      waiting.push(look);
      look();
    });
  // Of the many forms that it has, the one that is used.
  return { request } as unknown as Locks;
}

test('what one tab has is no other tab’s until that lets go of it', async () => {
  const locks = makeLocks();
  const [one, other] = [makeClaims(locks), makeClaims(locks)];
  expect(await one.take('a')).toBe(true);
  expect(await one.take('a')).toBe(true);
  expect(await other.take('b')).toBe(true);
  expect(await other.take('a')).toBe(false);
  one.release('a');
  expect(await other.take('a')).toBe(true);
  other.close();
  expect(await one.take('a')).toBe(true);
  expect(await one.take('b')).toBe(true);
  one.close();
});

test('a page that was loaded anew waits for the one before it to be gone', async () => {
  const locks = makeLocks();
  const [before, after] = [makeClaims(locks), makeClaims(locks)];
  await before.take('a');
  const taken = after.take('a');
  before.close();
  expect(await taken).toBe(true);
  after.close();
});

test('without locks, everybody’s claim holds', async () => {
  expect(await makeClaims(undefined).take('a')).toBe(true);
});

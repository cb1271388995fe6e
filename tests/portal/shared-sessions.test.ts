import type { Session, SessionOptions, SessionState } from '../../src/portal/embed/session.js';
import { makeSharedSessions } from '../../src/portal/embed/shared-sessions.js';
import { makeStore } from '../../src/portal/state/store.js';

/** Sessions that open nothing, and say what was done to them. */
function makeOpened() {
  const opened: { url: string; hasEnded: boolean; isClosed: boolean }[] = [];
  const open = ({ url }: SessionOptions): Session => {
    const one = { url, hasEnded: false, isClosed: false };
    opened.push(one);
    return {
      state: makeStore<SessionState>({ portal: undefined, error: undefined }),
      hasEnded: () => one.hasEnded,
      close: () => {
        one.isClosed = true;
      },
    };
  };
  return { opened, sessions: makeSharedSessions(open) };
}

const url = 'https://askfile.example.com';

test('the same address and token are one session, closed by the last one who lets go', () => {
  const { opened, sessions } = makeOpened();
  const token = () => 'a.b.c';
  const [first, second] = [sessions.hold({ url, token }), sessions.hold({ url, token })];
  expect(opened).toHaveLength(1);
  expect(first.state).toBe(second.state);
  first.release();
  // Letting go twice takes nothing from the other.
  first.release();
  expect(opened[0]?.isClosed).toBe(false);
  second.release();
  expect(opened[0]?.isClosed).toBe(true);
  sessions.hold({ url, token });
  expect(opened).toHaveLength(2);
});

test('another token, or another address, is another session', () => {
  const { opened, sessions } = makeOpened();
  sessions.hold({ url, token: 'a.b.c' });
  sessions.hold({ url, token: 'd.e.f' });
  sessions.hold({ url: 'https://other.example.com', token: 'a.b.c' });
  expect(opened.map((one) => one.url)).toEqual([url, url, 'https://other.example.com']);
});

test('one that has ended is not joined', () => {
  const { opened, sessions } = makeOpened();
  const first = sessions.hold({ url, token: 'a.b.c' });
  opened.forEach((one) => (one.hasEnded = true));
  const second = sessions.hold({ url, token: 'a.b.c' });
  expect([opened.length, first.hasEnded(), second.hasEnded()]).toEqual([2, true, false]);
});

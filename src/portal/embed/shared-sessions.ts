import { openSession, type Session, type SessionOptions } from './session.js';

export interface HeldSession extends Pick<Session, 'state' | 'hasEnded'> {
  /** It is closed when the last one who holds it lets go. */
  release(): void;
}

interface Shared extends SessionOptions {
  readonly session: Session;
  holders: number;
}

export type SharedSessions = ReturnType<typeof makeSharedSessions>;

/**
 * Elements of one page with the same address and the same token are one device of one person: they share a
 * connection, and what is being sent is seen in each of them.
 */
export function makeSharedSessions(open: (options: SessionOptions) => Session = openSession) {
  const all = new Set<Shared>();
  return {
    hold({ url, token }: SessionOptions): HeldSession {
      // One that has ended is nothing to join: whoever comes begins anew.
      const found = [...all].find((one) => one.url === url && one.token === token && !one.session.hasEnded());
      const shared = found ?? { url, token, session: open({ url, token }), holders: 0 };
      all.add(shared);
      shared.holders += 1;
      let isHeld = true;
      return {
        state: shared.session.state,
        hasEnded: shared.session.hasEnded,
        release() {
          if (!isHeld) return;
          isHeld = false;
          shared.holders -= 1;
          if (shared.holders > 0) return;
          all.delete(shared);
          shared.session.close();
        },
      };
    },
  };
}

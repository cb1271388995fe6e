import type { Db } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import type { UserViewer } from '../../core/viewer.js';
import { makeAttemptStore } from './attempt.store.js';

const windowSeconds = 600;

/**
 * How many passwords may be tried in ten minutes. A person's count holds right ones too, since each costs a derivation;
 * of the others, which many share, right ones are taken back, so that nobody is kept out by those who know theirs.
 */
export const maxAttempts = { person: 10, address: 50, organization: 300 };

export type Attempts = ReturnType<typeof makeAttempts>;

/** Counted before anything is derived, in Postgres: whichever process is asked, and however many at once. */
export function makeAttempts({ db }: { db: Db }) {
  const store = makeAttemptStore(db);

  async function count(subject: string, max: number): Promise<void> {
    const { count: attempts, resetsInSeconds } = await store.add(subject, windowSeconds);
    if (attempts <= max) return;
    throw new AppError('RATE_LIMITED', 'Too many passwords were tried. Wait a while, then try again.', {
      extensions: { retryAfterSeconds: Math.max(1, Math.ceil(resetsInSeconds)) },
    });
  }

  return {
    /** Throws RATE_LIMITED with `retryAfterSeconds`. */
    async begin(viewer: UserViewer, address: string): Promise<void> {
      const { person, organization } = subjectsOf(viewer);
      // One person's tries beyond their own limit count for nobody else.
      await count(person, maxAttempts.person);
      await count(`address ${address}`, maxAttempts.address);
      await count(organization, maxAttempts.organization);
    },

    /** It was the right password. */
    async succeed(viewer: UserViewer, address: string): Promise<void> {
      await store.takeBack(`address ${address}`);
      await store.takeBack(subjectsOf(viewer).organization);
    },

    forgetEnded: () => store.forgetEnded(),
  };
}

export function toPersonSubject(orgId: string, userId: string): string {
  return `person ${orgId} ${userId}`;
}

function subjectsOf({ orgId, id }: UserViewer) {
  return { person: toPersonSubject(orgId, id), organization: `organization ${orgId}` };
}

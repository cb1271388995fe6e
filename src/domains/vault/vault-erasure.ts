import type { Tx } from '../../core/db.js';
import { makeAttemptStore } from './attempt.store.js';
import { toPersonSubject } from './attempts.js';

export type VaultErasure = ReturnType<typeof makeVaultErasure>;

/** What is known of people besides their memories, whose keys go with those. */
export function makeVaultErasure() {
  return {
    /** That they have tried passwords. Does nothing where they have not. */
    forgetPerson: (tx: Tx, orgId: string, userId: string): Promise<void> =>
      makeAttemptStore(tx.db).forget(toPersonSubject(orgId, userId)),
  };
}

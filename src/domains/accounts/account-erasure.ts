import type { Tx } from '../../core/db.js';
import { makeAccountErasureStore } from './account-erasure.store.js';

export type AccountErasure = ReturnType<typeof makeAccountErasure>;

/** What is known of people and agents, taken away. Each of these does nothing where there is nothing. */
export function makeAccountErasure() {
  return {
    /** Nobody can ask them any more, until they come again with a valid token. */
    deletePerson: (tx: Tx, orgId: string, userId: string) =>
      makeAccountErasureStore(tx.db).deletePerson(orgId, userId),

    /** Its runtime can sign in no more. */
    deleteAppKeys: (tx: Tx, orgId: string, agentUrn: string) =>
      makeAccountErasureStore(tx.db).deleteAppKeys(orgId, agentUrn),

    /** Nothing may refer to it any more: no key, capability or memory. */
    deleteAgent: (tx: Tx, orgId: string, urn: string) =>
      makeAccountErasureStore(tx.db).deleteAgent(orgId, urn),
  };
}

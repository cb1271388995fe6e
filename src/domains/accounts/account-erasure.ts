import type { Tx } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import type { Accounts } from './account.service.js';
import { makeAccountErasureStore } from './account-erasure.store.js';

export type AccountErasure = ReturnType<typeof makeAccountErasure>;

export interface AccountErasureDeps {
  accounts: Accounts;
  channels: Channels;
}

/** Followed by every process that remembers who is known. */
export const accountsChannel = 'accounts';

/** What is known of people and agents, taken away. Each of these does nothing where there is nothing. */
export function makeAccountErasure({ accounts, channels }: AccountErasureDeps) {
  return {
    /** Nobody can ask them any more, until they come again with a valid token. */
    async deletePerson(tx: Tx, orgId: string, userId: string): Promise<void> {
      await makeAccountErasureStore(tx.db).deletePerson(orgId, userId);
      tx.afterCommit(() => {
        accounts.forgetRemembered();
        channels.publish(accountsChannel, { id: orgId, version: 1 });
      });
    },

    /** Its runtime can sign in no more. */
    deleteAppKeys: (tx: Tx, orgId: string, agentUrn: string) =>
      makeAccountErasureStore(tx.db).deleteAppKeys(orgId, agentUrn),

    /** Nothing may refer to it any more: no key, capability or memory. */
    deleteAgent: (tx: Tx, orgId: string, urn: string) =>
      makeAccountErasureStore(tx.db).deleteAgent(orgId, urn),
  };
}

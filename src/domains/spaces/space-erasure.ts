import type { Tx } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import { makeSpaceErasureStore } from './space-erasure.store.js';

export type SpaceErasure = ReturnType<typeof makeSpaceErasure>;

export function makeSpaceErasure() {
  return {
    /** Takes their roles away; the folders that they made stay, and do not say whose they were. */
    async forgetActor(tx: Tx, orgId: string, actor: ActorRef): Promise<void> {
      const store = makeSpaceErasureStore(tx.db);
      await store.deleteMember(orgId, actor);
      await store.disownFolders(orgId, actor);
    },
  };
}

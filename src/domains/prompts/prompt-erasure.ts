import type { Db, Transact, Tx } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Memory } from '../memories/memory.service.js';
import type { UploadErasure } from '../uploads/upload-erasure.js';
import type { Prompts } from './prompt.service.js';
import { makePromptErasureStore } from './prompt-erasure.store.js';

export type PromptErasure = ReturnType<typeof makePromptErasure>;

export interface PromptErasureDeps {
  db: Db;
  transact: Transact;
  prompts: Prompts;
  uploadErasure: UploadErasure;
}

/** Prompts with their answers and uploads, ended and taken away in batches; each call may be repeated. */
export function makePromptErasure({ db, transact, prompts, uploadErasure }: PromptErasureDeps) {
  const store = makePromptErasureStore(db);

  return {
    /** Whoever waits for one is told that it is DECLINED, REVOKED. How many it ended: a person has few. */
    async endOfMemory(memory: Memory, by: ActorRef): Promise<number> {
      const open = await store.listOpenIds(memory);
      for (const id of open) await prompts.revoke(id, by);
      return open.length;
    },

    /** How many of those that have ended it took away, `limit` at most. */
    deleteOfMemory: (memory: Memory, limit: number): Promise<number> =>
      transact(async (tx) => {
        const rows = makePromptErasureStore(tx.db);
        const ended = await rows.lockEndedIds(memory, limit);
        if (ended.length === 0) return 0;
        await uploadErasure.deleteOfPrompts(tx, ended);
        await rows.delete(ended);
        return ended.length;
      }),

    holdsAny: (tx: Tx, memory: Memory) => makePromptErasureStore(tx.db).hasAny(memory),

    /** Prompts of others that they ended do not say so any more. */
    disown: (tx: Tx, orgId: string, actor: ActorRef) => makePromptErasureStore(tx.db).disown(orgId, actor),
  };
}

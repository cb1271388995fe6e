import type { Db, Tx } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import { makeMemoryStore, type Memory } from './memory.store.js';

export type Memories = ReturnType<typeof makeMemories>;

/** What each agent remembers of each person: the place where the answers to its prompts are kept. */
export function makeMemories({ db }: { db: Db }) {
  return {
    /** Whoever asks for somebody checks whose it is. */
    find: (id: string): Promise<Memory | undefined> => makeMemoryStore(db).findById(id),

    /** The id of that agent's memory of that person; made when first needed. */
    async ensure(tx: Tx, owner: { orgId: string; agentUrn: string; userId: string }): Promise<string> {
      const store = makeMemoryStore(tx.db);
      const known = await store.findId(owner);
      if (known !== undefined) return known;
      const id = newId();
      await store.create({ ...owner, id });
      // Another transaction may have made it first; its row is the one that stays.
      return (await store.findId(owner)) ?? id;
    },
  };
}

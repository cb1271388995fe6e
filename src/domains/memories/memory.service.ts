import type { Db, Tx } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import type { Memory, MemoryOwner } from './memory.js';
import { makeMemoryStore, type MemoriesOf } from './memory.store.js';

export type { Memory } from './memory.js';

export type Memories = ReturnType<typeof makeMemories>;

/** What each agent remembers of each person: the place where the answers to its prompts are kept. */
export function makeMemories({ db }: { db: Db }) {
  return {
    /** Whoever asks for somebody checks whose it is. */
    find: (id: string): Promise<Memory | undefined> => makeMemoryStore(db).findById(id),

    /** All that agents remember of the person, one for each agent. */
    listOfPerson: (orgId: string, userId: string): Promise<Memory[]> =>
      makeMemoryStore(db).listOfPerson(orgId, userId),

    /** The agent's memories of everybody, `limit` at most. */
    listOfAgent: (orgId: string, agentUrn: string, limit: number): Promise<Memory[]> =>
      makeMemoryStore(db).listOfAgent(orgId, agentUrn, limit),

    /** Whether the person, or the agent, has any. */
    hasAny: (tx: Tx, orgId: string, of: MemoriesOf): Promise<boolean> =>
      makeMemoryStore(tx.db).hasAny(orgId, of),

    /** Nothing comes into it until the transaction ends. */
    lock: (tx: Tx, id: string): Promise<void> => makeMemoryStore(tx.db).lock(id),

    /** It holds nothing any more. */
    delete: (tx: Tx, id: string): Promise<void> => makeMemoryStore(tx.db).delete(id),

    /** The id of that agent's memory of that person; made when first needed, and there until the transaction ends. */
    async ensure(tx: Tx, owner: MemoryOwner): Promise<string> {
      const store = makeMemoryStore(tx.db);
      const known = await store.findId(owner);
      if (known !== undefined) return known;
      const id = newId();
      await store.create({ ...owner, id });
      // Another transaction may have made it first; its row is the one that stays.
      return (await store.findId(owner)) ?? id;
    },

    /** The version of its newest key, which stays what it is until the transaction ends; null: not encrypted. */
    holdKeyVersion: (tx: Tx, id: string): Promise<number | null> =>
      makeMemoryStore(tx.db).lockKeyVersion(id, 'share'),

    /** The same for whoever is about to change it: waits for all that hold it. */
    lockKeyVersion: (tx: Tx, id: string): Promise<number | null> =>
      makeMemoryStore(tx.db).lockKeyVersion(id, 'no key update'),

    setKeyVersion: (tx: Tx, id: string, keyVersion: number): Promise<void> =>
      makeMemoryStore(tx.db).setKeyVersion(id, keyVersion),
  };
}

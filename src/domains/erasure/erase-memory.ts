import type { Transact } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { AssetErasure } from '../assets/asset-erasure.js';
import type { Memories, Memory } from '../memories/memory.service.js';
import type { PromptErasure } from '../prompts/prompt-erasure.js';
import type { Steps } from './steps.js';

export interface EraseMemoryDeps {
  transact: Transact;
  memories: Memories;
  assetErasure: AssetErasure;
  promptErasure: PromptErasure;
}

/** Prompts end first, so that nobody waits and nothing more is uploaded; then bytes go before the rows that name them. */
export function makeEraseMemory({ transact, memories, assetErasure, promptErasure }: EraseMemoryDeps) {
  /** false when something has come into it meanwhile. */
  const forget = (memory: Memory) =>
    transact(async (tx) => {
      await memories.lock(tx, memory.id);
      if (await promptErasure.holdsAny(tx, memory)) return false;
      if (await assetErasure.holdsAny(tx, memory)) return false;
      await assetErasure.forgetMemory(tx, memory);
      await memories.delete(tx, memory.id);
      return true;
    });

  return async function eraseMemory(memory: Memory, by: ActorRef, steps: Steps): Promise<void> {
    do {
      await steps.untilNone('prompts ended', () => promptErasure.endOfMemory(memory, by));
      await steps.untilNone('files', (limit) => assetErasure.eraseOfMemory(memory, limit));
      await steps.untilNone('prompts', (limit) => promptErasure.deleteOfMemory(memory, limit));
      await assetErasure.deleteBytes(memory);
    } while (!(await forget(memory)));
  };
}

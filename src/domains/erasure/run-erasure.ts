import type { Db, Transact, Tx } from '../../core/db.js';
import type { ActorRef } from '../../core/viewer.js';
import type { AccountErasure } from '../accounts/account-erasure.js';
import type { Agents } from '../accounts/agent.service.js';
import { serviceActor } from '../accounts/audit.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Generated } from '../assets/asset.js';
import type { AssetErasure } from '../assets/asset-erasure.js';
import type { Capabilities } from '../capabilities/capability.service.js';
import { toMemoryUrn } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import type { PromptErasure } from '../prompts/prompt-erasure.js';
import type { SpaceErasure } from '../spaces/space-erasure.js';
import type { UploadErasure } from '../uploads/upload-erasure.js';
import type { VaultErasure } from '../vault/vault-erasure.js';
import type { Erasure } from './erasure.js';
import { makeEraseMemory } from './erase-memory.js';
import { makeErasureStore } from './erasure.store.js';
import { makeSteps, type OnProgress, type Steps } from './steps.js';

export type RunErasure = ReturnType<typeof makeRunErasure>;

export interface RunErasureDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  agents: Agents;
  capabilities: Capabilities;
  memories: Memories;
  accountErasure: AccountErasure;
  spaceErasure: SpaceErasure;
  assetErasure: AssetErasure;
  uploadErasure: UploadErasure;
  promptErasure: PromptErasure;
  vaultErasure: VaultErasure;
}

export interface RunOptions {
  /** Ends the run between two batches. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * Erases what an erasure names, in batches. Killed anywhere and run again, also by several at once, it ends the same:
 * each batch is one that may be repeated, and the erasure's own row goes last.
 */
export function makeRunErasure(deps: RunErasureDeps) {
  const { db, transact, audit, agents, capabilities, memories } = deps;
  const { accountErasure, spaceErasure, assetErasure, uploadErasure, promptErasure, vaultErasure } = deps;
  const eraseMemory = makeEraseMemory(deps);

  /** What somebody did outside of memories: it stays, without them. */
  async function disown(orgId: string, actor: ActorRef, steps: Steps): Promise<void> {
    await steps.untilNone('uploads ended', (limit) => uploadErasure.endAll(orgId, { actor }, limit));
    await steps.untilNone('files disowned', (limit) => assetErasure.disown(orgId, actor, limit));
    await steps.untilNone('uploads disowned', (limit) => uploadErasure.disown(orgId, actor, limit));
  }

  /** What agents put into spaces, with every row of how it came there. */
  async function eraseGenerated(orgId: string, of: Generated, steps: Steps): Promise<void> {
    await steps.untilNone('uploads ended', (limit) => uploadErasure.endAll(orgId, of, limit));
    await steps.untilNone('files', (limit) => assetErasure.eraseGenerated(orgId, of, limit));
    // Those of files went with them.
    await steps.untilNone('uploads', (limit) => uploadErasure.deleteGenerated(orgId, of, limit));
  }

  /** Each does its work and gives what is left for the last transaction; that says whether nothing has come meanwhile. */
  const kinds: Readonly<
    Record<Erasure['kind'], (erasure: Erasure, steps: Steps) => Promise<(tx: Tx) => Promise<boolean>>>
  > = {
    async USER({ orgId, subject: userId, requestedBy }, steps) {
      const actor = { kind: 'USER', id: userId } as const;
      for (const memory of await memories.listOfPerson(orgId, userId)) {
        await eraseMemory(memory, requestedBy, steps);
      }
      await disown(orgId, actor, steps);
      return async (tx) => {
        await accountErasure.deletePerson(tx, orgId, userId);
        await vaultErasure.forgetPerson(tx, orgId, userId);
        await spaceErasure.forgetActor(tx, orgId, actor);
        await promptErasure.disown(tx, orgId, actor);
        return !(await memories.hasAny(tx, orgId, { userId }));
      };
    },

    async AGENT({ orgId, subject: agentUrn, requestedBy }, steps) {
      const agent = await agents.findAgent(orgId, agentUrn);
      // Another run has come to the end.
      if (agent === undefined) return () => Promise.resolve(true);
      await steps.untilNone('memories', async (limit) => {
        const some = await memories.listOfAgent(orgId, agentUrn, limit);
        for (const memory of some) await eraseMemory(memory, requestedBy, steps);
        return some.length;
      });
      const actor = { kind: 'APP', id: agent.appId } as const;
      await eraseGenerated(orgId, { agentUrn }, steps);
      await disown(orgId, actor, steps);
      return async (tx) => {
        // Whoever asks in this moment is waited for, and whoever comes later is refused.
        await capabilities.disable(tx, orgId, agentUrn);
        if (await memories.hasAny(tx, orgId, { agentUrn })) return false;
        if (await assetErasure.hasGenerated(tx, orgId, { agentUrn })) return false;
        await spaceErasure.forgetActor(tx, orgId, actor);
        await assetErasure.forgetPurged(tx, orgId, { agentUrn });
        await accountErasure.deleteAppKeys(tx, orgId, agentUrn);
        await capabilities.delete(tx, orgId, agentUrn);
        await accountErasure.deleteAgent(tx, orgId, agentUrn);
        return true;
      };
    },

    async MEMORY({ subject: memoryId, requestedBy }, steps) {
      const memory = await memories.find(memoryId);
      if (memory !== undefined) await eraseMemory(memory, requestedBy, steps);
      return () => Promise.resolve(true);
    },

    async EXECUTION({ orgId, subject: executionId }, steps) {
      await eraseGenerated(orgId, { executionId }, steps);
      return async (tx) => {
        if (await assetErasure.hasGenerated(tx, orgId, { executionId })) return false;
        await assetErasure.forgetPurged(tx, orgId, { executionId });
        return true;
      };
    },
  };

  /** false when something has come meanwhile. */
  const finish = (erasure: Erasure, last: (tx: Tx) => Promise<boolean>) =>
    transact(async (tx) => {
      if (!(await last(tx))) return false;
      const { id, orgId, kind, subject } = erasure;
      if (await makeErasureStore(tx.db).delete(id)) {
        const name = kind === 'MEMORY' ? toMemoryUrn(subject) : subject;
        await audit.record(tx, { orgId, ...serviceActor }, 'completeErasure', name, { kind });
      }
      return true;
    });

  /** Does nothing when it has come to its end. Throws STORAGE_UNAVAILABLE, and the reason of `signal`. */
  return async function runErasure(id: string, { signal, onProgress }: RunOptions = {}): Promise<void> {
    const erasure = await makeErasureStore(db).find(id);
    if (erasure === undefined) return;
    const steps = makeSteps({ signal, onProgress });
    while (!(await finish(erasure, await kinds[erasure.kind](erasure, steps)))) signal?.throwIfAborted();
  };
}

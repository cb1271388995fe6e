import type { Db, Transact, Tx } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { Queue } from '../../core/queue.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import { isExternalId } from '../accounts/account.js';
import type { AccountErasure } from '../accounts/account-erasure.js';
import type { Accounts } from '../accounts/account.service.js';
import type { Agents } from '../accounts/agent.service.js';
import type { AuditedBy } from '../accounts/audit.js';
import type { Audit } from '../accounts/audit.service.js';
import type { AssetErasure } from '../assets/asset-erasure.js';
import type { Capabilities } from '../capabilities/capability.service.js';
import { parseMemoryUrn } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import type { PromptErasure } from '../prompts/prompt-erasure.js';
import type { Prompts } from '../prompts/prompt.service.js';
import type { UploadErasure } from '../uploads/upload-erasure.js';
import type { ErasureKind, ErasureTarget } from './erasure.js';
import { makeErasureStore } from './erasure.store.js';

export type Erasures = ReturnType<typeof makeErasures>;

export interface ErasuresDeps {
  db: Db;
  transact: Transact;
  queue: Queue;
  audit: Audit;
  accounts: Accounts;
  agents: Agents;
  capabilities: Capabilities;
  memories: Memories;
  prompts: Prompts;
  accountErasure: AccountErasure;
  assetErasure: AssetErasure;
  uploadErasure: UploadErasure;
  promptErasure: PromptErasure;
  /** After so long, whoever waits for a prompt is told that it has ended, also where Redis lost that. */
  deliveryCheckSeconds: number;
}

const minDelaySeconds = 30;

/** By the kind of what is erased: the operation's name in the schema, and what its subject is called. */
const acts: Readonly<Record<ErasureKind, { action: string; what: string }>> = {
  USER: { action: 'eraseUser', what: 'The person' },
  AGENT: { action: 'eraseAgent', what: 'The agent' },
  MEMORY: { action: 'eraseMemory', what: 'The memory' },
  EXECUTION: { action: 'eraseExecution', what: 'The execution' },
};

/**
 * Begins to erase a person, an agent, a memory or what an execution generated, for good: nothing brings it back. From
 * the commit on nobody can ask that person, and that agent can ask nobody; open prompts end. When all of that was told,
 * a job does the rest (`run-erasure.ts`), and puts its end on record as `completeErasure`.
 */
export function makeErasures(deps: ErasuresDeps) {
  const { db, transact, queue, audit, accounts, agents, capabilities, memories, prompts } = deps;
  const { accountErasure, assetErasure, uploadErasure, promptErasure } = deps;
  // A check that fails is followed by another one.
  const delaySeconds = Math.max(minDelaySeconds, 2 * deps.deliveryCheckSeconds);

  async function exists({ orgId, kind, subject }: ErasureTarget): Promise<boolean> {
    switch (kind) {
      case 'USER':
        return (await accounts.findPerson(orgId, subject)) !== undefined;
      case 'AGENT':
        return (await agents.findAgent(orgId, subject)) !== undefined;
      case 'MEMORY':
        return (await memories.find(subject))?.orgId === orgId;
      case 'EXECUTION':
        return (
          (await assetErasure.hasGenerated({ db }, orgId, { executionId: subject })) ||
          (await assetErasure.hasPurged(orgId, { executionId: subject })) ||
          (await uploadErasure.hasGenerated(orgId, { executionId: subject }))
        );
    }
  }

  /** What must not wait: nothing more may come. */
  async function shut(tx: Tx, by: AuditedBy, { orgId, kind, subject }: ErasureTarget): Promise<void> {
    if (kind === 'USER') await accountErasure.deletePerson(tx, orgId, subject);
    if (kind === 'AGENT') {
      await capabilities.disable(tx, orgId, subject);
      await prompts.revokeAll(tx, { orgId, agentUrn: subject, actor: { kind: by.kind, id: by.id } });
      await accountErasure.deleteAppKeys(tx, orgId, subject);
    }
  }

  /** `name` is what stands for it in the schema: of a memory its URN. */
  async function begin(by: AuditedBy, kind: ErasureKind, subject: string, name: string): Promise<string> {
    const target = { orgId: by.orgId, kind, subject };
    const known = await makeErasureStore(db).findOfTarget(target);
    if (known === undefined && !(await exists(target))) throw notFound(acts[kind].what);
    const erasureId = await transact(async (tx) => {
      const rows = makeErasureStore(tx.db);
      const id = newId();
      const isFirst = await rows.insert({ ...target, id, requestedBy: { kind: by.kind, id: by.id } });
      if (isFirst) {
        await shut(tx, by, target);
        await audit.record(tx, by, acts[kind].action, name, { kind });
      }
      const found = isFirst ? id : ((await rows.findOfTarget(target))?.id ?? id);
      // Of one that has begun already another job may have given up: this one goes on with it.
      await queue.enqueue(tx, 'erase', { erasureId: found }, { delaySeconds });
      return found;
    });
    await endPrompts(by, target);
    return erasureId;
  }

  /** Before any of them is deleted: whoever waits gets an answer. The job ends those that come meanwhile. */
  async function endPrompts(by: AuditedBy, { orgId, kind, subject }: ErasureTarget): Promise<void> {
    const memory = kind === 'MEMORY' ? await memories.find(subject) : undefined;
    const concerned = kind === 'USER' ? await memories.listOfPerson(orgId, subject) : [memory];
    for (const one of concerned) if (one !== undefined) await promptErasure.endOfMemory(one, by);
  }

  /** The id of the erasure. Throws NOT_FOUND, unless it is being erased already. */
  async function beginErasure(by: AuditedBy, kind: ErasureKind, name: string): Promise<string> {
    const subject = kind === 'MEMORY' ? parseMemoryUrn(name) : name;
    if (subject === undefined || !isExternalId(subject)) throw notFound(acts[kind].what);
    return begin(by, kind, subject, name);
  }

  async function erase(viewer: Viewer, kind: ErasureKind, name: string): Promise<string> {
    assertOrgAdmin(viewer);
    await beginErasure(viewer, kind, name);
    return name;
  }

  return {
    /** For the operator, who acts for no viewer. */
    beginErasure,

    /** Whether it has begun, and not come to its end. */
    isErasing: async (target: ErasureTarget): Promise<boolean> =>
      (await makeErasureStore(db).findOfTarget(target)) !== undefined,

    /**
     * The person, their memories with every file, prompt and answer, and their roles. What they put into spaces stays
     * the organization's, and does not say whose it was. They are known again once they come with a valid token: who
     * signs people in is to be told first. Returns the id. Throws PERMISSION_DENIED, NOT_FOUND.
     */
    eraseUser: (viewer: Viewer, userId: string) => erase(viewer, 'USER', userId),

    /** The agent, its keys, its memories of everybody, its prompts, and what it put into spaces. */
    eraseAgent: (viewer: Viewer, agentUrn: string) => erase(viewer, 'AGENT', agentUrn),

    /** One agent's memory of one person, and every prompt that was put to them for it. */
    eraseMemory: (viewer: Viewer, urn: string) => erase(viewer, 'MEMORY', urn),

    /** Every file that the execution generated, wherever it is. */
    eraseExecution: (viewer: Viewer, executionId: string) => erase(viewer, 'EXECUTION', executionId),
  };
}

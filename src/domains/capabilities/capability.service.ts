import type { Db, Transact, Tx } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import { assertOrgAdmin, toActor, type ActorRef, type Viewer } from '../../core/viewer.js';
import type { Agent } from '../accounts/agent.js';
import type { Agents } from '../accounts/agent.service.js';
import type { Audit } from '../accounts/audit.service.js';
import { assetUploadTool, isUploadEnabled, toPolicy, type AgentPolicy } from './capability.js';
import { makeCapabilityStore } from './capability.store.js';
import { intersectLimits, narrowLimits, type RequestedLimits, type UploadLimits } from './upload-limits.js';

export type Capabilities = ReturnType<typeof makeCapabilities>;

export interface CapabilitiesDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  agents: Agents;
  /** The service's own limits, which nobody widens. */
  defaults: UploadLimits;
  /** Ends what the agent has asked for and nobody answered yet, in the transaction that takes the tool away. */
  onToolDisabled: (tx: Tx, by: { orgId: string; agentUrn: string; actor: ActorRef }) => Promise<void>;
}

/** Which agents may ask people for files, and within which limits. */
export function makeCapabilities({
  db,
  transact,
  audit,
  agents,
  defaults,
  onToolDisabled,
}: CapabilitiesDeps) {
  const store = makeCapabilityStore(db);

  return {
    /** The service's own, within which every policy is. */
    getServiceLimits: (): UploadLimits => defaults,

    /** Setting what is set already changes nothing. Throws PERMISSION_DENIED, NOT_FOUND. */
    async setAgentAssetUploadEnabled(viewer: Viewer, agentUrn: string, enabled: boolean): Promise<Agent> {
      assertOrgAdmin(viewer);
      const { orgId } = viewer;
      const agent = await agents.getLasting(orgId, agentUrn);
      await transact(async (tx) => {
        const rows = makeCapabilityStore(tx.db);
        const capability = await rows.lock(orgId, agentUrn);
        if (isUploadEnabled(capability) === enabled) return;
        const others = capability.agentTools.filter((tool) => tool !== assetUploadTool);
        await rows.setTools(orgId, agentUrn, enabled ? [...others, assetUploadTool] : others);
        await audit.record(tx, viewer, 'setAgentAssetUploadEnabled', agentUrn, { enabled });
        if (!enabled) await onToolDisabled(tx, { orgId, agentUrn, actor: toActor(viewer) });
      });
      return agent;
    },

    /**
     * What is left out stays; null goes back to the service's own. Prompts that are open keep their limits. Setting
     * what is set already changes nothing.
     * Throws PERMISSION_DENIED, NOT_FOUND, INVALID_CONSTRAINT (wider than the service's), BAD_USER_INPUT.
     */
    async setAgentUploadPolicy(viewer: Viewer, agentUrn: string, policy: RequestedLimits): Promise<Agent> {
      assertOrgAdmin(viewer);
      const agent = await agents.getLasting(viewer.orgId, agentUrn);
      const limits = keepRequested(policy, narrowLimits(defaults, policy, 'policy'));
      if (Object.keys(limits).length === 0) return agent;
      await transact(async (tx) => {
        const rows = makeCapabilityStore(tx.db);
        const { limits: known } = await rows.lock(viewer.orgId, agentUrn);
        if (isSame({ ...known, ...limits }, known)) return;
        await rows.setLimits(viewer.orgId, agentUrn, limits);
        await audit.record(tx, viewer, 'setAgentUploadPolicy', agentUrn, { policy: limits });
      });
      return agent;
    },

    /** For a loader: what each of the agents may do, one for each URN, in their order. */
    async listPolicies(orgId: string, agentUrns: readonly string[]): Promise<AgentPolicy[]> {
      const rows = await store.listByUrns(orgId, agentUrns);
      const byUrn = new Map(rows.map((row) => [row.agentUrn, row]));
      return agentUrns.map((agentUrn) => toPolicy(agentUrn, byUrn.get(agentUrn), defaults));
    },

    /** It may ask no more: whoever asks in this moment is done, or is refused. Who ends what it asked is the caller. */
    async disable(tx: Tx, orgId: string, agentUrn: string): Promise<void> {
      const rows = makeCapabilityStore(tx.db);
      await rows.lock(orgId, agentUrn);
      await rows.setTools(orgId, agentUrn, []);
    },

    /** What was decided about it goes with the agent. */
    delete: (tx: Tx, orgId: string, agentUrn: string) => makeCapabilityStore(tx.db).delete(orgId, agentUrn),

    /**
     * The limits within which the agent may ask now. Whoever takes the tool away meanwhile waits for this
     * transaction, and then finds what it made. Throws TOOL_NOT_ENABLED.
     */
    async getForRequest(tx: Tx, orgId: string, agentUrn: string): Promise<UploadLimits> {
      const capability = await makeCapabilityStore(tx.db).findShared(orgId, agentUrn);
      if (capability === undefined || !isUploadEnabled(capability)) {
        throw new AppError('TOOL_NOT_ENABLED', 'An admin has not allowed this agent to ask for files.');
      }
      return intersectLimits(defaults, capability.limits);
    },
  };
}

function isSame(a: RequestedLimits, b: RequestedLimits): boolean {
  return (
    a.maxSizeBytes === b.maxSizeBytes &&
    a.promptTimeoutSeconds === b.promptTimeoutSeconds &&
    JSON.stringify(a.allowedMimeTypes) === JSON.stringify(b.allowedMimeTypes)
  );
}

/** Of the requested limits only those that were named: null where null was asked for, else as they were normalised. */
function keepRequested(requested: RequestedLimits, normalised: UploadLimits): RequestedLimits {
  const { maxSizeBytes, allowedMimeTypes, promptTimeoutSeconds } = requested;
  return {
    ...(maxSizeBytes !== undefined && { maxSizeBytes: maxSizeBytes && normalised.maxSizeBytes }),
    ...(allowedMimeTypes !== undefined && {
      allowedMimeTypes: allowedMimeTypes && normalised.allowedMimeTypes,
    }),
    ...(promptTimeoutSeconds !== undefined && {
      promptTimeoutSeconds: promptTimeoutSeconds && normalised.promptTimeoutSeconds,
    }),
  };
}

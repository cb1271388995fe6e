import { intersectLimits, type RequestedLimits, type UploadLimits } from './upload-limits.js';

/** The one tool there is: asking people for files. Opt-in. */
export const assetUploadTool = 'asset:upload';

/** What an admin decided about an agent. */
export interface Capability {
  readonly orgId: string;
  readonly agentUrn: string;
  readonly agentTools: readonly string[];
  /** As the admin tightened them; null: as the service has it. */
  readonly limits: RequestedLimits;
}

/** What an agent may do now: the admin's decisions within the service's limits. */
export interface AgentPolicy {
  readonly agentUrn: string;
  readonly agentTools: readonly string[];
  readonly assetUploadEnabled: boolean;
  readonly uploadPolicy: UploadLimits;
}

export function isUploadEnabled({ agentTools }: Pick<Capability, 'agentTools'>): boolean {
  return agentTools.includes(assetUploadTool);
}

export function toPolicy(
  agentUrn: string,
  capability: Capability | undefined,
  defaults: UploadLimits,
): AgentPolicy {
  const { agentTools = [], limits = {} } = capability ?? {};
  return {
    agentUrn,
    agentTools,
    assetUploadEnabled: isUploadEnabled({ agentTools }),
    uploadPolicy: intersectLimits(defaults, limits),
  };
}

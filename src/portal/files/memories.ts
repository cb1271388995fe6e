import type { PortalClient } from '../../client/index.js';
import { AskingAgents } from './generated/documents.js';

/** What one agent keeps of the person. */
export interface Memory {
  readonly urn: string;
  readonly agent: { readonly urn: string; readonly name: string };
}

/** Enough to meet every agent that is still in use. */
const maxPages = 5;

/** One of each agent that has asked this person, the one that asked last first. */
export async function listMemories(client: Pick<PortalClient, 'query'>, signal: AbortSignal) {
  const memories = new Map<string, Memory>();
  let after: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const variables: { after: string | null } = { after };
    const { uploadPrompts } = await client.query(AskingAgents, variables, { signal });
    for (const { memoryUrn, agent } of uploadPrompts.nodes) {
      if (!memories.has(memoryUrn)) memories.set(memoryUrn, { urn: memoryUrn, agent });
    }
    after = uploadPrompts.pageInfo.endCursor;
    if (!uploadPrompts.pageInfo.hasNextPage) break;
  }
  return [...memories.values()];
}

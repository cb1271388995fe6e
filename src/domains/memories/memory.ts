import { isId } from '../../core/ids.js';
import type { Viewer } from '../../core/viewer.js';

export interface MemoryOwner {
  readonly orgId: string;
  readonly agentUrn: string;
  readonly userId: string;
}

/** What one agent remembers of one person. */
export interface Memory extends MemoryOwner {
  readonly id: string;
  /** Of its newest data key; null while it is not encrypted. */
  readonly keyVersion: number | null;
}

/** The person, or that agent's App on the person's behalf. */
export function mayReadMemory(
  viewer: Viewer,
  { orgId, agentUrn, userId }: { [Part in keyof MemoryOwner]: MemoryOwner[Part] | null },
): boolean {
  if (viewer.orgId !== orgId) return false;
  if (viewer.kind === 'APP') return viewer.agentUrn === agentUrn;
  return viewer.kind === 'USER' && viewer.id === userId;
}

const prefix = 'urn:askfile:memory:';

export function toMemoryUrn(memoryId: string): string {
  return `${prefix}${memoryId}`;
}

/** The id in a memory's URN; undefined when it is not one of ours. */
export function parseMemoryUrn(urn: string): string | undefined {
  const id = urn.startsWith(prefix) ? urn.slice(prefix.length) : '';
  return isId(id) ? id : undefined;
}

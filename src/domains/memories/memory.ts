import { isId } from '../../core/ids.js';

const prefix = 'urn:askfile:memory:';

export function toMemoryUrn(memoryId: string): string {
  return `${prefix}${memoryId}`;
}

/** The id in a memory's URN; undefined when it is not one of ours. */
export function parseMemoryUrn(urn: string): string | undefined {
  const id = urn.startsWith(prefix) ? urn.slice(prefix.length) : '';
  return isId(id) ? id : undefined;
}

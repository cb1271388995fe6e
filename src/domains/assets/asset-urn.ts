import { isId } from '../../core/ids.js';
import { parseMemoryUrn, toMemoryUrn } from '../memories/memory.js';
import { parseSpaceUrn, toSpaceUrn } from '../spaces/space.js';
import type { Asset } from './asset.js';

type Identified = Pick<Asset, 'id' | 'memoryId' | 'spaceId'>;

/** `<memory-urn>:assets:<asset-id>`, or `<space-urn>:assets:<asset-id>`. */
export function toAssetUrn({ id, memoryId, spaceId }: Identified): string {
  const ownerUrn = memoryId === null ? toSpaceUrn(spaceId ?? '') : toMemoryUrn(memoryId);
  return `${ownerUrn}:assets:${id}`;
}

/** The ids in an asset's URN; undefined when it is not one of ours. */
export function parseAssetUrn(urn: string): Identified | undefined {
  const [ownerUrn = '', id = '', ...more] = urn.split(':assets:');
  if (more.length > 0 || !isId(id)) return undefined;
  const memoryId = parseMemoryUrn(ownerUrn) ?? null;
  const spaceId = parseSpaceUrn(ownerUrn) ?? null;
  return memoryId === null && spaceId === null ? undefined : { id, memoryId, spaceId };
}

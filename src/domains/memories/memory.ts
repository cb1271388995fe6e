import { isId } from '../../core/ids.js';

const prefix = 'urn:askfile:memory:';

export function toMemoryUrn(memoryId: string): string {
  return `${prefix}${memoryId}`;
}

/** `<memory-urn>:assets:<asset-id>` */
export function toAssetUrn(memoryId: string, assetId: string): string {
  return `${toMemoryUrn(memoryId)}:assets:${assetId}`;
}

/** The id in a memory's URN; undefined when it is not one of ours. */
export function parseMemoryUrn(urn: string): string | undefined {
  const id = urn.startsWith(prefix) ? urn.slice(prefix.length) : '';
  return isId(id) ? id : undefined;
}

/** The ids in an asset's URN; undefined when it is not one of ours. */
export function parseAssetUrn(urn: string): { memoryId: string; assetId: string } | undefined {
  if (!urn.startsWith(prefix)) return undefined;
  const [memoryId = '', assets, assetId = '', ...more] = urn.slice(prefix.length).split(':');
  if (assets !== 'assets' || more.length > 0 || !isId(memoryId) || !isId(assetId)) return undefined;
  return { memoryId, assetId };
}

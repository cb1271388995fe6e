import { uploadedAtOf, type Asset } from '../domains/assets/asset.js';
import { toAssetUrn } from '../domains/assets/asset-urn.js';
import { toMemoryUrn } from '../domains/memories/memory.js';
import { toSpaceUrn } from '../domains/spaces/space.js';

/** An asset as JSON, by the schema's names. Instants are ISO 8601 text. */
export function toAssetJson(asset: Asset): object {
  const { id, filename, mimeType, sizeBytes, sha256, type, scanStatus, description, uploadedBy } = asset;
  const { createdAt, updatedAt, deletedAt, restorableUntil, memoryId, spaceId, folderId } = asset;
  const { agentUrn, executionId, provider, metadata } = asset;
  return {
    ...{ id, urn: toAssetUrn(asset), filename, mimeType, sizeBytes, sha256, type, scanStatus, description },
    ...{ uploadedAt: uploadedAtOf(asset), uploadedBy, createdAt, updatedAt, deletedAt, restorableUntil },
    memoryUrn: memoryId === null ? null : toMemoryUrn(memoryId),
    space: spaceId === null ? null : { id: spaceId, urn: toSpaceUrn(spaceId) },
    folder: folderId === null ? null : { id: folderId },
    ...{ agentUrn, executionId, provider, metadata },
  };
}

import { randomBytes } from 'node:crypto';
import { newId } from '../../core/ids.js';

/** Everything beneath is on its way and may be deleted once its upload has ended. */
export const stagingPrefix = 'staging/';

/** Unguessable: nobody can aim another URL, or a copy, at somebody else's upload. */
export function newStagingKey(orgId: string): string {
  return `${stagingPrefix}${orgId}/${randomBytes(24).toString('base64url')}`;
}

/**
 * `{org}/{memory}/{assetId}.{ext}`: ids only, never a name. `extension` is without dot, '' for none.
 */
export function toAssetKey(orgId: string, ownerId: string, assetId: string, extension: string): string {
  return `${toOwnerPrefix(orgId, ownerId)}${assetId}${extension === '' ? '' : `.${extension}`}`;
}

/** Of every key of this memory or space. */
export function toOwnerPrefix(orgId: string, ownerId: string): string {
  return `${orgId}/${ownerId}/`;
}

/** The organization in a key of ours, in staging or not; undefined in a key that is none of ours. */
export function parseOrgId(key: string): string | undefined {
  return /^(?:staging\/)?([0-9A-Za-z]{27})\//.exec(key)?.[1];
}

/** The id in a key that `toAssetKey` made; undefined when it made none such. */
export function parseAssetKey(key: string): string | undefined {
  return /^\w+\/\w+\/([0-9A-Za-z]{27})(?:\.\w+)?$/.exec(key)?.[1];
}

/** `{org}/{memory}/{assetId}.{unguessable}.thumbnail.webp`: another one each time, so that no late clean-up meets it. */
export function newThumbnailKey(orgId: string, ownerId: string, assetId: string): string {
  return `${orgId}/${ownerId}/${assetId}.${newId()}.thumbnail.webp`;
}

/** The asset's id in a key that `newThumbnailKey` made; undefined when it made none such. */
export function parseThumbnailKey(key: string): string | undefined {
  return /^\w+\/\w+\/([0-9A-Za-z]{27})\.[0-9A-Za-z]{27}\.thumbnail\.webp$/.exec(key)?.[1];
}

import { randomBytes } from 'node:crypto';
import { newId } from '../../core/ids.js';
import type { ObjectStore } from './object-store.js';

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
  return `${toAssetStem(orgId, ownerId, assetId)}${extension === '' ? '' : `.${extension}`}`;
}

/** Of every key of this memory or space. */
export function toOwnerPrefix(orgId: string, ownerId: string): string {
  return `${orgId}/${ownerId}/`;
}

/**
 * The key as far as ids tell: no two objects have the same. It stands for the whole key where that is sealed, so that
 * what we do by ourselves takes no password.
 */
export function toAssetStem(orgId: string, ownerId: string, assetId: string): string {
  return `${toOwnerPrefix(orgId, ownerId)}${assetId}`;
}

const assetKey = /^(\w+\/\w+\/([0-9A-Za-z]{27}))(?:\.\w+)?$/;

/** The organization in a key of ours, in staging or not; undefined in a key that is none of ours. */
export function parseOrgId(key: string): string | undefined {
  return /^(?:staging\/)?([0-9A-Za-z]{27})\//.exec(key)?.[1];
}

/** The id in a key that `toAssetKey` made; undefined when it made none such. */
export function parseAssetKey(key: string): string | undefined {
  return assetKey.exec(key)?.[2];
}

/** Of a key that `toAssetKey` made; any other is its own. */
export function toStem(key: string): string {
  return assetKey.exec(key)?.[1] ?? key;
}

/** The keys that there are for a stem: one, or none. For any other key itself, whether it is there or not. */
export async function listKeys(objects: ObjectStore, keyOrStem: string): Promise<string[]> {
  const isStem = parseAssetKey(keyOrStem) !== undefined && toStem(keyOrStem) === keyOrStem;
  if (!isStem) return [keyOrStem];
  const keys: string[] = [];
  for await (const { key } of objects.list(keyOrStem)) if (toStem(key) === keyOrStem) keys.push(key);
  return keys;
}

/** `{org}/{memory}/{assetId}.{unguessable}.thumbnail.webp`: another one each time, so that no late clean-up meets it. */
export function newThumbnailKey(orgId: string, ownerId: string, assetId: string): string {
  return `${orgId}/${ownerId}/${assetId}.${newId()}.thumbnail.webp`;
}

/** The asset's id in a key that `newThumbnailKey` made; undefined when it made none such. */
export function parseThumbnailKey(key: string): string | undefined {
  return /^\w+\/\w+\/([0-9A-Za-z]{27})\.[0-9A-Za-z]{27}\.thumbnail\.webp$/.exec(key)?.[1];
}

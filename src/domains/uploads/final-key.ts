import { ownerIdOf } from '../assets/asset.js';
import { toAssetKey } from '../storage/object-keys.js';
import { canonicalExtension } from './file-kinds.js';
import type { Upload } from './upload.js';

/** Where the bytes of an upload are once they are verified: nobody was given a URL to write there. */
export function toFinalKey(upload: Upload, assetId: string): string {
  return toAssetKey(upload.orgId, ownerIdOf(upload), assetId, canonicalExtension(upload.mimeType));
}

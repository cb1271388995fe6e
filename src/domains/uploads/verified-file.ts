import type { AssetType } from '../assets/asset.js';

/**
 * What an upload's bytes were found to be: a file at its final key that is no asset yet. It becomes one when its
 * prompt is submitted, and vanishes when that ends otherwise; or it takes the place of an asset's bytes once it is
 * found clean.
 */
export interface VerifiedFile {
  readonly storageKey: string;
  /** Of the object at `storageKey` when it was verified. */
  readonly etag: string;
  readonly mimeType: string;
  readonly type: AssetType;
}

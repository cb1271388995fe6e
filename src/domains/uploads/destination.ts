import type { Tx } from '../../core/db.js';
import type { Viewer } from '../../core/viewer.js';
import type { Upload } from './upload.js';

/** The guarded change found that another won, or that time did. Rolls back; who won is looked up afterwards. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
}

/** For `catch`, where it is looked up afterwards. */
export function undefinedWhenTooLate(error: unknown): undefined {
  if (!(error instanceof TooLateError)) throw error;
  return undefined;
}

/**
 * What becomes of an upload whose bytes are verified: an asset in that folder, the bytes of one that is there, or it
 * waits to be submitted.
 */
export type Acceptance =
  | { readonly as: 'ASSET'; readonly folderId: string | null }
  | { readonly as: 'REPLACEMENT' }
  | { readonly as: 'WAITS' };

/**
 * Who an upload is for. `uploads` knows how bytes arrive; its destination knows whether they still may.
 * The order of locks is: destination, upload, quota.
 */
export interface Destination {
  /**
   * Throws the refusal when the upload can no longer be accepted from its creator: a cheap look before bytes are
   * moved. PERMISSION_DENIED and NOT_FOUND say that its creator may not any more: the upload is then to end.
   */
  assertWaiting(upload: Upload, creator: Viewer): Promise<void>;
  /**
   * Takes what came of the upload, by one guarded change. Throws `TooLateError`; `assertWaiting` then says why; and
   * PERMISSION_DENIED or NOT_FOUND as that does.
   */
  accept(tx: Tx, upload: Upload, assetId: string, creator: Viewer): Promise<Acceptance>;
  /** Told first in the transaction that ends an upload without an asset, with the upload as it was seen. */
  abandon(tx: Tx, upload: Upload): Promise<void>;
}

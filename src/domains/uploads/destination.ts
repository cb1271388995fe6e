import type { Tx } from '../../core/db.js';
import type { Upload } from './upload.js';

/** The guarded change found that another won, or that time did. Rolls back; who won is looked up afterwards. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
}

/**
 * Who an upload is for. `uploads` knows how bytes arrive; its destination knows whether they still may.
 * The order of locks is: destination, upload, quota.
 */
export interface Destination {
  /** Throws the refusal when the upload can no longer be accepted: a cheap look before bytes are moved. */
  assertWaiting(upload: Upload): Promise<void>;
  /**
   * Takes what came of the upload, by one guarded change: as an asset now, or to wait with others until they are
   * submitted. Throws `TooLateError`; `assertWaiting` then says why.
   */
  accept(tx: Tx, upload: Upload, assetId: string): Promise<'ASSET' | 'WAITS'>;
  /** Told first in the transaction that ends an upload without an asset, with the upload as it was seen. */
  abandon(tx: Tx, upload: Upload): Promise<void>;
}

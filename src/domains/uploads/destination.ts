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
  /** Takes what came of the upload, by one guarded change. Throws `TooLateError`; `assertWaiting` then says why. */
  accept(tx: Tx, upload: Upload): Promise<void>;
  /** Told first in the transaction that ends an upload without an asset. */
  abandon(tx: Tx, upload: Upload): Promise<void>;
}

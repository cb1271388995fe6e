import type { Db } from '../../core/db.js';
import type { Log } from '../../core/log.js';
import { whileRenewing } from '../../core/while-renewing.js';
import { uploadEnded, type Upload } from './upload.js';
import { makeUploadStore } from './upload.store.js';

export interface HoldUploadDeps {
  db: Db;
  /** How long it outlives the process that holds it. */
  minLeaseSeconds: number;
  log: Log;
}

/** Two renewals may fail, and the upload is still held. */
const renewalsPerLease = 3;

/** Keeps an upload whose bytes come through this process: when that dies, its quota and its bytes are soon let go. */
export function makeHoldUpload({ db, minLeaseSeconds, log }: HoldUploadDeps) {
  const store = makeUploadStore(db);

  /**
   * `signal` says, with UPLOAD_NOT_FOUND, that the upload has ended meanwhile: it took too long, or somebody ended it.
   */
  return async function holdDuring<T>({ id }: Upload, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const renew = async () => {
      const held = await store.extendLease(id, minLeaseSeconds);
      if (held === undefined) ended.abort(uploadEnded());
    };
    const onFault = (error: unknown) =>
      log.warn({ error, uploadId: id }, 'an upload could not renew its lease');
    const everyMs = (minLeaseSeconds * 1000) / renewalsPerLease;
    return whileRenewing({ everyMs, renew, onFault }, () => work(ended.signal));
  };
}

import { Transform, type Readable } from 'node:stream';
import type { Db } from '../../core/db.js';
import { AppError, badInput } from '../../core/errors.js';
import type { Log } from '../../core/log.js';
import type { Viewer } from '../../core/viewer.js';
import type { Asset } from '../assets/asset.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { BeginUpload, BeginUploadInput } from './begin-upload.js';
import type { CompleteUpload } from './complete-upload.js';
import { makeHoldUpload } from './hold-upload.js';
import type { Upload } from './upload.js';
import type { Uploads } from './upload.service.js';

export interface StoreFileDeps {
  db: Db;
  objects: ObjectStore;
  uploads: Uploads;
  beginUpload: BeginUpload;
  completeUpload: CompleteUpload;
  minLeaseSeconds: number;
  /** Of a file. */
  maxSizeBytes: number;
  log: Log;
}

export type StoreFile = ReturnType<typeof makeStoreFile>;

/** A file that comes to us, for those who cannot put it to storage themselves. */
export function makeStoreFile(deps: StoreFileDeps) {
  const { objects, uploads, beginUpload, completeUpload, maxSizeBytes, log } = deps;
  const holdDuring = makeHoldUpload(deps);

  /**
   * An upload like any other, but that its bytes pass through here, as they come. `file.sizeBytes` says how many are
   * expected: so many are reserved until it is known how many came. Under the key of one that is complete, its asset is
   * the answer, and `bytes` are not read. Throws as `beginUpload` and `completeUpload`, the error of `bytes`,
   * FILE_TOO_LARGE when more come than a file may have, BAD_USER_INPUT (`file`) when none do, UPLOAD_IN_PROGRESS while
   * those of the same key are still coming, and UPLOAD_NOT_FOUND when they take too long, or the upload is ended
   * meanwhile; nothing is left then. `bytes` are destroyed in any case.
   */
  return async function storeFile(viewer: Viewer, input: BeginUploadInput, bytes: Readable): Promise<Asset> {
    const { upload, isRepeated } = await beginUpload(viewer, input, { isStreamed: true }).catch(
      (error: unknown) => {
        bytes.destroy();
        throw error;
      },
    );
    if (isRepeated) {
      bytes.destroy();
      if (upload.status === 'OPEN') throw stillComing();
      return completeUpload(viewer, upload.id);
    }
    try {
      const received = await holdDuring(upload, (signal) => receive(upload, bytes, signal));
      await uploads.noteReceived(upload, received);
      return await completeUpload(viewer, upload.id);
    } catch (error) {
      await uploads
        .endAndTell(upload, 'ABORTED')
        .catch((fault: unknown) =>
          log.warn({ error: fault, uploadId: upload.id }, 'an upload is left to the end of its lease'),
        );
      throw error;
    }
  };

  /** How many bytes there are, once storage has all of them. */
  async function receive(
    { stagingKey, mimeType }: Upload,
    bytes: Readable,
    signal: AbortSignal,
  ): Promise<number> {
    // It may have failed while the upload was begun.
    if (bytes.errored) throw bytes.errored;
    let received = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        done(received > maxSizeBytes ? tooLarge(maxSizeBytes) : null, chunk);
      },
    });
    // `pipe` hands on no errors, neither this way nor that.
    bytes.once('error', (error) => counted.destroy(error));
    counted.once('close', () => bytes.destroy());
    // Its reason is an error of ours.
    signal.addEventListener('abort', () => counted.destroy(signal.reason as AppError), { once: true });
    await objects.put({ key: stagingKey, contentType: mimeType, body: bytes.pipe(counted) });
    if (received === 0) throw badInput('file', 'The file is empty.');
    return received;
  }
}

function stillComing(): AppError {
  const message = 'A file is being sent under this idempotency key. Try again in a moment.';
  return new AppError('UPLOAD_IN_PROGRESS', message, { extensions: { retryAfterSeconds: 5 } });
}

function tooLarge(maxSizeBytes: number): AppError {
  const message = `The file has more than the ${maxSizeBytes} bytes that are accepted.`;
  return new AppError('FILE_TOO_LARGE', message, { extensions: { field: 'file.sizeBytes', maxSizeBytes } });
}

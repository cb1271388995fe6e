import { AskfileError } from './errors.js';
import { CompleteUpload } from './generated/documents.js';
import type { UploadFieldsFragment } from './generated/types.js';
import type { Execute } from './http.js';
import { pausable, type PauseSwitch } from './pause.js';
import { put, type UploadProgress } from './put.js';
import { putParts } from './put-parts.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { Asset } from './types.js';
import type { UploadSource } from './upload-source.js';

/** Completing verifies and copies the bytes; of a large file it takes more than one request. */
const COMPLETE_TIMEOUT_MS = 45_000;
const VERIFIED_BYTES_PER_MS = 10_000;

/**
 * Puts the bytes of an upload that was begun, at once or in parts, then completes it; again, where it is complete.
 * Throws as `put` and the service.
 */
export async function sendUpload(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  { id, status, request, multipart }: UploadFieldsFragment,
  source: UploadSource,
  options: {
    signal: AbortSignal;
    pause: PauseSwitch | undefined;
    onProgress: (progress: UploadProgress) => void;
  },
): Promise<Asset> {
  const { signal, pause, onProgress } = options;
  signal.throwIfAborted();
  if (status === 'COMPLETED') {
    onProgress({ sentBytes: source.sizeBytes, totalBytes: source.sizeBytes });
  } else if (multipart !== null) {
    await putParts({ execute, policy }, { id, multipart }, source, options);
  } else if (request !== null) {
    await pausable(pause, signal, (within) => put(source, request, { policy, signal: within, onProgress }));
  } else {
    throw new AskfileError('UPLOAD_NOT_FOUND', 'This upload has ended: the time for it was over.');
  }
  const completed = await retrying(
    () => execute(CompleteUpload, { uploadId: id }, { signal, timeoutMs: COMPLETE_TIMEOUT_MS }),
    { policy, signal, giveUpAfterMs: policy.giveUpAfterMs + source.sizeBytes / VERIFIED_BYTES_PER_MS },
  );
  return completed.completeUpload;
}

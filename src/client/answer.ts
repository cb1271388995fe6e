import { tiedController } from './abort.js';
import { AskfileError } from './errors.js';
import { AbortUpload, BeginPromptUpload, CompleteUpload } from './generated/documents.js';
import type { Execute } from './http.js';
import { put, type UploadProgress } from './put.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { Asset } from './types.js';
import type { UploadSource } from './upload-source.js';

/** How long an abort waits for the upload to be let go. */
const ABORT_WITHIN_MS = 5_000;
/** Completing verifies and copies the bytes. */
const COMPLETE_TIMEOUT_MS = 45_000;

/** Begin, put, complete; whatever ends it in between lets the upload go, so that the prompt can be answered anew. */
export async function answer(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  promptId: string,
  source: UploadSource,
  options: {
    description: string | undefined;
    takeOver: boolean;
    signal: AbortSignal | undefined;
    onProgress: ((progress: UploadProgress) => void) | undefined;
  },
): Promise<Asset> {
  const { description, takeOver, onProgress } = options;
  const own = tiedController(options.signal);
  // Begun is begun: the answer to a mutation on its way is awaited a little, or it could not be let go.
  const begin = tiedController(options.signal, ABORT_WITHIN_MS);
  const { signal } = own;
  const { filename, mimeType, sizeBytes } = source;
  const file = { filename, mimeType, sizeBytes, ...(description !== undefined && { description }) };
  let uploadId: string | undefined;
  try {
    const begun = await retrying(
      () => execute(BeginPromptUpload, { promptId, file, takeOver }, { signal: begin.signal }),
      { policy, signal },
    );
    const { id, request } = begun.beginPromptUpload;
    uploadId = id;
    if (request === null) {
      throw new AskfileError(
        'UNEXPECTED_RESPONSE',
        'This file needs an upload in parts, which this client cannot do.',
      );
    }
    await put(source, request, { policy, signal, onProgress: reporting });
    const completed = await retrying(
      () => execute(CompleteUpload, { uploadId: id }, { signal, timeoutMs: COMPLETE_TIMEOUT_MS }),
      { policy, signal },
    );
    return completed.completeUpload;
  } catch (error) {
    if (uploadId !== undefined) {
      const within = { signal: begin.signal, timeoutMs: ABORT_WITHIN_MS };
      await execute(AbortUpload, { uploadId }, within).catch(() => {});
    }
    signal.throwIfAborted();
    throw error;
  } finally {
    own.dispose();
    begin.dispose();
  }

  function reporting(progress: UploadProgress): void {
    try {
      onProgress?.(progress);
    } catch (error) {
      own.abort(error);
    }
  }
}

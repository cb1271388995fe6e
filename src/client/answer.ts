import { tiedController } from './abort.js';
import { AskfileError } from './errors.js';
import { AbortUpload, BeginPromptUpload, CompleteUpload, GetUpload } from './generated/documents.js';
import type { GetUploadQuery, UploadFieldsFragment } from './generated/types.js';
import type { Execute } from './http.js';
import { pausable, type PauseSwitch } from './pause.js';
import { put, type UploadProgress } from './put.js';
import { putParts } from './put-parts.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { Asset } from './types.js';
import type { UploadSource } from './upload-source.js';

/** How long an abort waits for the upload to be let go. */
const ABORT_WITHIN_MS = 5_000;
/** Completing verifies and copies the bytes; of a large file it takes more than one request. */
const COMPLETE_TIMEOUT_MS = 45_000;
const VERIFIED_BYTES_PER_MS = 10_000;

/** Begin, put, complete; whatever ends it in between lets the upload go, so that the prompt can be answered anew. */
export async function answer(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  promptId: string,
  source: UploadSource,
  options: {
    description: string | undefined;
    takeOver: boolean;
    signal: AbortSignal | undefined;
    pause: PauseSwitch | undefined;
    resume: string | undefined;
    onBegun: ((uploadId: string) => void) | undefined;
    onProgress: ((progress: UploadProgress) => void) | undefined;
  },
): Promise<Asset> {
  const { description, takeOver, pause, onBegun, onProgress } = options;
  const own = tiedController(options.signal);
  // Begun is begun: the answer to a mutation on its way is awaited a little, or it could not be let go.
  const begin = tiedController(options.signal, ABORT_WITHIN_MS);
  const { signal } = own;
  const { filename, mimeType, sizeBytes } = source;
  const file = { filename, mimeType, sizeBytes, ...(description !== undefined && { description }) };
  let uploadId: string | undefined;
  try {
    const earlier = options.resume === undefined ? null : await find(options.resume);
    if (earlier?.status === 'COMPLETED' && earlier.asset !== null) return earlier.asset;
    const upload = earlier !== null && canGoOn(earlier, source) ? earlier : await beginAnew();
    uploadId = upload.id;
    guarded(onBegun)(upload.id);
    await putAll(upload);
    const completed = await retrying(
      () => execute(CompleteUpload, { uploadId: upload.id }, { signal, timeoutMs: COMPLETE_TIMEOUT_MS }),
      { policy, signal, giveUpAfterMs: policy.giveUpAfterMs + sizeBytes / VERIFIED_BYTES_PER_MS },
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

  async function find(id: string): Promise<GetUploadQuery['upload']> {
    return (await retrying(() => execute(GetUpload, { id }, { signal }), { policy, signal })).upload;
  }

  async function beginAnew(): Promise<UploadFieldsFragment> {
    const begun = await retrying(
      () => execute(BeginPromptUpload, { promptId, file, takeOver }, { signal: begin.signal }),
      { policy, signal },
    );
    return begun.beginPromptUpload;
  }

  async function putAll({ id, request, multipart }: UploadFieldsFragment): Promise<void> {
    signal.throwIfAborted();
    const telling = guarded(onProgress);
    if (multipart !== null) {
      const parted = { id, multipart };
      return putParts({ execute, policy }, parted, source, { signal, pause, onProgress: telling });
    }
    if (request === null) {
      throw new AskfileError('UPLOAD_NOT_FOUND', 'This upload has ended: the time for it was over.');
    }
    await pausable(pause, signal, (within) =>
      put(source, request, { policy, signal: within, onProgress: telling }),
    );
  }

  /** What a listener throws ends the upload as an abort does. */
  function guarded<T>(listener: ((value: T) => void) | undefined): (value: T) => void {
    return (value) => {
      try {
        listener?.(value);
      } catch (error) {
        own.abort(error);
      }
    };
  }
}

/** Whether its bytes may still be sent, and are those of this file, as far as can be told. */
function canGoOn(upload: NonNullable<GetUploadQuery['upload']>, source: UploadSource): boolean {
  const isSameFile = upload.filename === source.filename && upload.sizeBytes === source.sizeBytes;
  return upload.status === 'OPEN' && isSameFile && (upload.multipart ?? upload.request) !== null;
}

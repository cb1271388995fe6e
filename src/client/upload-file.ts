import { abortingOnThrow, tiedController } from './abort.js';
import { canGoOn, findAsset, findEarlier, isAtPlace, type EarlierUpload } from './earlier-upload.js';
import { AskfileError } from './errors.js';
import { AbortUpload, BeginUpload } from './generated/documents.js';
import type { BeginUploadMutationVariables, UploadFieldsFragment } from './generated/types.js';
import type { Execute } from './http.js';
import { newIdempotencyKey } from './idempotency-key.js';
import type { PauseSwitch } from './pause.js';
import type { UploadProgress } from './put.js';
import { isTransient, retrying, undo, UNDO_WITHIN_MS, type RetryPolicy } from './retry.js';
import { sendUpload } from './send-upload.js';
import type { Asset } from './types.js';
import { toUploadSource, type UploadSource } from './upload-source.js';

export interface UploadFileOptions {
  /** By default where the asset is that is replaced, or the organization's Default space. */
  readonly spaceId?: string;
  readonly folderId?: string;
  /** Replaces this asset's bytes once the new ones are found clean; its id, URN and folder stay. */
  readonly replaceAssetId?: string;
  /** Instead of the file's own name; required for a Blob, which has none. */
  readonly filename?: string;
  /** Kept with the asset. */
  readonly description?: string;
  /** What it throws ends the upload as an abort does. */
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Stops and goes on with the sending. A pause keeps an upload in parts alive, and any other for its own time. */
  readonly pause?: PauseSwitch;
  /** Told the upload's id once it has begun: kept, it is what `resume` wants after a reload or a restart. */
  readonly onBegun?: (uploadId: string) => void;
  /**
   * Goes on with an upload to the same place that was begun in the same session and cut off: only parts that have not
   * arrived are sent. The file must be the same, unchanged. An upload that has ended without a file, or is of another
   * place (space, folder, replaced asset, execution), is begun anew; one of a file with another name or size is let go
   * first. One that is complete resolves with its asset.
   */
  readonly resume?: string | undefined;
  /**
   * When storage or the service is not reached, the upload is kept for `resume` as long as the service allows. By
   * default it is let go, and what it had reserved is free at once.
   */
  readonly keepWhenCutOff?: boolean;
  readonly signal?: AbortSignal;
}

export interface StoreOptions extends Omit<UploadFileOptions, 'replaceAssetId'> {
  /** A File or Blob, or a source from `askfile/client/node`. */
  readonly file: Blob | UploadSource;
  /** The execution that generated the file. */
  readonly executionId: string;
  /** An agent of the organization; an agent's own by default. */
  readonly agentUrn?: string;
  /** Such as elevenlabs or fal. */
  readonly provider?: string;
  /** Model, prompt, cost and the like; 16 KiB at most as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

type Execution = NonNullable<BeginUploadMutationVariables['input']['execution']>;

/** Files that go straight into a space: begin, put, complete; whatever ends it in between lets the upload go. */
export function makeUploadFile({
  execute,
  policy,
  fetch,
}: {
  execute: Execute;
  policy: RetryPolicy;
  fetch: typeof globalThis.fetch | undefined;
}) {
  async function uploadFile(
    given: Blob | UploadSource,
    options: UploadFileOptions,
    execution?: Execution,
  ): Promise<Asset> {
    options.signal?.throwIfAborted();
    const { spaceId, folderId, replaceAssetId, description, pause, resume } = options;
    const source = toUploadSource(given, options.filename, fetch);
    const own = tiedController(options.signal);
    // Begun is begun: the answer to a mutation on its way is awaited a little, or it could not be let go.
    const begin = tiedController(options.signal, UNDO_WITHIN_MS);
    const { signal } = own;
    const { filename, mimeType, sizeBytes } = source;
    const file = { filename, mimeType, sizeBytes, description };
    // The answer to a begin may be lost: sent again, it is the same upload.
    const idempotencyKey = newIdempotencyKey();
    const input = { file, spaceId, folderId, replaceAssetId, execution, idempotencyKey };
    const onBegun = abortingOnThrow(own.abort, options.onBegun);
    const onProgress = abortingOnThrow(own.abort, options.onProgress);
    let uploadId = resume;
    try {
      const earlier = await findEarlier({ execute, policy }, resume, isAtPlace(input), signal);
      // Of another place it may be going on there: it is not ours to let go.
      uploadId = earlier?.id;
      const stored = findAsset(earlier, source);
      if (stored !== null) return stored;
      const upload = earlier !== null && canGoOn(earlier, source) ? earlier : await beginAnew(earlier);
      uploadId = upload.id;
      onBegun(upload.id);
      return await sendUpload({ execute, policy }, upload, source, { signal, pause, onProgress });
    } catch (error) {
      const isKept = (options.keepWhenCutOff ?? false) && !signal.aborted && isCutOff(error);
      if (uploadId !== undefined && !isKept) {
        const { signal } = begin;
        const begun = uploadId;
        const letGo = () => execute(AbortUpload, { uploadId: begun }, { signal, timeoutMs: UNDO_WITHIN_MS });
        await undo(letGo, { policy, signal });
      }
      signal.throwIfAborted();
      throw error;
    } finally {
      own.dispose();
      begin.dispose();
    }

    /** What will not be gone on with gives back what it had reserved: there may be no room for both. */
    async function beginAnew(earlier: EarlierUpload | null): Promise<UploadFieldsFragment> {
      if (earlier?.status === 'OPEN') {
        const letGo = () => execute(AbortUpload, { uploadId: earlier.id }, { signal });
        // Its lease ends it where nothing else does.
        await retrying(letGo, { policy, signal }).catch(() => signal.throwIfAborted());
      }
      const ask = () => execute(BeginUpload, { input }, { signal: begin.signal });
      return (await retrying(ask, { policy, signal })).beginUpload;
    }
  }

  return {
    /**
     * A file for a space: the bytes go straight to object storage, large ones in parts, four at once. Resolves with
     * the asset once the service has verified it (its scan may be pending); with `replaceAssetId`, with that asset as
     * it still is.
     *
     * Throws `AskfileError`: PERMISSION_DENIED, NOT_FOUND, FILE_TOO_LARGE, UPLOAD_MISMATCH, QUOTA_EXCEEDED,
     * UPLOAD_FAILED (storage refused, or was not reached in five attempts), …; or the signal's reason, after the upload
     * was let go as well as possible (5 seconds at most).
     */
    upload: (file: Blob | UploadSource, options: UploadFileOptions = {}): Promise<Asset> =>
      uploadFile(file, options),

    /** The same for media that an agent's execution generated. Throws BAD_USER_INPUT too, for what is said of it. */
    store: ({ file, executionId, agentUrn, provider, metadata, ...options }: StoreOptions): Promise<Asset> =>
      uploadFile(file, options, { executionId, agentUrn, provider, metadata }),
  };
}

/** Whether it failed on the way, so that the same may go on later. */
function isCutOff(error: unknown): boolean {
  if (isTransient(error)) return true;
  if (!(error instanceof AskfileError) || error.code !== 'UPLOAD_FAILED') return false;
  const { status } = error.extensions;
  return typeof status !== 'number' || status >= 500;
}

import { tiedController } from './abort.js';
import { AskfileError } from './errors.js';
import {
  CreateDownloadUrl,
  DeleteAssets,
  GetAsset,
  PurgeAsset,
  RestoreAsset,
} from './generated/documents.js';
import type { Execute } from './http.js';
import { listAssets, type ListAssetsOptions } from './list-assets.js';
import { isTransient, retrying, type RetryPolicy } from './retry.js';
import type { Asset, ContentDisposition, DownloadUrl } from './types.js';
import { makeUploadFile } from './upload-file.js';

export interface DownloadUrlOptions {
  /** Default 300, at most 3600. */
  readonly ttlSeconds?: number;
  readonly disposition?: ContentDisposition;
  /** How long to wait while the scan is pending before SCAN_PENDING is thrown; default 60, 0 not at all. */
  readonly waitForScanSeconds?: number;
  readonly signal?: AbortSignal;
}

/** What the two clients offer of `assets`. */
export function makeAssets({
  execute,
  policy,
  fetch: fetchGiven,
}: {
  execute: Execute;
  policy: RetryPolicy;
  fetch: typeof fetch | undefined;
}) {
  return {
    ...makeUploadFile({ execute, policy, fetch: fetchGiven }),

    /**
     * The assets of the spaces that the caller may read, or, with `userId` or `agentUrn`, those of a memory; newest
     * first unless asked otherwise. Each page is fetched when the one before has been walked through. Throws
     * `AskfileError` while iterating (NOT_FOUND, PERMISSION_DENIED, BAD_USER_INPUT, …), or the signal's reason.
     */
    list: (options: ListAssetsOptions = {}) => listAssets({ execute, policy }, options),

    /** By id, or by URN. undefined when there is none that the caller may see. Throws `AskfileError`. */
    async get(idOrUrn: string, { signal }: { signal?: AbortSignal } = {}): Promise<Asset | undefined> {
      const variables = idOrUrn.includes(':') ? { urn: idOrUrn } : { id: idOrUrn };
      const { asset } = await retrying(() => execute(GetAsset, variables, { signal }), { policy, signal });
      return asset ?? undefined;
    },

    /**
     * A URL that works for one GET within `ttlSeconds`. Asking again gives a fresh one.
     * Throws `AskfileError`: NOT_FOUND, SCAN_PENDING (not scanned within `waitForScanSeconds`), SCAN_BLOCKED,
     * ASSET_BYTES_GONE, …; or the signal's reason.
     */
    getDownloadUrl,

    /** The same by another name. */
    getSignedUrl: getDownloadUrl,

    /**
     * Streams the bytes into `to`, which is closed at their end and aborted when it fails. In Node,
     * `Writable.toWeb(createWriteStream(path))` makes a file one. Throws as `getDownloadUrl`, DOWNLOAD_FAILED when
     * the bytes did not come whole, or the signal's reason. What was written before a failure is incomplete.
     */
    async download(
      assetId: string,
      to: WritableStream<Uint8Array>,
      options: Pick<DownloadUrlOptions, 'waitForScanSeconds' | 'signal'> = {},
    ): Promise<void> {
      const { signal } = options;
      const own = tiedController(signal);
      try {
        const { url } = await getDownloadUrl(assetId, options);
        // Looked up on each call, so that a page may replace the global one later (tracing, tests).
        const response = await (fetchGiven ?? fetch)(url, { signal: own.signal });
        if (!response.ok || response.body === null) {
          throw new AskfileError('DOWNLOAD_FAILED', `The download was answered with ${response.status}.`, {
            extensions: { status: response.status },
          });
        }
        await response.body.pipeTo(to, { signal: own.signal });
      } catch (cause) {
        // Does nothing where piping has ended it already.
        await to.abort(cause).catch(() => undefined);
        signal?.throwIfAborted();
        if (cause instanceof AskfileError) throw cause;
        throw new AskfileError('DOWNLOAD_FAILED', 'The download was cut short.', { cause });
      } finally {
        own.dispose();
      }
    },

    /**
     * Into the trash, one or up to 100, all of them or none; resolves with them, in the order asked. Restorable until
     * their `restorableUntil`. Throws `AskfileError` (NOT_FOUND, …), or the signal's reason.
     */
    async delete(
      ids: string | readonly string[],
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<readonly Asset[]> {
      const variables = { ids: typeof ids === 'string' ? [ids] : ids };
      return (await retrying(() => execute(DeleteAssets, variables, { signal }), { policy, signal }))
        .deleteAssets;
    },

    /** Out of the trash. Throws `AskfileError`: ASSET_BYTES_GONE when it is too late, NOT_FOUND, …; or the signal's reason. */
    async restore(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<Asset> {
      return (await retrying(() => execute(RestoreAsset, { id }, { signal }), { policy, signal }))
        .restoreAsset;
    },

    /** Now and for good, from the trash or not. Throws `AskfileError` (NOT_FOUND, …), or the signal's reason. */
    async purge(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
      await retrying(() => execute(PurgeAsset, { id }, { signal }), { policy, signal });
    },
  };

  async function getDownloadUrl(assetId: string, options: DownloadUrlOptions = {}): Promise<DownloadUrl> {
    const { waitForScanSeconds = 60, signal, ...rest } = options;
    const isRetryable = (error: unknown) =>
      isTransient(error) || (error instanceof AskfileError && error.code === 'SCAN_PENDING');
    const { createDownloadUrl } = await retrying(
      () => execute(CreateDownloadUrl, { assetId, ...rest }, { signal }),
      waitForScanSeconds > 0
        ? {
            policy: { ...policy, maxDelayMs: 2_000 },
            giveUpAfterMs: waitForScanSeconds * 1000,
            signal,
            isRetryable,
          }
        : { policy, signal },
    );
    return createDownloadUrl;
  }
}

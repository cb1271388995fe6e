import type { Readable } from 'node:stream';

/** A request that anybody may make once, as given: method, URL and every header, to the letter. */
export interface PresignedRequest {
  readonly method: 'PUT' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export interface StoredObject {
  readonly sizeBytes: number;
  readonly contentType: string;
  /** As storage gives it, quotes included. */
  readonly etag: string;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

/** The object that was to be copied or read is no longer the one that was looked at. */
export class ObjectChangedError extends Error {
  override readonly name = 'ObjectChangedError';
}

/**
 * One bucket of an S3-compatible store.
 * Every method throws `AppError('STORAGE_UNAVAILABLE')` when storage is down, slow or refuses us; requests
 * carry timeouts and few retries. Proven by `tests/contracts/object-store.contract.ts` on every store we run on.
 */
export interface ObjectStore {
  /**
   * Pins `content-type` and `content-length` (and `x-amz-checksum-sha256` when a hash is given): storage itself
   * refuses another length or type. Signed for the endpoint that browsers see, with the upload credential
   * where there is one. `sha256` is hex.
   */
  presignPut(input: {
    key: string;
    contentType: string;
    sizeBytes: number;
    sha256?: string;
    expiresInSeconds: number;
  }): Promise<PresignedRequest>;
  /** Forces type and disposition on storage's answer. */
  presignGet(input: {
    key: string;
    contentType: string;
    contentDisposition: string;
    expiresInSeconds: number;
  }): Promise<PresignedRequest>;
  /** undefined when there is no such object. */
  head(key: string): Promise<StoredObject | undefined>;
  /**
   * Streams the object, or `byteCount` bytes from its start. Throws `ObjectChangedError` when `etag` is given and
   * no longer matches, undefined-safe: throws `AppError('ASSET_BYTES_GONE')` when there is no such object.
   * The stream errors when it is cut short of what storage promised; destroying it ends the request.
   */
  read(key: string, options?: { byteCount?: number; etag?: string }): Promise<Readable>;
  /**
   * Server-side copy on the condition that the source still has `etag`; storage that ignores the condition is
   * caught by comparing the copy's ETag afterwards (the copy is then deleted). Throws `ObjectChangedError` when
   * the source differs, `AppError('UPLOAD_NOT_FOUND')` when it is gone. Resolves with the copy as storage has it.
   */
  copy(input: { from: string; to: string; etag: string; contentType: string }): Promise<StoredObject>;
  /** Idempotent: deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
  /** Every object whose key starts with `prefix`, in key order, page by page. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Resolves when the bucket answers. For readiness. */
  ping(): Promise<void>;
  close(): void;
}

import type { Readable } from 'node:stream';

/**
 * A request that whoever holds it may make until `expiresAt`, as given: method, URL and every header, to the letter.
 * `headers` are those that the client must set. `content-length` is never among them: it is pinned as well, but HTTP
 * stacks set it themselves from the body, and browsers forbid scripts to. A client that streams a body of unknown
 * length must set it, for a chunked one is refused.
 */
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
 * One bucket of an S3-compatible store. Keys are UTF-8 without control characters and without `.` or `..` between
 * slashes, which URLs would resolve away.
 * Every method throws `AppError('STORAGE_UNAVAILABLE')` when storage is down, slow or refuses us; requests
 * carry timeouts and few retries. Proven by `tests/contracts/object-store.contract.ts` on every store we run on.
 */
export interface ObjectStore {
  /**
   * Pins `content-type` and `content-length` (and `x-amz-checksum-sha256` when a hash is given): storage itself
   * refuses another length or type, and nothing is stored then. Bytes of another hash are refused by storage, or,
   * where it does not look (radosgw), told by the service, which hashes what was stored. Signed for the endpoint that
   * browsers see, with the upload credential where there is one. `sha256` is hex.
   */
  presignPut(input: {
    key: string;
    contentType: string;
    sizeBytes: number;
    sha256?: string;
    expiresInSeconds: number;
  }): Promise<PresignedRequest>;
  /** Forces type, disposition and `cache-control: private, no-store` on storage's answer. For GET alone, not HEAD. */
  presignGet(input: {
    key: string;
    contentType: string;
    contentDisposition: string;
    expiresInSeconds: number;
  }): Promise<PresignedRequest>;
  /** undefined when there is no such object, in a bucket that answers: a missing bucket is an outage. */
  head(key: string): Promise<StoredObject | undefined>;
  /**
   * Streams the object, or its first `byteCount` (at least 1) bytes. Throws `ObjectChangedError` when `etag` is given
   * and no longer matches, `AppError('ASSET_BYTES_GONE')` when there is no such object.
   * The stream errors with `AppError('STORAGE_UNAVAILABLE')` when it is cut short of what storage promised or stays
   * silent while it is read; a reader that pauses is waited for. Destroying it ends the request.
   */
  read(key: string, options?: { byteCount?: number; etag?: string }): Promise<Readable>;
  /**
   * Server-side copy on the condition that the source still has `etag`; storage that ignores the condition is
   * caught by comparing the copy's ETag afterwards (the copy is then deleted). No header of the source goes with it:
   * only the type given here. Throws `ObjectChangedError` when the source differs, `AppError('UPLOAD_NOT_FOUND')` when
   * it is gone. Resolves with the copy as storage has it.
   */
  copy(input: { from: string; to: string; etag: string; contentType: string }): Promise<StoredObject>;
  /** Idempotent: deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
  /** Every object whose key starts with `prefix`, in the order of their keys' UTF-8 bytes, page by page. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Resolves when the bucket answers. For readiness. */
  ping(): Promise<void>;
  /** Cuts what is in flight. */
  close(): void;
}

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

/** An upload in parts that is under way at storage. Its object appears when it is completed. */
export interface MultipartUpload {
  readonly key: string;
  /** Storage's own. */
  readonly multipartId: string;
}

export interface StoredPart {
  /** From 1. */
  readonly partNumber: number;
  readonly sizeBytes: number;
  /** As storage gives it, quotes included. */
  readonly etag: string;
}

export interface ListedMultipartUpload extends MultipartUpload {
  readonly begunAt: Date;
}

/** The object or part that was to be copied or read is no longer the one that was looked at. */
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
  /**
   * Stores all of `body`, however long, as it comes: some MiB of it are in memory at once. Throws the body's own error
   * when that fails, and STORAGE_UNAVAILABLE; nothing is stored then. The body is destroyed in any case.
   */
  put(input: { key: string; contentType: string; body: Readable }): Promise<void>;
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
   * only the type given here. Of any size: what is too large for one copy is copied in parts. Throws
   * `ObjectChangedError` when the source differs, `AppError('UPLOAD_NOT_FOUND')` when it is gone. Resolves with the
   * copy as storage has it.
   */
  copy(input: { from: string; to: string; etag: string; contentType: string }): Promise<StoredObject>;
  /** Begins an upload in parts, each of which is put by a request of `presignPart`. Resolves with storage's id of it. */
  createMultipart(input: { key: string; contentType: string }): Promise<string>;
  /**
   * Pins `content-length`: storage refuses a part of another length. Putting a part again replaces it. Signed as
   * `presignPut` is. Parts are 5 MiB to 5 GiB, the last one may be smaller; their numbers are 1 to 10,000.
   */
  presignPart(
    input: MultipartUpload & { partNumber: number; sizeBytes: number; expiresInSeconds: number },
  ): Promise<PresignedRequest>;
  /** Every part that has arrived whole, by number; undefined once the upload was completed or aborted. */
  listParts(upload: MultipartUpload): Promise<StoredPart[] | undefined>;
  /**
   * Joins these parts, ordered by number, into the object. Asked again after it was done, it succeeds as long as
   * the object is there. Throws `ObjectChangedError` when a part is no longer the given one, and
   * `AppError('UPLOAD_NOT_FOUND')` when there is neither the upload nor its object.
   */
  completeMultipart(upload: MultipartUpload, parts: readonly StoredPart[]): Promise<void>;
  /** Ends it and deletes its parts. Idempotent; a part that is on its way may need it to be called again. */
  abortMultipart(upload: MultipartUpload): Promise<void>;
  /** Every upload in parts under way whose key starts with `prefix`, page by page. */
  listMultipartUploads(prefix: string): AsyncIterable<ListedMultipartUpload>;
  /** Idempotent: deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
  /** Every object whose key starts with `prefix`, in the order of their keys' UTF-8 bytes, page by page. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Resolves when the bucket answers. For readiness. */
  ping(): Promise<void>;
  /** Cuts what is in flight. */
  close(): void;
}

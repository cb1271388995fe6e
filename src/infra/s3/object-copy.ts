import { CopyObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../../core/errors.js';
import { ObjectChangedError } from '../../domains/storage/object-store.js';
import type { ObjectStore } from '../../domains/storage/object-store.js';
import { withDeadline } from './deadline.js';
import { encodeKey, encodeText } from './urls.js';
import { StorageFault, isFailedCondition, isMissingObject, toFault, unavailable } from './fault.js';
import type { PartCopyInput } from './part-copy.js';

export interface CopyDeps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly head: ObjectStore['head'];
  readonly remove: ObjectStore['delete'];
  readonly copyInParts: (input: PartCopyInput) => Promise<void>;
  /** What is larger is copied in parts; S3 itself takes 5 GiB at once. */
  readonly maxSingleCopyBytes: number;
  readonly copyTimeoutMs: number;
}

interface CopyRequest {
  readonly from: string;
  readonly to: string;
  readonly etag: string;
  readonly contentType: string;
}

/** `ObjectStore.copy`, on stores that keep its condition and on those that ignore it. */
export function makeCopy(deps: CopyDeps): ObjectStore['copy'] {
  const { client, bucket, head, remove, copyInParts, maxSingleCopyBytes, copyTimeoutMs } = deps;

  return async function copy(input) {
    const { from, to, etag } = input;
    const sizeBytes = isOfParts(etag) ? await measure(from, etag) : 0;
    const isHash = await requestCopy(input, sizeBytes).catch((error: unknown) => {
      throw translate(error);
    });
    const stored = await head(to);
    if (stored === undefined) throw unavailable(new StorageFault('CopyObject', 'CopyMissing', 0));
    const isSame = isHash
      ? bare(stored.etag) === bare(etag)
      : await isUnchanged(from, etag, stored.sizeBytes);
    if (isSame) return stored;
    await remove(to);
    throw changed();
  };

  /** Resolves with whether the copy's ETag says of its bytes what the source's said. */
  async function requestCopy(input: CopyRequest, sizeBytes: number): Promise<boolean> {
    const { from, to, etag, contentType } = input;
    const source = `${encodeText(bucket)}/${encodeKey(from)}`;
    if (sizeBytes > maxSingleCopyBytes) {
      await copyInParts({ source, to, etag, sizeBytes, contentType });
      return false;
    }
    const answer = await withDeadline('CopyObject', copyTimeoutMs, (abortSignal) =>
      client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: to,
          CopySource: source,
          CopySourceIfMatch: etag,
          MetadataDirective: 'REPLACE',
          ContentType: contentType,
        }),
        { abortSignal },
      ),
    );
    // Copies of what was put in parts, or what a KMS key encrypts, have ETags of their own.
    return /^[0-9a-f]{32}$/.test(bare(etag)) && !answer.ServerSideEncryption?.startsWith('aws:kms');
  }

  /** Only what was put in parts can be too large for one copy. */
  async function measure(from: string, etag: string): Promise<number> {
    const source = await head(from);
    if (source === undefined) throw gone();
    if (bare(source.etag) !== bare(etag)) throw changed();
    return source.sizeBytes;
  }

  /** No URL that overwrites a multipart object was ever handed out: that it still is there is proof enough. */
  async function isUnchanged(from: string, etag: string, copiedBytes: number): Promise<boolean> {
    const source = await head(from);
    return source !== undefined && bare(source.etag) === bare(etag) && source.sizeBytes === copiedBytes;
  }
}

function translate(error: unknown): Error {
  // Of an upload in parts: translated already.
  if (error instanceof AppError || error instanceof ObjectChangedError) return error;
  const fault = toFault('CopyObject', error);
  if (isFailedCondition(fault)) return changed(fault);
  return isMissingObject(fault) ? gone(fault) : unavailable(fault);
}

function changed(cause?: StorageFault): ObjectChangedError {
  return new ObjectChangedError('The stored object changed before it was copied.', { cause });
}

function gone(cause?: StorageFault): AppError {
  return new AppError('UPLOAD_NOT_FOUND', 'No bytes were stored for this upload.', { cause });
}

/** `…-12`: such an ETag is no hash of the bytes, and a copy has another one. */
function isOfParts(etag: string): boolean {
  return /-\d+$/.test(bare(etag));
}

function bare(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

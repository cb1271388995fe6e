import { CopyObjectCommand } from '@aws-sdk/client-s3';
import type { CopyObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../../core/errors.js';
import { ObjectChangedError } from '../../domains/storage/object-store.js';
import type { ObjectStore } from '../../domains/storage/object-store.js';
import { withDeadline } from './deadline.js';
import { encodeKey, encodeText } from './urls.js';
import { StorageFault, isFailedCondition, isMissingObject, toFault, unavailable } from './fault.js';

export interface CopyDeps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly head: ObjectStore['head'];
  readonly remove: ObjectStore['delete'];
  readonly copyTimeoutMs: number;
}

/** `ObjectStore.copy`, on stores that keep its condition and on those that ignore it. */
export function makeCopy({ client, bucket, head, remove, copyTimeoutMs }: CopyDeps): ObjectStore['copy'] {
  return async function copy({ from, to, etag, contentType }) {
    const answer = await requestCopy(from, to, etag, contentType);
    const stored = await head(to);
    if (stored === undefined) throw unavailable(new StorageFault('CopyObject', 'CopyMissing', 0));
    const isSame = isContentHash(etag, answer)
      ? bare(stored.etag) === bare(etag)
      : await isUnchanged(from, etag, stored.sizeBytes);
    if (isSame) return stored;
    await remove(to);
    throw new ObjectChangedError('The stored object changed before it was copied.');
  };

  async function requestCopy(from: string, to: string, etag: string, contentType: string) {
    try {
      return await withDeadline('CopyObject', copyTimeoutMs, (abortSignal) =>
        client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: to,
            CopySource: `${encodeText(bucket)}/${encodeKey(from)}`,
            CopySourceIfMatch: etag,
            MetadataDirective: 'REPLACE',
            ContentType: contentType,
          }),
          { abortSignal },
        ),
      );
    } catch (error) {
      const fault = toFault('CopyObject', error);
      if (isFailedCondition(fault)) {
        throw new ObjectChangedError('The stored object changed before it was copied.', { cause: fault });
      }
      if (isMissingObject(fault)) {
        throw new AppError('UPLOAD_NOT_FOUND', 'No bytes were stored for this upload.', { cause: fault });
      }
      throw unavailable(fault);
    }
  }

  /** No URL that overwrites a multipart object was ever handed out: that it still is there is proof enough. */
  async function isUnchanged(from: string, etag: string, copiedBytes: number): Promise<boolean> {
    const source = await head(from);
    return source !== undefined && bare(source.etag) === bare(etag) && source.sizeBytes === copiedBytes;
  }
}

/** Copies of multipart objects (`…-12`) and of what a KMS key encrypts have ETags of their own. */
function isContentHash(etag: string, answer: CopyObjectCommandOutput): boolean {
  return /^[0-9a-f]{32}$/.test(bare(etag)) && !answer.ServerSideEncryption?.startsWith('aws:kms');
}

function bare(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

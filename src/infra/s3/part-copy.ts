import { UploadPartCopyCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { MultipartUpload, ObjectStore, StoredPart } from '../../domains/storage/object-store.js';
import { withDeadline } from './deadline.js';
import { StorageFault } from './fault.js';

export interface PartCopyDeps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly multipart: Pick<ObjectStore, 'createMultipart' | 'completeMultipart' | 'abortMultipart'>;
  /** 5 MiB to 5 GiB. */
  readonly copyPartBytes: number;
  readonly copyTimeoutMs: number;
}

export interface PartCopyInput {
  /** Encoded, with its bucket. */
  readonly source: string;
  readonly to: string;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly contentType: string;
}

const maxParts = 10_000;
const partsAtOnce = 4;

/** Copies part by part, each on the condition that the source has `etag`. Throws as the SDK does. */
export function makePartCopy(deps: PartCopyDeps): (input: PartCopyInput) => Promise<void> {
  const { client, bucket, multipart, copyTimeoutMs } = deps;

  return async function copyInParts({ source, to, etag, sizeBytes, contentType }) {
    const partBytes = Math.max(deps.copyPartBytes, Math.ceil(sizeBytes / maxParts));
    const multipartId = await multipart.createMultipart({ key: to, contentType });
    const target = { key: to, multipartId };
    const parts: StoredPart[] = [];
    let copiedTo = 0;
    let isFailed = false;

    const copyNext = async (): Promise<void> => {
      while (copiedTo < sizeBytes && !isFailed) {
        const start = copiedTo;
        const end = Math.min(start + partBytes, sizeBytes);
        copiedTo = end;
        parts.push(await copyPart(target, { source, etag, partNumber: start / partBytes + 1, start, end }));
      }
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: partsAtOnce }, () =>
        copyNext().catch((error: unknown) => {
          isFailed = true;
          throw error;
        }),
      ),
    );
    try {
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      await multipart.completeMultipart(
        target,
        parts.sort((a, b) => a.partNumber - b.partNumber),
      );
    } catch (error) {
      // Parts that stay behind are swept; what went wrong is worth more than that this did too.
      await multipart.abortMultipart(target).catch(() => undefined);
      throw error;
    }
  };

  async function copyPart(
    { key, multipartId }: MultipartUpload,
    part: { source: string; etag: string; partNumber: number; start: number; end: number },
  ): Promise<StoredPart> {
    const { partNumber, start, end } = part;
    const { CopyPartResult } = await withDeadline('UploadPartCopy', copyTimeoutMs, (abortSignal) =>
      client.send(
        new UploadPartCopyCommand({
          Bucket: bucket,
          Key: key,
          UploadId: multipartId,
          PartNumber: partNumber,
          CopySource: part.source,
          CopySourceIfMatch: part.etag,
          CopySourceRange: `bytes=${start}-${end - 1}`,
        }),
        { abortSignal },
      ),
    );
    if (!CopyPartResult?.ETag) throw new StorageFault('UploadPartCopy', 'IncompleteAnswer', 0);
    return { partNumber, sizeBytes: end - start, etag: CopyPartResult.ETag };
  }
}

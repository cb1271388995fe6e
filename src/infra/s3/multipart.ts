import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import type { ListPartsCommandOutput, Part, S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../../core/errors.js';
import { ObjectChangedError } from '../../domains/storage/object-store.js';
import type { MultipartUpload, ObjectStore, StoredPart } from '../../domains/storage/object-store.js';
import { withDeadline } from './deadline.js';
import { StorageFault, isMissingObject, toFault, unavailable } from './fault.js';

export interface MultipartDeps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly head: ObjectStore['head'];
  readonly requestTimeoutMs: number;
  /** Until parts are joined: storage may need minutes for thousands. */
  readonly completeTimeoutMs: number;
}

type Multipart = Pick<ObjectStore, 'createMultipart' | 'listParts' | 'completeMultipart' | 'abortMultipart'>;

/** What `ObjectStore` says of uploads in parts, but for signing and listing them. */
export function makeMultipart(deps: MultipartDeps): Multipart {
  const { client, bucket: Bucket, head, requestTimeoutMs, completeTimeoutMs } = deps;

  async function getPage({ key, multipartId }: MultipartUpload, marker: string | undefined) {
    const from = marker === undefined ? {} : { PartNumberMarker: marker };
    const page = await withDeadline('ListParts', requestTimeoutMs, (abortSignal) =>
      client.send(new ListPartsCommand({ Bucket, Key: key, UploadId: multipartId, ...from }), {
        abortSignal,
      }),
    );
    // Taken for an empty or last page, it would make parts look missing that have arrived.
    if (!isWhole(page)) throw new StorageFault('ListParts', 'IncompleteAnswer', 0);
    return {
      parts: (page.Parts ?? []).map(toStoredPart),
      next: page.IsTruncated === true ? page.NextPartNumberMarker : undefined,
    };
  }

  async function listParts(upload: MultipartUpload): Promise<StoredPart[] | undefined> {
    const parts: StoredPart[] = [];
    try {
      let marker: string | undefined;
      do {
        const page = await getPage(upload, marker);
        parts.push(...page.parts);
        marker = page.next;
      } while (marker !== undefined);
      return parts;
    } catch (error) {
      const fault = toFault('ListParts', error);
      if (isMissingObject(fault)) return undefined;
      throw unavailable(fault);
    }
  }

  return {
    async createMultipart({ key, contentType }) {
      try {
        const { UploadId } = await withDeadline('CreateMultipartUpload', requestTimeoutMs, (abortSignal) =>
          client.send(new CreateMultipartUploadCommand({ Bucket, Key: key, ContentType: contentType }), {
            abortSignal,
          }),
        );
        if (!UploadId) throw new StorageFault('CreateMultipartUpload', 'IncompleteAnswer', 0);
        return UploadId;
      } catch (error) {
        throw unavailable(toFault('CreateMultipartUpload', error));
      }
    },

    listParts,

    async completeMultipart({ key, multipartId }, parts) {
      const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
      try {
        await withDeadline('CompleteMultipartUpload', completeTimeoutMs, (abortSignal) =>
          client.send(
            new CompleteMultipartUploadCommand({
              Bucket,
              Key: key,
              UploadId: multipartId,
              MultipartUpload: { Parts },
            }),
            { abortSignal },
          ),
        );
      } catch (error) {
        const fault = toFault('CompleteMultipartUpload', error);
        if (fault.reason === 'InvalidPart') {
          throw new ObjectChangedError('A part changed before the parts were joined.', { cause: fault });
        }
        if (fault.httpStatus === 0) throw unavailable(fault);
        // What was done before, or aborted, is answered by 404, and by radosgw 16.2 with 500: storage's state tells.
        if ((await head(key)) !== undefined) return;
        if ((await listParts({ key, multipartId })) !== undefined) throw unavailable(fault);
        throw new AppError('UPLOAD_NOT_FOUND', 'This upload in parts has ended.', { cause: fault });
      }
    },

    async abortMultipart({ key, multipartId }) {
      try {
        await withDeadline('AbortMultipartUpload', requestTimeoutMs, (abortSignal) =>
          client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: multipartId }), {
            abortSignal,
          }),
        );
      } catch (error) {
        const fault = toFault('AbortMultipartUpload', error);
        if (!isMissingObject(fault)) throw unavailable(fault);
      }
    },
  };
}

function isWhole(page: ListPartsCommandOutput): boolean {
  return (
    page.UploadId !== undefined && (page.IsTruncated !== true || page.NextPartNumberMarker !== undefined)
  );
}

function toStoredPart({ PartNumber, Size, ETag }: Part): StoredPart {
  if (PartNumber === undefined || Size === undefined || ETag === undefined) {
    throw new StorageFault('ListParts', 'IncompleteAnswer', 0);
  }
  return { partNumber: PartNumber, sizeBytes: Size, etag: ETag };
}

import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { StorageConfig } from '../../config.js';
import { AppError } from '../../core/errors.js';
import { ObjectChangedError } from '../../domains/storage/object-store.js';
import type { ObjectStore, StoredObject } from '../../domains/storage/object-store.js';
import { makeS3Client } from './client.js';
import { withDeadline } from './deadline.js';
import {
  StorageFault,
  isEmptyRange,
  isFailedCondition,
  isMissingObject,
  toFault,
  unavailable,
} from './fault.js';
import { makeMultipart } from './multipart.js';
import { makeMultipartList } from './multipart-list.js';
import { makeCopy } from './object-copy.js';
import { makeList } from './object-list.js';
import { makeObjectStream } from './object-stream.js';
import { makePartCopy } from './part-copy.js';
import { makePresigner } from './presigner.js';

export interface S3ObjectStoreOptions {
  /** Until a connection stands, each attempt. */
  connectTimeoutMs?: number;
  /** Until a small call is answered whole, or a read begins to stream; with all retries. */
  requestTimeoutMs?: number;
  /** Until a copy, one of its parts, or the joining of parts is done: storage may need a minute for gigabytes. */
  copyTimeoutMs?: number;
  /** What is larger is copied in parts; S3 copies 5 GiB at once. */
  maxSingleCopyBytes?: number;
  /** At least 5 MiB. */
  copyPartBytes?: number;
  /** Silence in the middle of a read. */
  idleTimeoutMs?: number;
  /** Signs URLs; storage compares with its own clock. */
  now?: () => Date;
}

/** The `ObjectStore` on any S3-compatible server. Opens no connection before its first request. */
export function makeS3ObjectStore(config: StorageConfig, options: S3ObjectStoreOptions = {}): ObjectStore {
  const { connectTimeoutMs = 3_000, requestTimeoutMs = 10_000, copyTimeoutMs = 300_000 } = options;
  const { idleTimeoutMs = 15_000, now = () => new Date() } = options;
  const { maxSingleCopyBytes = 5 * 2 ** 30, copyPartBytes = 2 ** 30 } = options;
  const client = makeS3Client(config, { connectTimeoutMs });
  const { sha256 } = client.config;
  const presignDownload = makePresigner(config, { credential: config, sha256, now });
  const presignUpload =
    config.upload === null
      ? presignDownload
      : makePresigner(config, { credential: config.upload, sha256, now });
  const Bucket = config.bucket;
  const list = makeList({ client, bucket: Bucket, requestTimeoutMs });
  const multipart = makeMultipart({
    client,
    bucket: Bucket,
    head,
    requestTimeoutMs,
    completeTimeoutMs: copyTimeoutMs,
  });
  const copyInParts = makePartCopy({ client, bucket: Bucket, multipart, copyPartBytes, copyTimeoutMs });
  const copy = makeCopy({
    client,
    bucket: Bucket,
    head,
    remove,
    copyInParts,
    maxSingleCopyBytes,
    copyTimeoutMs,
  });

  async function head(key: string): Promise<StoredObject | undefined> {
    try {
      const answer = await withDeadline('HeadObject', requestTimeoutMs, (abortSignal) =>
        client.send(new HeadObjectCommand({ Bucket, Key: key }), { abortSignal }),
      );
      return toStored(answer);
    } catch (error) {
      const fault = toFault('HeadObject', error);
      if (!isMissingObject(fault)) throw unavailable(fault);
      // A HEAD's 404 has no body: a bucket that is gone would make every object look deleted.
      await ping();
      return undefined;
    }
  }

  async function read(key: string, { byteCount, etag }: { byteCount?: number; etag?: string } = {}) {
    try {
      const answer = await withDeadline('GetObject', requestTimeoutMs, (abortSignal) =>
        client.send(
          new GetObjectCommand({
            Bucket,
            Key: key,
            ...(byteCount === undefined ? {} : { Range: `bytes=0-${byteCount - 1}` }),
            ...(etag === undefined ? {} : { IfMatch: etag }),
          }),
          { abortSignal },
        ),
      );
      if (!(answer.Body instanceof Readable) || answer.ContentLength === undefined) {
        throw new StorageFault('GetObject', 'IncompleteAnswer', 0);
      }
      return makeObjectStream(answer.Body, { sizeBytes: answer.ContentLength, idleTimeoutMs });
    } catch (error) {
      const fault = toFault('GetObject', error);
      if (isEmptyRange(fault)) return Readable.from([]); // The first bytes of an empty object.
      if (isFailedCondition(fault))
        throw new ObjectChangedError('The stored object changed.', { cause: fault });
      if (isMissingObject(fault)) throw bytesGone(fault);
      throw unavailable(fault);
    }
  }

  async function put({ key, contentType, body }: { key: string; contentType: string; body: Buffer }) {
    const asked = { Bucket, Key: key, ContentType: contentType, Body: body };
    try {
      await withDeadline('PutObject', requestTimeoutMs, (abortSignal) =>
        client.send(new PutObjectCommand(asked), { abortSignal }),
      );
    } catch (error) {
      throw unavailable(toFault('PutObject', error));
    }
  }

  async function remove(key: string): Promise<void> {
    try {
      await withDeadline('DeleteObject', requestTimeoutMs, (abortSignal) =>
        client.send(new DeleteObjectCommand({ Bucket, Key: key }), { abortSignal }),
      );
    } catch (error) {
      const fault = toFault('DeleteObject', error);
      if (!isMissingObject(fault)) throw unavailable(fault);
    }
  }

  async function ping(): Promise<void> {
    try {
      await withDeadline('HeadBucket', requestTimeoutMs, (abortSignal) =>
        client.send(new HeadBucketCommand({ Bucket }), { abortSignal }),
      );
    } catch (error) {
      throw unavailable(toFault('HeadBucket', error));
    }
  }

  return {
    async presignPut({ key, contentType, sizeBytes, sha256: hex, expiresInSeconds }) {
      const headers = {
        'content-type': contentType,
        ...(hex === undefined ? {} : { 'x-amz-checksum-sha256': Buffer.from(hex, 'hex').toString('base64') }),
      };
      const pinned = { ...headers, 'content-length': String(sizeBytes) };
      const { url, expiresAt } = await presignUpload({
        method: 'PUT',
        key,
        headers: pinned,
        expiresInSeconds,
      });
      return { method: 'PUT', url, headers, expiresAt };
    },
    async presignGet({ key, contentType, contentDisposition, expiresInSeconds }) {
      const query = {
        'response-content-type': contentType,
        'response-content-disposition': contentDisposition,
        'response-cache-control': 'private, no-store',
      };
      const { url, expiresAt } = await presignDownload({ method: 'GET', key, query, expiresInSeconds });
      return { method: 'GET', url, headers: {}, expiresAt };
    },
    async presignPart({ key, multipartId, partNumber, sizeBytes, expiresInSeconds }) {
      const { url, expiresAt } = await presignUpload({
        method: 'PUT',
        key,
        headers: { 'content-length': String(sizeBytes) },
        query: { partNumber: String(partNumber), uploadId: multipartId },
        expiresInSeconds,
      });
      return { method: 'PUT', url, headers: {}, expiresAt };
    },
    put,
    head,
    read,
    copy,
    ...multipart,
    listMultipartUploads: makeMultipartList({ client, bucket: Bucket, requestTimeoutMs }),
    delete: remove,
    list,
    ping,
    close: () => client.destroy(),
  };
}

function bytesGone(cause: StorageFault): AppError {
  return new AppError('ASSET_BYTES_GONE', 'The bytes of this file are no longer stored.', { cause });
}

function toStored(answer: HeadObjectCommandOutput): StoredObject {
  if (answer.ContentLength === undefined || answer.ETag === undefined) {
    throw new StorageFault('HeadObject', 'IncompleteAnswer', 0);
  }
  return {
    sizeBytes: answer.ContentLength,
    contentType: answer.ContentType ?? 'application/octet-stream',
    etag: answer.ETag,
  };
}

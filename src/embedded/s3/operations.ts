import { isOfSignature } from './authenticate.js';
import type { Call, Reply } from './call.js';
import { S3Error } from './errors.js';
import { abortMultipartUpload } from './handlers/abort-multipart-upload.js';
import { getBucketLocation, headBucket } from './handlers/bucket.js';
import { deleteBucketCors, getBucketCors, putBucketCors } from './handlers/bucket-cors.js';
import {
  deleteBucketLifecycle,
  getBucketLifecycle,
  putBucketLifecycle,
} from './handlers/bucket-lifecycle.js';
import { completeMultipartUpload } from './handlers/complete-multipart-upload.js';
import { copyObject } from './handlers/copy-object.js';
import { createMultipartUpload } from './handlers/create-multipart-upload.js';
import { deleteObject, deleteObjects } from './handlers/delete-objects.js';
import { getObject, overridable } from './handlers/get-object.js';
import { listObjects } from './handlers/list-objects.js';
import { listMultipartUploads, listParts } from './handlers/list-uploads.js';
import { putObject } from './handlers/put-object.js';
import { uploadPart, uploadPartCopy } from './handlers/upload-part.js';

export interface Operation {
  readonly name: string;
  readonly on: 'bucket' | 'object';
  readonly method: string;
  /** Parameters that make a request this operation: all of them, and no others but the optional ones. */
  readonly query: readonly string[];
  readonly optional?: readonly string[];
  /** Asked for by `x-amz-copy-source`. */
  readonly copies?: true;
  /** A write-only credential may do this. */
  readonly isWrite?: true;
  readonly run: (call: Call) => Reply | Promise<Reply>;
}

const overrides = overridable.map((name) => `response-${name}`);
const listing = [
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
];
const listingUploads = ['prefix', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'];
const part = ['partNumber', 'uploadId'];

/** All that this server does. */
const operations: readonly Operation[] = [
  { name: 'HeadBucket', on: 'bucket', method: 'HEAD', query: [], run: headBucket },
  { name: 'GetBucketLocation', on: 'bucket', method: 'GET', query: ['location'], run: getBucketLocation },
  { name: 'GetBucketCors', on: 'bucket', method: 'GET', query: ['cors'], run: getBucketCors },
  { name: 'PutBucketCors', on: 'bucket', method: 'PUT', query: ['cors'], run: putBucketCors },
  { name: 'DeleteBucketCors', on: 'bucket', method: 'DELETE', query: ['cors'], run: deleteBucketCors },
  { name: 'GetBucketLifecycle', on: 'bucket', method: 'GET', query: ['lifecycle'], run: getBucketLifecycle },
  { name: 'PutBucketLifecycle', on: 'bucket', method: 'PUT', query: ['lifecycle'], run: putBucketLifecycle },
  {
    name: 'DeleteBucketLifecycle',
    on: 'bucket',
    method: 'DELETE',
    query: ['lifecycle'],
    run: deleteBucketLifecycle,
  },
  {
    name: 'ListObjectsV2',
    on: 'bucket',
    method: 'GET',
    query: ['list-type'],
    optional: listing,
    run: listObjects,
  },
  {
    name: 'ListMultipartUploads',
    on: 'bucket',
    method: 'GET',
    query: ['uploads'],
    optional: listingUploads,
    run: listMultipartUploads,
  },
  { name: 'DeleteObjects', on: 'bucket', method: 'POST', query: ['delete'], run: deleteObjects },

  { name: 'GetObject', on: 'object', method: 'GET', query: [], optional: overrides, run: getObject },
  { name: 'HeadObject', on: 'object', method: 'HEAD', query: [], optional: overrides, run: getObject },
  { name: 'PutObject', on: 'object', method: 'PUT', query: [], isWrite: true, run: putObject },
  { name: 'CopyObject', on: 'object', method: 'PUT', query: [], copies: true, run: copyObject },
  { name: 'DeleteObject', on: 'object', method: 'DELETE', query: [], run: deleteObject },
  {
    name: 'CreateMultipartUpload',
    on: 'object',
    method: 'POST',
    query: ['uploads'],
    isWrite: true,
    run: createMultipartUpload,
  },
  { name: 'UploadPart', on: 'object', method: 'PUT', query: part, isWrite: true, run: uploadPart },
  { name: 'UploadPartCopy', on: 'object', method: 'PUT', query: part, copies: true, run: uploadPartCopy },
  {
    name: 'CompleteMultipartUpload',
    on: 'object',
    method: 'POST',
    query: ['uploadId'],
    isWrite: true,
    run: completeMultipartUpload,
  },
  {
    name: 'AbortMultipartUpload',
    on: 'object',
    method: 'DELETE',
    query: ['uploadId'],
    isWrite: true,
    run: abortMultipartUpload,
  },
  {
    name: 'ListParts',
    on: 'object',
    method: 'GET',
    query: ['uploadId'],
    optional: ['max-parts', 'part-number-marker', 'encoding-type'],
    run: listParts,
  },
];

/** Which operation a request asks for. Throws NotImplemented for any other, and for whatever it asks besides. */
export function findOperation(request: {
  method: string;
  key: string;
  query: ReadonlyMap<string, string>;
  fields: ReadonlyMap<string, string>;
}): Operation {
  assertKnownFields(request.fields);
  const names = [...request.query.keys()].filter((name) => !isCarried(name, request.fields));
  const found = operations.find(
    (operation) =>
      operation.on === (request.key === '' ? 'bucket' : 'object') &&
      operation.method === request.method &&
      (operation.copies ?? false) === request.fields.has('x-amz-copy-source') &&
      operation.query.every((name) => names.includes(name)) &&
      names.every((name) => operation.query.includes(name) || operation.optional?.includes(name)),
  );
  if (!found) throw new S3Error('NotImplemented');
  return found;
}

/** Parameters that choose nothing: the signature's, what counts as a header, and the name that the SDK adds. */
function isCarried(name: string, fields: ReadonlyMap<string, string>): boolean {
  const field = name.toLowerCase();
  return name === 'x-id' || isOfSignature(field) || (field.startsWith('x-amz-') && fields.has(field));
}

const knownFields =
  /^x-amz-(?:date|content-sha256|user-agent|decoded-content-length|trailer|expected-bucket-owner|meta-.+|checksum-.+|sdk-checksum-algorithm|copy-source(?:-if-match|-if-none-match|-if-modified-since|-if-unmodified-since|-range)?|metadata-directive|mp-object-size)$/;

/** ACLs, tags, encryption, storage classes, …: refused rather than silently not done. */
function assertKnownFields(fields: ReadonlyMap<string, string>): void {
  for (const name of fields.keys()) {
    if (name.startsWith('x-amz-') && !knownFields.test(name)) {
      throw new S3Error(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented.',
      );
    }
  }
}

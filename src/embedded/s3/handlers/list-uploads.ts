import type { Call, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { S3Error } from '../errors.js';
import { toKeyBytes } from '../key-names.js';
import { quoted } from '../object-headers.js';
import { element, optional, s3Namespace, xmlDocument } from '../xml.js';
import { readCount, readEncoder } from './list-query.js';

const maxPage = 1000;

/** ListMultipartUploads: by key, then by age. */
export async function listMultipartUploads(call: Call): Promise<Reply> {
  const { query, bucket } = call;
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const maxUploads = readCount(query, 'max-uploads', maxPage);
  const encode = readEncoder(query);
  const uploads = (await bucket.uploads.list())
    .filter(({ record }) => record.key.startsWith(prefix))
    .map((upload) => ({ ...upload, place: toKeyBytes(upload.record.key) }))
    .sort(
      (a, b) =>
        compare(a.place, b.place) ||
        a.record.initiated - b.record.initiated ||
        compare(a.uploadId, b.uploadId),
    );
  const marker = uploads.findIndex(
    (upload) => upload.record.key === keyMarker && upload.uploadId === idMarker,
  );
  const rest =
    marker < 0 ? uploads.filter(({ place }) => place > toKeyBytes(keyMarker)) : uploads.slice(marker + 1);
  const page = rest.slice(0, maxUploads);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return xmlReply(
    xmlDocument(
      element(
        'ListMultipartUploadsResult',
        [
          element('Bucket', bucket.name),
          element('KeyMarker', encode(keyMarker)),
          element('UploadIdMarker', idMarker),
          element('Prefix', encode(prefix)),
          ...optional('NextKeyMarker', last && encode(last.record.key)),
          ...optional('NextUploadIdMarker', last?.uploadId),
          ...optional('EncodingType', query.get('encoding-type')),
          element('MaxUploads', maxUploads),
          element('IsTruncated', last !== undefined),
          ...page.map(({ uploadId, record }) =>
            element('Upload', [
              element('Key', encode(record.key)),
              element('UploadId', uploadId),
              element('StorageClass', 'STANDARD'),
              element('Initiated', new Date(record.initiated).toISOString()),
              ...optional('ChecksumAlgorithm', record.checksum?.algorithm),
              ...optional('ChecksumType', record.checksum?.type),
            ]),
          ),
        ],
        s3Namespace,
      ),
    ),
  );
}

export async function listParts(call: Call): Promise<Reply> {
  const { query, bucket } = call;
  const uploadId = query.get('uploadId') ?? '';
  const record = await bucket.uploads.find(uploadId, call.key);
  if (!record) throw new S3Error('NoSuchUpload');
  const marker = readCount(query, 'part-number-marker', 10_000, 0);
  const maxParts = readCount(query, 'max-parts', maxPage);
  const encode = readEncoder(query);
  const rest = (await bucket.uploads.listParts(uploadId)).filter((part) => part.partNumber > marker);
  const page = rest.slice(0, maxParts);
  return xmlReply(
    xmlDocument(
      element(
        'ListPartsResult',
        [
          element('Bucket', bucket.name),
          element('Key', encode(call.key)),
          element('UploadId', uploadId),
          element('PartNumberMarker', marker),
          ...optional('NextPartNumberMarker', page.at(-1)?.partNumber),
          element('MaxParts', maxParts),
          element('IsTruncated', rest.length > page.length),
          element('StorageClass', 'STANDARD'),
          ...optional('ChecksumAlgorithm', record.checksum?.algorithm),
          ...optional('ChecksumType', record.checksum?.type),
          ...page.map(({ partNumber, meta }) =>
            element('Part', [
              element('PartNumber', partNumber),
              element('LastModified', new Date(meta.lastModified).toISOString()),
              element('ETag', quoted(meta.etag)),
              element('Size', meta.sizeBytes),
              ...(meta.checksum ? [element(`Checksum${meta.checksum.algorithm}`, meta.checksum.value)] : []),
            ]),
          ),
        ],
        s3Namespace,
      ),
    ),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

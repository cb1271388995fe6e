import type { Call, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { checksumTypes } from '../checksums.js';
import { S3Error } from '../errors.js';
import type { UploadRecord } from '../multipart-files.js';
import { readObjectHeaders } from '../object-headers.js';
import { element, s3Namespace, xmlDocument } from '../xml.js';
import { readChecksumAlgorithm } from './checksum-algorithm.js';

export async function createMultipartUpload(call: Call): Promise<Reply> {
  const checksum = readChecksum(call);
  const uploadId = await call.bucket.uploads.create({
    key: call.key,
    initiated: Date.now(),
    headers: readObjectHeaders(call),
    ...(checksum && { checksum }),
  });
  const xml = element(
    'InitiateMultipartUploadResult',
    [element('Bucket', call.bucket.name), element('Key', call.key), element('UploadId', uploadId)],
    s3Namespace,
  );
  return xmlReply(
    xmlDocument(xml),
    checksum && { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type },
  );
}

function readChecksum(call: Call): UploadRecord['checksum'] {
  const algorithm = readChecksumAlgorithm(call);
  const asked = call.fields.get('x-amz-checksum-type')?.toUpperCase();
  const type = checksumTypes.find((known) => known === (asked ?? 'COMPOSITE'));
  if (!algorithm && asked === undefined) return undefined;
  // Only a CRC can be told of the whole from its parts, and S3 offers it for no other.
  if (!algorithm || !type || (type === 'FULL_OBJECT' && !algorithm.startsWith('CRC'))) {
    throw new S3Error('InvalidRequest', 'The checksum type cannot be used with this checksum algorithm.');
  }
  return { algorithm, type };
}

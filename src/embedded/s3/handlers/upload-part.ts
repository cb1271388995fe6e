import { maxPutBytes, receiveBody } from '../body.js';
import type { Call, Reply } from '../call.js';
import { S3Error } from '../errors.js';
import type { UploadRecord } from '../multipart-files.js';
import { quoted, toChecksumHeaders } from '../object-headers.js';
import { element, s3Namespace, xmlDocument } from '../xml.js';
import { makeCopy, toCopyResult } from './copy-object.js';
import { openCopySource } from './copy-source.js';

const maxPartNumber = 10_000;

export async function uploadPart(call: Call): Promise<Reply> {
  const { uploadId, partNumber, record } = await findUpload(call);
  const body = receiveBody(call, {
    maxSizeBytes: maxPutBytes,
    ...(record.checksum && { algorithm: record.checksum.algorithm }),
  });
  const meta = await call.bucket.uploads.putPart({
    uploadId,
    partNumber,
    chunks: body.chunks,
    describe: () => {
      const checksum = body.checksum();
      return { etag: body.md5(), headers: {}, ...(checksum && { checksum }) };
    },
  });
  return { status: 200, headers: { etag: quoted(meta.etag), ...toChecksumHeaders(meta.checksum) } };
}

export async function uploadPartCopy(call: Call): Promise<Reply> {
  const { uploadId, partNumber, record } = await findUpload(call);
  const source = await openCopySource(call);
  let range: { start: number; end: number } | undefined;
  try {
    range = readCopyRange(call, source.blob.meta.sizeBytes);
  } catch (error) {
    await source.blob.close();
    throw error;
  }
  return {
    status: 200,
    body: {
      slowXml: async () => {
        const copied = makeCopy(source, record.checksum?.algorithm, range);
        try {
          const meta = await call.bucket.uploads.putPart({
            uploadId,
            partNumber,
            chunks: copied.chunks,
            describe: () => ({ ...copied.facts(), headers: {} }),
          });
          return xmlDocument(element('CopyPartResult', toCopyResult(meta), s3Namespace));
        } finally {
          await source.blob.close();
        }
      },
    },
  };
}

async function findUpload(
  call: Call,
): Promise<{ uploadId: string; partNumber: number; record: UploadRecord }> {
  const uploadId = call.query.get('uploadId') ?? '';
  const text = call.query.get('partNumber') ?? '';
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (partNumber < 1 || partNumber > maxPartNumber) {
    throw new S3Error(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${maxPartNumber}, inclusive`,
    );
  }
  const record = await call.bucket.uploads.find(uploadId, call.key);
  if (!record) throw new S3Error('NoSuchUpload');
  return { uploadId, partNumber, record };
}

/** Strict where a download is lenient: a part must not silently become the whole. */
function readCopyRange(call: Call, sizeBytes: number): { start: number; end: number } | undefined {
  const text = call.fields.get('x-amz-copy-source-range');
  if (text === undefined) {
    if (sizeBytes > maxPutBytes)
      throw new S3Error('InvalidRequest', 'The source is larger than a part may be.');
    return undefined;
  }
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || start > end || end - start >= maxPutBytes) {
    throw new S3Error('InvalidArgument', 'The x-amz-copy-source-range must be bytes=first-last.');
  }
  if (end >= sizeBytes) throw new S3Error('InvalidRange');
  return { start, end };
}

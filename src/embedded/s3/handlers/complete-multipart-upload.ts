import { createHash } from 'node:crypto';
import type { BlobMeta } from '../blob-file.js';
import { receiveXml } from '../body.js';
import type { Call, Reply } from '../call.js';
import {
  checksumAlgorithms,
  checksumHeader,
  compositeChecksum,
  digesting,
  makeDigest,
} from '../checksums.js';
import type { Checksum } from '../checksums.js';
import { toWriteGuard, unquoted } from '../conditions.js';
import { S3Error } from '../errors.js';
import type { StoredPart, UploadRecord } from '../multipart-files.js';
import { quoted } from '../object-headers.js';
import { element, s3Namespace, xmlDocument } from '../xml.js';
import { childrenOf, childText } from '../xml-reader.js';
import type { XmlNode } from '../xml-reader.js';

const minPartBytes = 5 * 1024 ** 2;
const maxObjectBytes = 5 * 1024 ** 4;

interface WantedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksums: readonly { algorithm: string; value: string }[];
}

/** Joins the parts into the object. Asked again after it succeeded, it succeeds again. */
export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const uploadId = call.query.get('uploadId') ?? '';
  const guard = toWriteGuard(call.fields);
  const wanted = readParts(await receiveXml(call, 'CompleteMultipartUpload', { hasChecksum: false }));
  const { objects, uploads } = call.bucket;

  const complete = async (): Promise<BlobMeta> => {
    const current = await objects.head(call.key);
    const record = await uploads.find(uploadId, call.key);
    if (current?.uploadId === uploadId) {
      // The answer got lost, or the process ended before it had cleared away.
      if (record) await uploads.remove(uploadId);
      return current;
    }
    if (!record) throw new S3Error('NoSuchUpload');
    if (guard) guard(current);
    const parts = selectParts(wanted, await uploads.listParts(uploadId));
    assertDeclaredSize(call, parts);
    const isFull = record.checksum?.type === 'FULL_OBJECT';
    const digest = makeDigest(record.checksum && isFull ? [record.checksum.algorithm] : []);
    const bytes = uploads.read(
      uploadId,
      parts.map((part) => part.partNumber),
    );
    const meta = await objects.put({
      key: call.key,
      chunks: digesting(bytes, digest),
      describe: () => {
        const checksum = toChecksum(record, parts, (algorithm) => digest.of(algorithm));
        if (checksum) assertDeclaredChecksum(call, checksum);
        return { etag: toEtag(parts), headers: record.headers, uploadId, ...(checksum && { checksum }) };
      },
      ...(guard && { guard }),
    });
    await uploads.remove(uploadId);
    return meta;
  };
  return {
    status: 200,
    body: { slowXml: async () => toResult(call, await uploads.exclusively(uploadId, complete)) },
  };
}

function readParts(root: XmlNode): WantedPart[] {
  const parts = childrenOf(root, 'Part').map((part) => {
    const number = childText(part, 'PartNumber')?.trim() ?? '';
    const etag = childText(part, 'ETag');
    if (!/^\d{1,5}$/.test(number) || etag === undefined) throw new S3Error('MalformedXML');
    const checksums = checksumAlgorithms.flatMap((algorithm) => {
      const value = childText(part, `Checksum${algorithm}`);
      return value === undefined ? [] : [{ algorithm, value: value.trim() }];
    });
    return { partNumber: Number(number), etag: unquoted(etag), checksums };
  });
  if (parts.length === 0) throw new S3Error('MalformedXML');
  if (parts.some((part, at) => at > 0 && (parts[at - 1]?.partNumber ?? 0) >= part.partNumber)) {
    throw new S3Error('InvalidPartOrder');
  }
  return parts;
}

function selectParts(wanted: readonly WantedPart[], stored: readonly StoredPart[]): StoredPart[] {
  const byNumber = new Map(stored.map((part) => [part.partNumber, part]));
  const parts = wanted.map(({ partNumber, etag, checksums }) => {
    const part = byNumber.get(partNumber);
    const agrees = checksums.every(
      ({ algorithm, value }) =>
        part?.meta.checksum?.algorithm === algorithm && part.meta.checksum.value === value,
    );
    if (!part || part.meta.etag !== etag || !agrees) throw new S3Error('InvalidPart');
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.meta.sizeBytes < minPartBytes))
    throw new S3Error('EntityTooSmall');
  return parts;
}

function assertDeclaredSize(call: Call, parts: readonly StoredPart[]): void {
  const sizeBytes = parts.reduce((sum, part) => sum + part.meta.sizeBytes, 0);
  if (sizeBytes > maxObjectBytes) throw new S3Error('EntityTooLarge');
  const declared = call.fields.get('x-amz-mp-object-size');
  if (declared !== undefined && declared !== String(sizeBytes)) {
    throw new S3Error(
      'InvalidRequest',
      'The size of the object is not the one given in x-amz-mp-object-size.',
    );
  }
}

function assertDeclaredChecksum(call: Call, checksum: Checksum): void {
  const declared = call.fields.get(checksumHeader(checksum.algorithm));
  const type = call.fields.get('x-amz-checksum-type');
  if (type !== undefined && type.toUpperCase() !== checksum.type) {
    throw new S3Error('InvalidRequest', 'The upload was created with another checksum type.');
  }
  if (declared !== undefined && declared !== checksum.value) throw new S3Error('BadDigest');
}

function toChecksum(
  record: UploadRecord,
  parts: readonly StoredPart[],
  digestOf: (algorithm: Checksum['algorithm']) => Buffer,
): Checksum | undefined {
  if (!record.checksum) return undefined;
  const { algorithm, type } = record.checksum;
  if (type === 'FULL_OBJECT') return { algorithm, type, value: digestOf(algorithm).toString('base64') };
  // Every part has this checksum: it was computed for who did not send it.
  const values = parts.map((part) => Buffer.from(part.meta.checksum?.value ?? '', 'base64'));
  return compositeChecksum(algorithm, values);
}

/** The MD5 of the parts' MD5s, and their number. */
function toEtag(parts: readonly StoredPart[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part.meta.etag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

function toResult(call: Call, meta: BlobMeta): string {
  return xmlDocument(
    element(
      'CompleteMultipartUploadResult',
      [
        element('Location', `/${call.bucket.name}/${encodeURIComponent(call.key)}`),
        element('Bucket', call.bucket.name),
        element('Key', call.key),
        element('ETag', quoted(meta.etag)),
        ...(meta.checksum
          ? [
              element(`Checksum${meta.checksum.algorithm}`, meta.checksum.value),
              element('ChecksumType', meta.checksum.type),
            ]
          : []),
      ],
      s3Namespace,
    ),
  );
}

import { readWhole } from '../blob-file.js';
import { maxPutBytes } from '../body.js';
import type { Call, Reply } from '../call.js';
import { digesting, makeDigest } from '../checksums.js';
import type { Checksum, ChecksumAlgorithm } from '../checksums.js';
import { toWriteGuard } from '../conditions.js';
import { S3Error } from '../errors.js';
import { quoted, readObjectHeaders } from '../object-headers.js';
import { readChecksumAlgorithm } from './checksum-algorithm.js';
import { element, s3Namespace, xmlDocument } from '../xml.js';
import type { Xml } from '../xml.js';
import { openCopySource } from './copy-source.js';
import type { CopySource } from './copy-source.js';

export async function copyObject(call: Call): Promise<Reply> {
  const replaces = readDirective(call) === 'REPLACE';
  const headers = replaces ? readObjectHeaders(call) : undefined;
  const guard = toWriteGuard(call.fields);
  const asked = readChecksumAlgorithm(call);
  const source = await openCopySource(call);
  try {
    if (source.blob.meta.sizeBytes > maxPutBytes) {
      throw new S3Error(
        'InvalidRequest',
        'The source is larger than may be copied at once; copy it in parts.',
      );
    }
    if (!replaces && source.bucket === call.bucket.name && source.key === call.key) {
      throw new S3Error('InvalidRequest', 'Copying an object to itself must change its metadata.');
    }
    if (guard) guard(await call.bucket.objects.head(call.key));
  } catch (error) {
    await source.blob.close();
    throw error;
  }
  return {
    status: 200,
    body: {
      slowXml: async () => {
        const algorithm = asked ?? source.blob.meta.checksum?.algorithm;
        const copied = makeCopy(source, algorithm);
        try {
          const meta = await call.bucket.objects.put({
            key: call.key,
            chunks: copied.chunks,
            describe: () => ({ ...copied.facts(), headers: headers ?? source.blob.meta.headers }),
            ...(guard && { guard }),
          });
          return xmlDocument(element('CopyObjectResult', toCopyResult(meta), s3Namespace));
        } finally {
          await source.blob.close();
        }
      },
    },
  };
}

/** The bytes of a source or of a range of it, and what they turn out to be once they have passed. */
export function makeCopy(
  source: CopySource,
  algorithm: ChecksumAlgorithm | undefined,
  range?: { start: number; end: number },
) {
  const digest = makeDigest(algorithm ? ['MD5', algorithm] : ['MD5']);
  return {
    chunks: digesting(readWhole(source.blob, range?.start, range?.end), digest),
    facts(): { etag: string; checksum?: Checksum } {
      const etag = digest.of('MD5').toString('hex');
      if (!algorithm) return { etag };
      return {
        etag,
        checksum: { algorithm, value: digest.of(algorithm).toString('base64'), type: 'FULL_OBJECT' },
      };
    },
  };
}

export function toCopyResult(meta: {
  etag: string;
  lastModified: number;
  checksum?: Checksum | undefined;
}): Xml[] {
  return [
    element('LastModified', new Date(meta.lastModified).toISOString()),
    element('ETag', quoted(meta.etag)),
    ...(meta.checksum ? [element(`Checksum${meta.checksum.algorithm}`, meta.checksum.value)] : []),
  ];
}

function readDirective(call: Call): 'COPY' | 'REPLACE' {
  const directive = call.fields.get('x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw new S3Error('InvalidArgument', 'Unknown metadata directive.');
}

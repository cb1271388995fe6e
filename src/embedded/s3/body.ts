import type { Incoming } from './call.js';
import { checksumAlgorithms, checksumHeader, makeDigest, parseDigest } from './checksums.js';
import type { Checksum, ChecksumAlgorithm } from './checksums.js';
import { decodeChunked } from './chunked.js';
import { S3Error } from './errors.js';
import { readXml } from './xml-reader.js';
import type { XmlNode } from './xml-reader.js';

const maxXmlBytes = 1024 * 1024;
/** S3's limit for one PUT: 5 GiB. */
export const maxPutBytes = 5 * 1024 ** 3;

export interface Body {
  /**
   * The bytes as they come. Throws after the last of them when they are not what was signed and promised;
   * then nothing of them may be kept.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** Hex, as an ETag has it. This and the next: once `chunks` has ended. */
  md5(): string;
  /** The one that the client sent, or that was asked for. */
  checksum(): Checksum | undefined;
}

interface BodyOptions {
  readonly maxSizeBytes: number;
  readonly algorithm?: ChecksumAlgorithm;
  /** Whether `x-amz-checksum-*` speaks of this body. It does, but for a multipart upload's Complete. */
  readonly hasChecksum?: boolean;
}

/**
 * Takes the body of a call. What its headers say is checked at once, the bytes as they pass.
 * `algorithm` is computed also when the client sends none of that kind; another kind is refused then.
 */
export function receiveBody(call: Incoming, options: BodyOptions): Body {
  const { payload, http } = call;
  const sizeBytes = readLength(call, options.maxSizeBytes);
  const promised = readPromises(call, options.hasChecksum ?? true);
  const algorithm = promised.checksum?.algorithm ?? options.algorithm;
  if (options.algorithm && algorithm !== options.algorithm) {
    throw new S3Error(
      'InvalidRequest',
      'The checksum is of another kind than the multipart upload was created with.',
    );
  }
  const digest = makeDigest(
    new Set([
      'MD5' as const,
      ...(algorithm ? [algorithm] : []),
      ...(payload.kind === 'hashed' ? ['SHA256' as const] : []),
    ]),
  );

  async function* receive(): AsyncGenerator<Buffer> {
    call.startBody();
    let trailing: string | undefined;
    // Stopping early must leave the connection: the client still has to see why.
    const raw = http.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const decoded =
      payload.kind !== 'chunked'
        ? raw
        : decodeChunked(raw, {
            ...payload,
            sizeBytes,
            onTrailer: (name, value) => {
              if (name === promised.checksum?.trailer) trailing = value;
            },
          });
    let received = 0;
    for await (const chunk of decoded) {
      received += chunk.length;
      digest.update(chunk);
      yield chunk;
    }
    if (received !== sizeBytes) throw new S3Error('IncompleteBody');
    if (payload.kind === 'hashed' && digest.of('SHA256').toString('hex') !== payload.sha256) {
      throw new S3Error('XAmzContentSHA256Mismatch');
    }
    if (promised.md5 && !digest.of('MD5').equals(promised.md5)) throw new S3Error('BadDigest');
    if (promised.checksum) {
      const expected = promised.checksum.value ?? trailing;
      if (expected === undefined) throw new S3Error('MalformedTrailerError');
      assertChecksum(promised.checksum.algorithm, expected, digest.of(promised.checksum.algorithm));
    }
  }

  return {
    chunks: receive(),
    md5: () => digest.of('MD5').toString('hex'),
    checksum: () =>
      algorithm && { algorithm, value: digest.of(algorithm).toString('base64'), type: 'FULL_OBJECT' },
  };
}

/** Reads a small XML document whose root has this name. Throws MalformedXML. */
export async function receiveXml(
  call: Incoming,
  rootName: string,
  options: Pick<BodyOptions, 'hasChecksum'> = {},
): Promise<XmlNode> {
  const body = receiveBody(call, { ...options, maxSizeBytes: maxXmlBytes });
  const chunks: Buffer[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  return readXml(Buffer.concat(chunks).toString('utf8'), rootName);
}

/** How many bytes the body will have: declared, or there is none at all. */
function readLength(call: Incoming, maxSizeBytes: number): number {
  const field = call.payload.kind === 'chunked' ? 'x-amz-decoded-content-length' : 'content-length';
  const text = call.fields.get(field);
  if (text === undefined) throw new S3Error('MissingContentLength');
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', `${field} is not a number of bytes.`);
  if (Number(text) > maxSizeBytes) throw new S3Error('EntityTooLarge');
  return Number(text);
}

interface Promises {
  readonly md5: Buffer | undefined;
  /** With its value, or the trailer that will bring it. */
  readonly checksum: { algorithm: ChecksumAlgorithm; value?: string; trailer?: string } | undefined;
}

function readPromises(call: Incoming, hasChecksum: boolean): Promises {
  const md5Text = call.fields.get('content-md5');
  const md5 = md5Text === undefined ? undefined : parseDigest('MD5', md5Text);
  if (md5Text !== undefined && !md5) throw new S3Error('InvalidDigest');
  return { md5, checksum: hasChecksum ? readChecksumPromise(call) : undefined };
}

function readChecksumPromise(call: Incoming): Promises['checksum'] {
  const trailer =
    call.payload.kind === 'chunked' ? call.fields.get('x-amz-trailer')?.toLowerCase() : undefined;
  const headers = [...call.fields.keys()].filter(
    (name) => name.startsWith('x-amz-checksum-') && !/-(?:type|mode|algorithm)$/.test(name),
  );
  const names = trailer === undefined ? headers : [...headers, trailer];
  const wanted = call.fields.get('x-amz-sdk-checksum-algorithm')?.toUpperCase();
  const [name] = names;
  if (names.length > 1) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  if (name === undefined) {
    if (wanted === undefined) return undefined;
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm was given without an x-amz-checksum- header or trailer.',
    );
  }
  const algorithm = checksumAlgorithms.find((known) => checksumHeader(known) === name);
  if (!algorithm) throw new S3Error('NotImplemented', 'This kind of checksum is not implemented here.');
  if (wanted !== undefined && wanted !== algorithm) {
    throw new S3Error('InvalidRequest', 'x-amz-sdk-checksum-algorithm does not fit the checksum given.');
  }
  if (trailer !== undefined) return { algorithm, trailer };
  const value = call.fields.get(name) ?? '';
  assertChecksumForm(algorithm, value);
  return { algorithm, value };
}

function assertChecksumForm(algorithm: ChecksumAlgorithm, value: string): void {
  if (!parseDigest(algorithm, value)) {
    throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
}

function assertChecksum(algorithm: ChecksumAlgorithm, expected: string, computed: Buffer): void {
  assertChecksumForm(algorithm, expected);
  if (computed.toString('base64') !== expected) {
    throw new S3Error('BadDigest', `The ${algorithm} that you specified did not match what we received.`);
  }
}

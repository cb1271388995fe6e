import { createHash } from 'node:crypto';
import { makeByteReader } from './byte-reader.js';
import type { ByteReader } from './byte-reader.js';
import { S3Error } from './errors.js';
import { hmac, isSame, scopeText, sha256 } from './sigv4.js';
import type { Scope } from './sigv4.js';

/** What each chunk's signature is made with; every one covers the one before, from the request's own on. */
export interface ChunkSigning {
  readonly key: Buffer;
  readonly timestamp: string;
  readonly scope: Scope;
  readonly seedSignature: string;
}

const maxTrailerLines = 8;
const emptyHash = sha256('');

/**
 * The bytes inside the `aws-chunked` coding, as they come. Signed chunks are passed on before their signature is
 * proven, so nothing may be kept unless this ends without throwing: SignatureDoesNotMatch, IncompleteBody,
 * InvalidRequest or MalformedTrailerError.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeChunked(
  source: AsyncIterable<Buffer>,
  options: {
    readonly signing: ChunkSigning | undefined;
    readonly hasTrailer: boolean;
    readonly sizeBytes: number;
    readonly onTrailer: (name: string, value: string) => void;
  },
): AsyncGenerator<Buffer> {
  const reader = makeByteReader(source);
  const verifier = options.signing && makeVerifier(options.signing);
  let left = options.sizeBytes;
  for (;;) {
    const header = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(await reader.line());
    if (!header || (header[2] === undefined) !== (verifier === undefined)) {
      throw new S3Error('InvalidRequest', 'The aws-chunked body is not well-formed.');
    }
    const chunkBytes = Number.parseInt(header[1] ?? '', 16);
    if (chunkBytes > left) throw new S3Error('IncompleteBody', 'The body is longer than it was declared.');
    left -= chunkBytes;
    const hash = createHash('sha256');
    for await (const piece of reader.bytes(chunkBytes)) {
      if (verifier) hash.update(piece);
      yield piece;
    }
    verifier?.chunk(hash.digest('hex'), header[2] ?? '');
    if (chunkBytes === 0) break;
    if ((await reader.line()) !== '') {
      throw new S3Error('InvalidRequest', 'The aws-chunked body is not well-formed.');
    }
  }
  if (left > 0) throw new S3Error('IncompleteBody');
  await readTrailer(reader, options.hasTrailer, verifier, options.onTrailer);
  if (!(await reader.isAtEnd())) throw new S3Error('InvalidRequest', 'There is something behind the body.');
}

async function readTrailer(
  reader: ByteReader,
  isAllowed: boolean,
  verifier: ReturnType<typeof makeVerifier> | undefined,
  onTrailer: (name: string, value: string) => void,
): Promise<void> {
  const trailer = new Map<string, string>();
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const [, name, value = ''] = /^([a-zA-Z0-9-]+):(.*)$/.exec(line) ?? [];
    if (!isAllowed || name === undefined || trailer.size === maxTrailerLines) {
      throw new S3Error('MalformedTrailerError');
    }
    trailer.set(name.toLowerCase(), value.trim());
  }
  const signature = trailer.get('x-amz-trailer-signature');
  trailer.delete('x-amz-trailer-signature');
  if (verifier && isAllowed) verifier.trailer(trailer, signature ?? '');
  for (const [name, value] of trailer) onTrailer(name, value);
}

function makeVerifier(signing: ChunkSigning) {
  let previous = signing.seedSignature;
  function assertNext(lines: readonly string[], claimed: string): void {
    const expected = hmac(signing.key, lines.join('\n')).toString('hex');
    if (!isSame(expected, claimed)) throw new S3Error('SignatureDoesNotMatch');
    previous = expected;
  }
  const start = [signing.timestamp, scopeText(signing.scope)];
  return {
    chunk(hash: string, claimed: string): void {
      assertNext(['AWS4-HMAC-SHA256-PAYLOAD', ...start, previous, emptyHash, hash], claimed);
    },
    trailer(fields: ReadonlyMap<string, string>, claimed: string): void {
      const text = [...fields].map(([name, value]) => `${name}:${value}\n`).join('');
      assertNext(['AWS4-HMAC-SHA256-TRAILER', ...start, previous, sha256(text)], claimed);
    },
  };
}

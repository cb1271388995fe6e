import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What may be asked for; CRC64NVME is refused as not implemented. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

export const checksumTypes = ['FULL_OBJECT', 'COMPOSITE'] as const;

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64, with `-<part count>` behind it when composite. */
  readonly value: string;
  readonly type: (typeof checksumTypes)[number];
}

interface Hasher {
  update(chunk: Buffer): void;
  digest(): Buffer;
}

const makeHasher: Readonly<Record<ChecksumAlgorithm | 'MD5', () => Hasher>> = {
  CRC32: () => crcHasher((chunk, value) => crc32(chunk, value)),
  CRC32C: () => crcHasher(crc32c),
  SHA1: () => createHash('sha1'),
  SHA256: () => createHash('sha256'),
  MD5: () => createHash('md5'),
};

export interface Digest {
  update(chunk: Buffer): void;
  /** The digest of all that was given; the same however often it is asked. Throws for what was not hashed. */
  of(algorithm: ChecksumAlgorithm | 'MD5'): Buffer;
}

/** Hashes one stream of bytes in several ways at once. */
export function makeDigest(algorithms: Iterable<ChecksumAlgorithm | 'MD5'>): Digest {
  const hashers = new Map([...algorithms].map((algorithm) => [algorithm, makeHasher[algorithm]()]));
  const results = new Map<string, Buffer>();
  return {
    update(chunk) {
      for (const hasher of hashers.values()) hasher.update(chunk);
    },
    of(algorithm) {
      const known = results.get(algorithm) ?? hashers.get(algorithm)?.digest();
      if (!known) throw new Error(`${algorithm} was not asked for`);
      results.set(algorithm, known);
      return known;
    },
  };
}

/** Passes the bytes on and hashes them on the way. */
export async function* digesting(chunks: AsyncIterable<Buffer>, digest: Digest): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}

/** How S3 sums up a multipart upload: the digest of its parts' digests, and their number. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly Buffer[]): Checksum {
  const digest = makeDigest([algorithm]);
  for (const part of parts) digest.update(part);
  return {
    algorithm,
    value: `${digest.of(algorithm).toString('base64')}-${parts.length}`,
    type: 'COMPOSITE',
  };
}

/** Bytes of a digest; undefined when the text is not the base64 of a digest of that length. */
export function parseDigest(algorithm: ChecksumAlgorithm | 'MD5', base64: string): Buffer | undefined {
  const lengths = { CRC32: 4, CRC32C: 4, SHA1: 20, SHA256: 32, MD5: 16 };
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === lengths[algorithm] && bytes.toString('base64') === base64 ? bytes : undefined;
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function crcHasher(step: (chunk: Buffer, value: number) => number): Hasher {
  let value = 0;
  return {
    update(chunk) {
      value = step(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

// Castagnoli's polynomial, reflected. node:zlib has only the other one.
const castagnoli = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(chunk: Buffer, before: number): number {
  let value = ~before;
  for (const byte of chunk) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

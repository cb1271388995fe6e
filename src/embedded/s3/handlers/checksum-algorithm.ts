import type { Call } from '../call.js';
import { checksumAlgorithms } from '../checksums.js';
import type { ChecksumAlgorithm } from '../checksums.js';
import { S3Error } from '../errors.js';

/** `x-amz-checksum-algorithm`, for what is copied or comes in parts. Throws NotImplemented for others. */
export function readChecksumAlgorithm(call: Call): ChecksumAlgorithm | undefined {
  const asked = call.fields.get('x-amz-checksum-algorithm')?.toUpperCase();
  if (asked === undefined) return undefined;
  const known = checksumAlgorithms.find((algorithm) => algorithm === asked);
  if (!known) throw new S3Error('NotImplemented', 'This kind of checksum is not implemented here.');
  return known;
}

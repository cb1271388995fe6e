import type { BlobMeta } from './blob-file.js';
import type { Call } from './call.js';
import { checksumHeader } from './checksums.js';
import type { Checksum } from './checksums.js';
import { S3Error } from './errors.js';

const kept = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
const maxUserMetadataBytes = 2048;

/** What a PUT, a copy with REPLACE or a new multipart upload says of the object: given back with it. */
export function readObjectHeaders(call: Call): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': call.fields.get('content-type') ?? 'binary/octet-stream',
  };
  for (const name of kept) {
    const value = call.fields.get(name);
    const text = name === 'content-encoding' ? withoutChunked(value) : value;
    if (text !== undefined) headers[name] = text;
  }
  let userMetadataBytes = 0;
  for (const [name, value] of call.fields) {
    if (!name.startsWith('x-amz-meta-')) continue;
    userMetadataBytes += Buffer.byteLength(name.slice('x-amz-meta-'.length)) + Buffer.byteLength(value);
    headers[name] = value;
  }
  if (userMetadataBytes > maxUserMetadataBytes) throw new S3Error('MetadataTooLarge');
  for (const value of Object.values(headers)) assertHeaderValue(value);
  return headers;
}

/** `aws-chunked` codes the transfer, not the object. */
function withoutChunked(contentEncoding: string | undefined): string | undefined {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim());
  const others = codings.filter((coding) => coding !== '' && coding !== 'aws-chunked');
  return others.length > 0 ? others.join(',') : undefined;
}

/** Throws InvalidArgument for what cannot stand in a header: line ends, controls, characters above U+00FF. */
export function assertHeaderValue(value: string): void {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new S3Error('InvalidArgument', 'A header value has characters that cannot stand in a header.');
  }
}

/** What an answer says of an object, apart from its length. */
export function toObjectHeaders(meta: BlobMeta): Record<string, string> {
  return {
    ...meta.headers,
    etag: quoted(meta.etag),
    'last-modified': new Date(meta.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
}

export function toChecksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (!checksum) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

import type { IncomingMessage } from 'node:http';
import type { ChunkSigning } from './chunked.js';
import { S3Error } from './errors.js';
import { isSame, signature, signingKey } from './sigv4.js';
import { readAuthorization, readPresigned } from './signature-claim.js';
import type { SignatureClaim } from './signature-claim.js';
import type { Target } from './target.js';

export interface Credential {
  readonly accessKeyId: string;
  readonly secretKey: string;
  /** `write-only` may put objects and nothing else: no reading, listing, copying or deleting. */
  readonly access: 'full' | 'write-only';
  readonly account: string;
}

/** How the body is protected. */
export type Payload =
  | { readonly kind: 'hashed'; readonly sha256: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'chunked'; readonly signing: ChunkSigning | undefined; readonly hasTrailer: boolean };

export interface Authenticated {
  readonly credential: Credential;
  /** Every header, and on a presigned URL the `x-amz-*` parameters too: they count as headers there. */
  readonly fields: ReadonlyMap<string, string>;
  readonly payload: Payload;
}

const maxSkewMs = 15 * 60 * 1000;
// Ambiguous when repeated: node keeps one of them, and a signature over both is no help.
const onlyOnce = /^(x-amz-.*|authorization|content-.*|host|range|origin|transfer-encoding)$/;

/**
 * Who sent this, proven: the only way in. Throws AccessDenied for who signed nothing, and the codes of S3 for
 * whatever does not hold. Only signed `x-amz-*` headers get past here.
 */
export function authenticate(input: {
  http: IncomingMessage;
  target: Target;
  region: string;
  credentials: readonly Credential[];
  now: Date;
}): Authenticated {
  const { http, target, region, now } = input;
  const headers = readHeaders(http);
  const authorization = headers.get('authorization');
  const isPresigned = target.query.has('X-Amz-Signature') || target.query.has('X-Amz-Algorithm');
  if (authorization !== undefined && isPresigned) {
    throw new S3Error('InvalidArgument', 'Only one authentication mechanism is allowed.');
  }
  if (authorization === undefined && !isPresigned) throw new S3Error('AccessDenied');
  const claim =
    authorization === undefined
      ? readPresigned(target.query, region)
      : readAuthorization(authorization, headers.get('x-amz-date'), region);
  assertAllSigned(claim, headers);
  const fields = isPresigned ? withQueryFields(headers, target.query) : headers;
  if (fields.has('x-amz-security-token')) throw new S3Error('InvalidToken');
  assertTime(claim, now);

  const credential = input.credentials.find((known) => known.accessKeyId === claim.accessKeyId);
  if (!credential) throw new S3Error('InvalidAccessKeyId');
  const payloadHash = fields.get('x-amz-content-sha256') ?? (isPresigned ? 'UNSIGNED-PAYLOAD' : undefined);
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const key = signingKey(credential.secretKey, claim.scope);
  const expected = signature(key, claim.timestamp, claim.scope, {
    method: http.method ?? '',
    path: target.path,
    query: new Map([...target.query].filter(([name]) => name !== 'X-Amz-Signature')),
    signedHeaders: claim.signedHeaders.map((name) => [name, headers.get(name) ?? '']),
    payloadHash,
  });
  if (!isSame(expected, claim.signature)) throw new S3Error('SignatureDoesNotMatch');
  const seed: ChunkSigning = { key, timestamp: claim.timestamp, scope: claim.scope, seedSignature: expected };
  return { credential, fields, payload: toPayload(payloadHash, isPresigned, seed) };
}

function readHeaders(http: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(http.headersDistinct)) {
    if (!values) continue;
    if (values.length > 1 && onlyOnce.test(name)) {
      throw new S3Error('InvalidRequest', 'A header was given twice.');
    }
    headers.set(name, values.join(','));
  }
  return headers;
}

function withQueryFields(
  headers: ReadonlyMap<string, string>,
  query: ReadonlyMap<string, string>,
): Map<string, string> {
  const fields = new Map(headers);
  for (const [name, value] of query) {
    const field = name.toLowerCase();
    if (!field.startsWith('x-amz-') || isOfSignature(field)) continue;
    if (fields.has(field)) throw new S3Error('InvalidArgument', 'A parameter repeats a header.');
    fields.set(field, value);
  }
  return fields;
}

/** Whether a query parameter, in lower case, belongs to the signature itself. */
export function isOfSignature(parameter: string): boolean {
  return /^x-amz-(algorithm|credential|date|expires|signedheaders|signature)$/.test(parameter);
}

function assertTime(claim: SignatureClaim, now: Date): void {
  const ageMs = now.getTime() - claim.signedAt.getTime();
  if (claim.expiresInSeconds === undefined) {
    if (Math.abs(ageMs) > maxSkewMs) throw new S3Error('RequestTimeTooSkewed');
    return;
  }
  if (ageMs < -maxSkewMs) throw new S3Error('AccessDenied', 'Request is not valid yet');
  if (ageMs > claim.expiresInSeconds * 1000) throw new S3Error('AccessDenied', 'Request has expired');
}

/**
 * Who holds a presigned URL must not add what its signer did not mean: `x-amz-copy-source` would pull another
 * object in, `x-amz-acl` open this one.
 */
function assertAllSigned(claim: SignatureClaim, headers: ReadonlyMap<string, string>): void {
  const signed = new Set(claim.signedHeaders);
  const unsigned = [...headers.keys()].filter((name) => name.startsWith('x-amz-') && !signed.has(name));
  if (unsigned.length > 0) {
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      elements: { HeadersNotSigned: unsigned.join(', ') },
    });
  }
  if (!signed.has('host') || claim.signedHeaders.some((name) => !headers.has(name))) {
    throw new S3Error('SignatureDoesNotMatch');
  }
}

function toPayload(hash: string, isPresigned: boolean, seed: ChunkSigning): Payload {
  if (/^[0-9a-f]{64}$/.test(hash)) return { kind: 'hashed', sha256: hash };
  if (hash === 'UNSIGNED-PAYLOAD') return { kind: 'unsigned' };
  if (!isPresigned) {
    switch (hash) {
      case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
        return { kind: 'chunked', signing: undefined, hasTrailer: true };
      case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
        return { kind: 'chunked', signing: seed, hasTrailer: false };
      case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
        return { kind: 'chunked', signing: seed, hasTrailer: true };
    }
  }
  throw new S3Error('NotImplemented', 'This x-amz-content-sha256 is not implemented here.');
}

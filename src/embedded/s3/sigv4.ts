import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/*
 * AWS Signature Version 4 as S3 has it: the path is encoded once and never normalized.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export interface Scope {
  /** `20260131` */
  readonly day: string;
  readonly region: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Decoded, with the bucket: `/bucket/some key`. */
  readonly path: string;
  /** Decoded; without `X-Amz-Signature`. */
  readonly query: ReadonlyMap<string, string>;
  /** Names in lower case, in the order in which they were signed. */
  readonly signedHeaders: readonly (readonly [name: string, value: string])[];
  /** The hash, or the word that stands for it. */
  readonly payloadHash: string;
}

export function signingKey(secretKey: string, scope: Scope): Buffer {
  const steps = [scope.day, scope.region, 's3', 'aws4_request'];
  return steps.reduce<Buffer>((key, step) => hmac(key, step), Buffer.from(`AWS4${secretKey}`));
}

/** Hex. `timestamp` is the `x-amz-date`. */
export function signature(key: Buffer, timestamp: string, scope: Scope, request: SignedRequest): string {
  const lines = ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), sha256(canonicalRequest(request))];
  return hmac(key, lines.join('\n')).toString('hex');
}

export function scopeText(scope: Scope): string {
  return `${scope.day}/${scope.region}/s3/aws4_request`;
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function canonicalRequest(request: SignedRequest): string {
  const query = [...request.query]
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const headers = request.signedHeaders.map(
    ([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    request.path.split('/').map(uriEncode).join('/'),
    query.join('&'),
    headers.join(''),
    request.signedHeaders.map(([name]) => name).join(';'),
    request.payloadHash,
  ].join('\n');
}

/** Everything but RFC 3986's unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In constant time, whatever the lengths. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

import { createHmac } from 'node:crypto';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token put together by hand, as an attacker would: any header over any claims, HMAC'd with any key or unsigned. */
export function rawToken(
  header: object,
  claims: object,
  key?: string | Buffer,
  hash: 'sha256' | 'sha384' | 'sha512' = 'sha256',
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = key === undefined ? '' : createHmac(hash, key).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

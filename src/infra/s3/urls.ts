import { isIP } from 'node:net';
import type { StorageConfig } from '../../config.js';

/** RFC 3986, as Signature Version 4 wants it: everything but letters, digits and `-_.~`. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A key as the path of a URL; its slashes stay. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeText).join('/');
}

const hostable = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** Where browsers find the bucket, in the parts that a signature is made of; `path` is without a last slash. */
export function toBucketAddress(config: StorageConfig) {
  const url = new URL(config.publicUrl);
  const prefix = url.pathname.replace(/\/+$/, '');
  // As the SDK decides: an IP address has no subdomains, nor has a certificate more than one level of them.
  const isHosted =
    !config.forcePathStyle &&
    isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 &&
    hostable.test(config.bucket);
  const subdomain = isHosted ? `${config.bucket}.` : '';
  return {
    protocol: url.protocol,
    hostname: subdomain + url.hostname,
    host: subdomain + url.host,
    path: isHosted ? prefix : `${prefix}/${encodeText(config.bucket)}`,
  };
}

/** Without a signature: whoever gets an answer there may read without one. */
export function toPublicUrl(config: StorageConfig, key: string): string {
  const { protocol, host, path } = toBucketAddress(config);
  return `${protocol}//${host}${path}/${encodeKey(key)}`;
}

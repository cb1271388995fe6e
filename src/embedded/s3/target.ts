import { S3Error } from './errors.js';

/** What a request names, taken from its request line to the letter: `..` and `//` in a key stay as they are. */
export interface Target {
  /** All of the path, decoded. */
  readonly path: string;
  /** '' for the service itself. */
  readonly bucket: string;
  /** '' for the bucket itself. */
  readonly key: string;
  /** Decoded; no name occurs twice. */
  readonly query: ReadonlyMap<string, string>;
}

const maxKeyBytes = 1024;

/** Names beneath this one are ours, whatever the resolver says: `<bucket>.localhost`. */
const domain = /^(.+)\.localhost(?::\d+)?$/i;

/**
 * Path-style, `/<bucket>/<key>`; where the Host header names a bucket, `<bucket>.localhost`, all of the path is the
 * key. Throws InvalidURI, KeyTooLongError or InvalidArgument.
 */
export function parseTarget(url: string, host = ''): Target {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (!path.startsWith('/')) throw new S3Error('InvalidURI');
  const hosted = domain.exec(host)?.[1]?.toLowerCase();
  const slash = hosted === undefined ? path.indexOf('/', 1) : 0;
  const bucket = hosted ?? decode(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? '' : decode(path.slice(slash + 1));
  assertKey(key);
  return { path: decode(path), bucket, key, query: parseQuery(mark < 0 ? '' : url.slice(mark + 1)) };
}

/** Throws for a key that S3 would not take, or that could not be given back. */
export function assertKey(key: string): void {
  if (Buffer.byteLength(key) > maxKeyBytes) throw new S3Error('KeyTooLongError');
  if (key.includes('\0')) throw new S3Error('InvalidURI', 'A key must not contain NUL.');
}

function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    // Which of two would be the signed one, and which the one that counts, must not be a question.
    if (query.has(name)) throw new S3Error('InvalidArgument', 'A query parameter was given twice.');
    query.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return query;
}

/** Percent-decoding alone: a `+` is a plus, as SigV4 has it. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI');
  }
}

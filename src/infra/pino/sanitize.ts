import { types } from 'node:util';
import { redact } from './redact.js';

const maxDepth = 5;
const maxItems = 50;

/** Whatever is kept under such a name is a credential, in any form. */
const secretName =
  /^(authorization|proxy-authorization|cookie|set-cookie)$|passw(or)?d|secret|token$|signature|credential|api_?key|connectionParams|jwt/i;

/**
 * What of a value may be logged, by allow-list: plain data with its text redacted; of errors the name, code,
 * message, stack and causes; of requests the method and the path. Any other object is only named, because
 * sockets, clients and vendors' errors carry credentials in fields that nobody thinks of.
 */
export function sanitize(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return redact(value);
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : sanitizeObject(value, depth);
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
  }
}

function sanitizeObject(value: object, depth: number): unknown {
  // Core errors of another realm (workers, vm contexts) are no instances of this one's Error.
  if (types.isNativeError(value) || value instanceof Error) return sanitizeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return redact(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (isRequest(value)) return { method: value.method, path: toPath(value.url) };
  if (depth >= maxDepth) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => sanitize(item, depth + 1));
  if (!isPlain(value)) return `[${value.constructor?.name ?? 'object'}]`;
  return sanitizeFields(value, depth);
}

/** The fields of one log line, or of an object in it. */
export function sanitizeFields(fields: object, depth = 0): Record<string, unknown> {
  const entries = Object.entries(fields)
    .slice(0, maxItems)
    .map(([name, value]): [string, unknown] => [
      name,
      secretName.test(name) && value !== null && value !== undefined
        ? '[redacted]'
        : sanitize(value, depth + 1),
    ]);
  return Object.fromEntries(entries);
}

function sanitizeError(error: Error, depth: number): unknown {
  if (depth >= maxDepth) return '[deeper]';
  const code = 'code' in error ? error.code : undefined;
  return {
    name: redact(error.name),
    ...(typeof code === 'string' ? { code: redact(code) } : typeof code === 'number' ? { code } : {}),
    message: redact(error.message),
    ...(typeof error.stack === 'string' ? { stack: redact(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: sanitize(error.cause, depth + 1) }),
    // AggregateError: what Node throws when every address of a host refused.
    ...('errors' in error && Array.isArray(error.errors)
      ? { errors: error.errors.slice(0, 5).map((each) => sanitize(each, depth + 1)) }
      : {}),
  };
}

function isRequest(value: object): value is { method: string; url: string } {
  return (
    'method' in value &&
    typeof value.method === 'string' &&
    'url' in value &&
    typeof value.url === 'string' &&
    'headers' in value
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // By name and not by identity: the same realms as above.
  return prototype === null || value.constructor?.name === 'Object';
}

/** Without the query, and without the token of a download link. */
function toPath(url: string): string {
  return redact(url.split(/[?#]/, 1)[0] ?? '');
}

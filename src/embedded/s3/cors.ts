import type { CorsRule } from './buckets.js';
import type { Reply } from './call.js';
import { S3Error } from './errors.js';

type Headers = Record<string, string>;

/** What a browser may know of an answer: nothing until the bucket's CORS configuration says so. */
export function corsHeaders(
  rules: readonly CorsRule[] | undefined,
  origin: string | undefined,
  method: string,
): Headers {
  if (origin === undefined || !rules) return {};
  const rule = rules.find((candidate) => allows(candidate, origin, method, []));
  if (!rule) return { vary: 'Origin' };
  return {
    ...originHeaders(rule, origin),
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(rule.exposeHeaders.length > 0 && {
      'access-control-expose-headers': rule.exposeHeaders.join(', '),
    }),
    vary: 'Origin',
  };
}

/** Answers a browser that asks before it sends. Throws AccessForbidden when no rule allows all it asks for. */
export function answerPreflight(
  rules: readonly CorsRule[] | undefined,
  headers: ReadonlyMap<string, string>,
): Reply {
  const origin = headers.get('origin');
  const method = headers.get('access-control-request-method');
  if (origin === undefined || method === undefined) {
    throw new S3Error('InvalidRequest', 'Insufficient information. Origin request header needed.');
  }
  const wanted = (headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  // The same words for no bucket and none configured: this asker proved nothing about itself.
  const rule = rules?.find((candidate) => allows(candidate, origin, method, wanted));
  if (!rule) throw new S3Error('AccessForbidden');
  return {
    status: 200,
    headers: {
      ...originHeaders(rule, origin),
      'access-control-allow-methods': rule.allowedMethods.join(', '),
      ...(wanted.length > 0 && { 'access-control-allow-headers': wanted.join(', ') }),
      ...(rule.maxAgeSeconds !== undefined && { 'access-control-max-age': String(rule.maxAgeSeconds) }),
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    },
  };
}

function originHeaders(rule: CorsRule, origin: string): Headers {
  if (rule.allowedOrigins.includes('*')) return { 'access-control-allow-origin': '*' };
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
}

function allows(rule: CorsRule, origin: string, method: string, headers: readonly string[]): boolean {
  return (
    rule.allowedMethods.includes(method) &&
    rule.allowedOrigins.some((pattern) => fits(pattern, origin)) &&
    headers.every((name) => rule.allowedHeaders.some((pattern) => fits(pattern.toLowerCase(), name)))
  );
}

/** Patterns have one `*` at most. */
function fits(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

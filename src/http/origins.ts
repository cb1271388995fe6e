import type { IncomingMessage, ServerResponse } from 'node:http';
import { loopbackNames } from '../core/loopback-names.js';

/** Whether a page of this origin may use the API. */
export type IsOriginAllowed = (origin: string) => boolean;

/**
 * Our own origin and those that were configured; where we are on loopback, under each of its names. `publicUrl`
 * is asked each time, because a free port is known only once listening.
 */
export function makeIsOriginAllowed(options: {
  readonly publicUrl: () => string;
  readonly allowedOrigins: readonly string[];
}): IsOriginAllowed {
  const allowed = new Set(options.allowedOrigins);
  return (origin) => {
    if (allowed.has(origin)) return true;
    const own = new URL(options.publicUrl());
    if (origin === own.origin) return true;
    if (!loopbackNames.includes(own.hostname) || !URL.canParse(origin)) return false;
    const { protocol, hostname, port } = new URL(origin);
    return protocol === own.protocol && port === own.port && loopbackNames.includes(hostname);
  };
}

/**
 * Lets pages of allowed origins read the answer; pages of others get one that their browser keeps from them.
 * True when it was a preflight, which is answered with this.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  isOriginAllowed: IsOriginAllowed,
): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) {
    response.setHeader('vary', 'origin');
    if (isOriginAllowed(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', 'date, x-request-id, retry-after');
    }
  }
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-request-id',
    'access-control-max-age': '7200',
  });
  response.end();
  return true;
}

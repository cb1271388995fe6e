import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../core/log.js';
import type { Metrics } from './metrics.js';
import { toTarget } from './target.js';

/** Asked every few seconds by machines; of interest only when they fail. */
const quietRoutes = new Set(['/healthz', '/readyz', '/metrics']);

/** The caller's own id when it is a plain one, so that a trace can go on; a new one otherwise. */
export function toRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}

/** Logs and counts a request once it is answered or its caller is gone. `route` is the pattern that matched. */
export function followRequest(
  request: IncomingMessage,
  response: ServerResponse,
  {
    route,
    requestId,
    log,
    metrics,
  }: { route: string; requestId: string; log: Log; metrics?: Metrics | undefined },
): void {
  const startedAt = performance.now();
  response.once('close', () => {
    const ms = performance.now() - startedAt;
    // 499 as nginx has it: the caller closed before the answer was out.
    const status = response.writableFinished ? response.statusCode : 499;
    metrics?.countRequest(route, status, ms / 1000);
    log[quietRoutes.has(route) && status < 400 ? 'debug' : 'info'](
      {
        requestId,
        method: request.method,
        path: toPath(request, route),
        status,
        ms: Math.round(ms * 10) / 10,
      },
      'request',
    );
  });
}

/** The pattern in place of a path that carries a token; never the query. */
function toPath(request: IncomingMessage, route: string): string {
  return route.includes(':') ? route : toTarget(request).path.slice(0, 200);
}

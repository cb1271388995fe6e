import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isPassingFault } from '../core/errors.js';
import type { Log } from '../core/log.js';
import { HttpRequest } from './http-request.js';
import type { Metrics } from './metrics.js';
import { cutWhenSlow } from './request-body.js';
import { followRequest, toRequestId } from './request-log.js';
import {
  HttpRefusal,
  isVisit,
  nothingHere,
  send,
  sendEarly,
  sendJson,
  toHead,
  type Handler,
} from './respond.js';
import { makeRouter } from './router.js';
import { toTarget } from './target.js';

/** Takes over a connection that asks for WebSocket. */
export interface Upgrade {
  /** Owns the socket from here on. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Resolves when every connection is closed; those that take longer are cut. */
  close(deadlineMs: number): Promise<void>;
}

export interface HttpServerOptions {
  /** By pattern: `/graphql`, `/d/:token`, or `*` for all the rest, which is 404 otherwise. */
  readonly routes: Readonly<Record<string, Handler>>;
  /**
   * Of these, the routes that take requests of any length and see to slow senders themselves. Every other request is
   * to have come whole within 300 s.
   */
  readonly longRoutes?: readonly string[];
  readonly upgrades?: Readonly<Record<string, Upgrade>>;
  readonly log: Log;
  readonly metrics?: Metrics;
}

/** Until a request has come whole. */
const requestTimeoutMs = 300_000;

/** How long what ran for a connection that was cut may take to put away what it had begun. */
const usualSettleMs = 5_000;

/** On every answer; what serves pages of its own sets others. */
const headers = new Map([
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
]);

/** One port: requests by route, and upgrades. Nothing is open before `listen`. */
export function makeHttpServer(options: HttpServerOptions) {
  const { routes, longRoutes = [], upgrades = {}, log, metrics } = options;
  const findRoute = makeRouter(routes);
  const findUpgrade = makeRouter(upgrades);
  const running = new Set<Promise<void>>();
  let closing = false;

  const server = createServer(
    // Node's own requestTimeout knows no routes.
    {
      IncomingMessage: HttpRequest,
      maxHeaderSize: 16 * 1024,
      requestTimeout: 0,
      headersTimeout: 20_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const work = answer(request, response).finally(() => running.delete(work));
      running.add(work);
    },
  );
  server.maxHeadersCount = 100;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = toRequestId(request);
    const { route, target } = findRoute(toTarget(request).path);
    followRequest(request, response, { route, requestId, log, metrics });
    response.setHeaders(headers);
    response.setHeader('x-request-id', requestId);
    if (closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      // The connection counts as idle only after this event.
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    const isLong = longRoutes.includes(route);
    if (!isLong) cutWhenSlow(request, requestTimeoutMs);
    try {
      if (target === undefined) throw nothingHere();
      await target(request, response, { requestId });
    } catch (error) {
      sendError(request, response, error, { requestId, isLong });
    }
  }

  function sendError(
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    { requestId, isLong }: { requestId: string; isLong: boolean },
  ): void {
    // Its caller is gone.
    if (response.destroyed) return;
    const { status, headers } = toHead(error);
    if (status >= 500) log.error({ error, requestId }, 'a request failed');
    // The answer is under way and can only be cut; a whole one would be taken for good.
    if (response.headersSent) return void response.destroy();
    const shown =
      error instanceof AppError && status !== 500
        ? {
            code: error.code,
            message: error.message,
            ...error.extensions,
            ...(isPassingFault(error) ? { requestId } : {}),
          }
        : error instanceof HttpRefusal
          ? { code: 'BAD_REQUEST', message: error.message }
          : { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.', requestId };
    const words = status === 500 ? `${shown.message} Its number is ${requestId}.` : shown.message;
    if (isVisit(request)) send(response, status, 'text/plain; charset=utf-8', `${words}\n`, headers);
    // Much of it may still be on its way.
    else if (isLong) sendEarly(request, response, status, { error: shown }, headers);
    else sendJson(response, status, { error: shown }, headers);
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { target } = findUpgrade(toTarget(request).path);
    if (target === undefined) refuseUpgrade(socket, '404 Not Found');
    else if (closing) refuseUpgrade(socket, '503 Service Unavailable');
    else target.accept(request, socket, head);
  });

  /**
   * Port 0 takes a free one; the result tells which. `localhost` is IPv4 loopback, whatever the resolver says.
   * Rejects in plain words when the port is taken or not ours to take; `setting` names the port's.
   */
  function listen(port: number, host: string, setting = 'PORT'): Promise<{ port: number }> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(toListenError(error, { port, host, setting }));
      server.once('error', fail);
      server.listen(port, host === 'localhost' ? '127.0.0.1' : host, () => {
        server.off('error', fail);
        server.on('error', (error) => log.error({ error }, 'the HTTP server failed'));
        resolve({ port: (server.address() as AddressInfo).port }); // a TCP server's address is never a string
      });
    });
  }

  /**
   * Stops accepting, lets running requests finish until the deadline, then cuts them. Resolves once nothing runs for
   * any, so that what they use may be closed, or else `settleMs` after the cut. Never rejects.
   */
  async function close(deadlineMs: number, settleMs = usualSettleMs): Promise<void> {
    closing = true;
    // Its error says only that it did not listen.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
    await Promise.all([closed, ...Object.values(upgrades).map((upgrade) => upgrade.close(deadlineMs))]);
    clearTimeout(cut);
    await Promise.race([Promise.allSettled(running), delay(settleMs, undefined, { ref: false })]);
    if (running.size > 0) log.warn({ requests: running.size }, 'requests that were cut still run');
  }

  return { listen, close };
}

export type HttpServer = ReturnType<typeof makeHttpServer>;

/** Ends a connection that asked for an upgrade, with a status line such as `403 Forbidden`. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function toListenError(
  error: NodeJS.ErrnoException,
  { port, host, setting }: { port: number; host: string; setting: string },
): Error {
  const why: Record<string, string> = {
    EADDRINUSE: `is in use: set ${setting} to another one, or stop what listens there`,
    EACCES: `may not be opened by this user: set ${setting} to one above 1023`,
    EADDRNOTAVAIL: 'is at no address of this machine: set HOST to one that is',
  };
  const reason = why[error.code ?? ''];
  return new Error(`Port ${port} on ${host} ${reason ?? `can't be opened (${error.code})`}.`, {
    cause: error,
  });
}

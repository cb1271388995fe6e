import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { AppError, isPassingFault, type ErrorCode } from '../core/errors.js';
import { discardRest } from './discard-rest.js';

/** What the server knows of a request besides what came in. */
export interface Exchange {
  readonly requestId: string;
}

/** Answers the request, or throws: an AppError becomes its status, anything else a masked 500. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
) => Promise<void> | void;

/** A request that is refused for its form: shown as it is, with this status. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  constructor(
    readonly status: number,
    message: string,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(message);
  }
}

const statuses: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  QUOTA_EXCEEDED: 403,
  SCAN_BLOCKED: 403,
  NOT_FOUND: 404,
  SCAN_PENDING: 409,
  UPLOAD_IN_PROGRESS: 409,
  ASSET_BYTES_GONE: 410,
  FILE_TOO_LARGE: 413,
  MIME_TYPE_NOT_ALLOWED: 415,
  // As the IETF's draft of the Idempotency-Key header has it.
  IDEMPOTENCY_CONFLICT: 422,
  UPLOAD_MISMATCH: 422,
  MEMORY_LOCKED: 423,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  STORAGE_UNAVAILABLE: 503,
};

/** Somebody's browser opens it as a page: what it is answered is read by a person. */
export function isVisit({ method = '', headers: { accept = '' } }: IncomingMessage): boolean {
  return ['GET', 'HEAD'].includes(method) && accept.includes('text/html');
}

export const nothingHere = () => new AppError('NOT_FOUND', 'There is nothing at this address.');

/** Status and headers for an error; 500 for what isn't an expected refusal. */
export function toHead(error: unknown): { status: number; headers: OutgoingHttpHeaders } {
  if (error instanceof HttpRefusal) return { status: error.status, headers: error.headers };
  if (!(error instanceof AppError)) return { status: 500, headers: {} };
  const retryAfter = error.extensions['retryAfterSeconds'];
  return {
    status: isPassingFault(error) ? 503 : (statuses[error.code] ?? 400),
    headers: {
      ...(error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(typeof retryAfter === 'number' ? { 'retry-after': String(Math.ceil(retryAfter)) } : {}),
    },
  };
}

/** Does nothing when the caller is gone already. Never cached: every answer of ours is about one caller. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`, headers);
}

/** Answers a request whose body may not have come whole: its sender can read the answer before the connection ends. */
export function sendEarly(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  if (request.complete) return sendJson(response, status, body, headers);
  if (response.destroyed || response.headersSent) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
    connection: 'close',
  });
  response.write(text);
  void discardRest(request).then(() => response.end());
}

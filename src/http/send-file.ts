import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { PortalFile } from './portal-files.js';
import { HttpRefusal } from './respond.js';

export function assertRead({ method }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpRefusal(405, 'The portal is read by GET.', { allow: 'GET, HEAD' });
  }
}

/** Sends the file in what the browser takes of its codings; 304 where the browser has it already, by its ETag. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { contentType, bodies, hash }: PortalFile,
  headers: OutgoingHttpHeaders,
): void {
  const coding = chooseCoding(request);
  const encoded = coding && bodies[coding];
  const body = encoded ?? bodies.identity;
  const etag = encoded === undefined ? `"${hash}"` : `"${hash}-${coding}"`;
  const common = { etag, vary: 'accept-encoding', ...headers };
  if (isAmong(etag, request.headers['if-none-match'])) {
    response.writeHead(304, common);
    response.end();
    return;
  }
  response.writeHead(200, {
    ...common,
    'content-type': contentType,
    'content-length': body.length,
    ...(encoded !== undefined && { 'content-encoding': coding }),
  });
  response.end(body);
}

function isAmong(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/** Of what the build compresses to; browsers that take neither, or refuse them, get the file as it is. */
function chooseCoding({ headers }: IncomingMessage): 'br' | 'gzip' | undefined {
  const accepted = new Set(
    String(headers['accept-encoding'] ?? '')
      .split(',')
      .map((item) => item.trim().toLowerCase())
      .filter((item) => !/;\s*q=0(\.0*)?$/.test(item))
      .map((item) => item.split(';', 1)[0]?.trim()),
  );
  return accepted.has('br') ? 'br' : accepted.has('gzip') ? 'gzip' : undefined;
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { notFound } from '../core/errors.js';
import type { Demo } from '../demo/demo.js';
import { isFromThisMachine } from './loopback.js';
import { noncePlaceholder, type PortalFiles } from './portal-files.js';
import { HttpRefusal, send, sendJson, type Handler } from './respond.js';

export interface PortalOptions {
  /** undefined where the portal was not built. */
  readonly files: PortalFiles | undefined;
  /** Where the page may connect to besides this service: the storage that browsers put bytes to. */
  readonly storageOrigin: string;
  readonly publicUrl: () => string;
  readonly demo: Demo | undefined;
}

/** One page: which of its parts is shown, it reads from the address itself. */
const pageRoutes = ['/', '/files', '/files/*', '/admin', '/admin/*'];

/** The web page where people answer: `/`, what it is made of, and what it must know before anybody signs in. */
export function makePortalRoutes({
  files,
  storageOrigin,
  publicUrl,
  demo,
}: PortalOptions): Record<string, Handler> {
  const page: Handler = (request, response) => {
    assertRead(request);
    if (files === undefined) {
      throw new HttpRefusal(503, 'The portal has not been built yet: npm run build.');
    }
    // Of this one answer: the component library puts two rules of its own into the page, and nobody else may.
    const nonce = randomBytes(16).toString('base64');
    send(response, 200, 'text/html; charset=utf-8', files.index.replaceAll(noncePlaceholder, nonce), {
      'cache-control': 'no-cache',
      ...pageHeaders(nonce, [storageOrigin, new URL(publicUrl()).origin.replace(/^http/, 'ws')]),
    });
  };

  return {
    ...Object.fromEntries(pageRoutes.map((route) => [route, page])),

    '/static/:file': (request, response) => {
      assertRead(request);
      const name = (request.url ?? '').split('?', 1)[0]?.split('/').at(-1) ?? '';
      const file = files?.files.get(name);
      if (file === undefined) throw notFound('The file');
      const coding = chooseCoding(request);
      const body = (coding && file.bodies[coding]) ?? file.bodies.identity;
      response.writeHead(200, {
        'content-type': file.contentType,
        'content-length': body.length,
        // Its name changes with its content.
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
        ...(coding !== undefined && body === file.bodies[coding] && { 'content-encoding': coding }),
      });
      response.end(body);
    },

    '/portal.json': (request, response) => {
      assertRead(request);
      const people = demo?.people.map(({ id, name, role }) => ({ id, name, role }));
      sendJson(response, 200, { demo: people && isFromThisMachine(request) ? { people } : null });
    },
  };
}

function pageHeaders(nonce: string, connectTo: readonly string[]): OutgoingHttpHeaders {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "font-src 'self'",
      "img-src 'self' blob:",
      // Previews play what the page has read whole: a download URL works once, and a player asks many times.
      'media-src blob:',
      `connect-src 'self' ${connectTo.join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    'cross-origin-opener-policy': 'same-origin',
  };
}

function assertRead({ method }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpRefusal(405, 'The portal is read by GET.', { allow: 'GET, HEAD' });
  }
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

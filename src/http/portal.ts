import { randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { notFound } from '../core/errors.js';
import type { Demo } from '../demo/demo.js';
import { isFromThisMachine } from './loopback.js';
import { answerCors, type IsOriginAllowed } from './origins.js';
import { noncePlaceholder, type PortalFiles } from './portal-files.js';
import { HttpRefusal, isVisit, nothingHere, send, sendJson, type Handler } from './respond.js';
import { assertRead, sendFile } from './send-file.js';
import { toLastSegment } from './target.js';

export interface PortalOptions {
  /** undefined where the portal was not built. */
  readonly files: PortalFiles | undefined;
  /** Where the page may connect to besides this service: the storage that browsers put bytes to. */
  readonly storageOrigin: string;
  readonly publicUrl: () => string;
  readonly demo: Demo | undefined;
  readonly isOriginAllowed: IsOriginAllowed;
}

/** One page: which of its parts is shown, it reads from the address itself. */
const pageRoutes = ['/', '/files', '/files/*', '/admin', '/admin/*'];

/**
 * The web page where people answer: `/`, what it is made of, and what it must know before anybody signs in. And the
 * script by which pages of others show the same requests.
 */
export function makePortalRoutes({
  files,
  storageOrigin,
  publicUrl,
  demo,
  isOriginAllowed,
}: PortalOptions): Record<string, Handler> {
  const page: Handler = (request, response) => {
    assertRead(request);
    if (files === undefined) {
      throw new HttpRefusal(503, 'The portal has not been built yet: npm run build.');
    }
    sendPage(response, 200, files);
  };

  function sendPage(response: ServerResponse, status: number, { index }: PortalFiles): void {
    // Of this one answer: the component library puts two rules of its own into the page, and nobody else may.
    const nonce = randomBytes(16).toString('base64');
    send(response, status, 'text/html; charset=utf-8', index.replaceAll(noncePlaceholder, nonce), {
      'cache-control': 'no-cache',
      ...pageHeaders(nonce, [storageOrigin, new URL(publicUrl()).origin.replace(/^http/, 'ws')]),
    });
  }

  return {
    ...Object.fromEntries(pageRoutes.map((route) => [route, page])),

    // Who comes by a mistyped address is told so by the page; programs are told in theirs.
    '*': (request, response) => {
      if (!isVisit(request) || files === undefined) throw nothingHere();
      sendPage(response, 404, files);
    },

    '/static/:file': (request, response) => {
      assertRead(request);
      const file = files?.files.get(toLastSegment(request));
      if (file === undefined) throw notFound('The file');
      // Its name changes with its content.
      sendFile(request, response, file, { 'cache-control': 'public, max-age=31536000, immutable' });
    },

    '/embed/askfile-prompts.js': (request, response) => {
      assertRead(request);
      if (files === undefined) throw notFound('The file');
      // Pages of any origin may load it; what they may do with it is for their tokens and `isOriginAllowed`. Its name
      // stays the same, so that it is asked each time whether it has changed.
      sendFile(request, response, files.embed, {
        'cache-control': 'no-cache',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      });
    },

    '/portal.json': (request, response) => {
      if (answerCors(request, response, isOriginAllowed)) return;
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

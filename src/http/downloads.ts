import type { Downloads } from '../domains/assets/download.service.js';
import { answerCors, type IsOriginAllowed } from './origins.js';
import { HttpRefusal, send, type Handler } from './respond.js';
import { toLastSegment } from './target.js';

/** What browsers and link previews say when nobody has clicked yet. */
const prefetchHeaders = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

/**
 * `GET /d/:token`: spends a download URL and leads to the bytes. HEAD and prefetches are refused before anything
 * is spent.
 */
export function makeDownloadHandler(downloads: Downloads, isOriginAllowed: IsOriginAllowed): Handler {
  return async (request, response) => {
    if (answerCors(request, response, isOriginAllowed)) return;
    if (request.method !== 'GET') throw new HttpRefusal(405, 'A download is asked by GET.', { allow: 'GET' });
    if (
      prefetchHeaders.some((name) => /prefetch|preview|prerender/i.test(String(request.headers[name] ?? '')))
    ) {
      throw new HttpRefusal(403, 'A download works once, and is not prefetched.');
    }
    const location = await downloads.redeem(toLastSegment(request));
    send(response, 302, 'text/plain; charset=utf-8', '', { location });
  };
}

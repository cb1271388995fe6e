import type { IncomingMessage } from 'node:http';

export interface Target {
  /** As it was sent: nothing is decoded or resolved. */
  readonly path: string;
  /** Without its question mark; empty when there is none. */
  readonly query: string;
}

/** What a request is for: its target may be a path or, as for a proxy, a whole address (RFC 9112, 3.2.2). */
export function toTarget({ url = '' }: Pick<IncomingMessage, 'url'>): Target {
  const [path = '', ...query] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  return { path: path === '' ? '/' : path, query: query.join('?') };
}

/** What follows the last slash. */
export function toLastSegment(request: Pick<IncomingMessage, 'url'>): string {
  return toTarget(request).path.split('/').at(-1) ?? '';
}

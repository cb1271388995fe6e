import type { IncomingMessage } from 'node:http';
import { loopbackNames } from '../core/loopback-names.js';

/** What proxies add: behind one, every caller seems to be on this machine. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

/**
 * Whether the request comes from this machine and was meant for it. The Host tells, too: a page from elsewhere that
 * has had its own name resolved to this machine still says that name.
 */
export function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  const host = `http://${headers.host ?? ''}`;
  return (
    isLoopback &&
    URL.canParse(host) &&
    loopbackNames.includes(new URL(host).hostname) &&
    proxyHeaders.every((name) => headers[name] === undefined)
  );
}

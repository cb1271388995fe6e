import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Where a request comes from, as far as can be told. */
export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * Each proxy adds the address of whoever connected to it at the end of `X-Forwarded-For`. So many proxies of ours are
 * believed, and nothing that stood there before: callers write what they like. Without one, it is whoever connects.
 */
export function makeAddressOf(trustedProxies: number): AddressOf {
  return ({ headers, socket }) => {
    const forwarded =
      trustedProxies === 0 ? [] : [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const told = forwarded.at(-trustedProxies)?.trim() ?? '';
    return toNetwork(isIP(told) === 0 ? (socket.remoteAddress ?? '') : told);
  };
}

/** One who has an address of IPv6 has 2^64 of them. */
function toNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16));
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

import type { IncomingMessage } from 'node:http';
import { makeAddressOf } from '../../src/http/address.js';

/** As much of a request as counts. */
const from = (remoteAddress: string, forwarded?: string | string[]) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test('without a proxy, the address is that of whoever connects, whatever they claim', () => {
  const addressOf = makeAddressOf(0);
  expect(addressOf(from('192.0.2.1'))).toBe('192.0.2.1');
  expect(addressOf(from('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
});

test.each([
  [1, '203.0.113.9', '203.0.113.9'],
  [1, 'made up, 198.51.100.7, 203.0.113.9', '203.0.113.9'],
  [2, '198.51.100.7, 203.0.113.9', '198.51.100.7'],
  [2, '6.6.6.6, 198.51.100.7, 203.0.113.9', '198.51.100.7'],
  [2, ['6.6.6.6, 198.51.100.7', '203.0.113.9'], '198.51.100.7'],
])(
  'behind %i proxies, %s comes from %s: what callers wrote themselves is not believed',
  (proxies, header, address) => {
    expect(makeAddressOf(proxies)(from('10.0.0.1', header))).toBe(address);
  },
);

test('what is no address, or was not added, leaves the address of whoever connects', () => {
  for (const header of [undefined, '', 'unknown', '203.0.113.9:443', '203.0.113.9']) {
    expect(makeAddressOf(2)(from('10.0.0.1', header))).toBe('10.0.0.1');
  }
});

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
])('%s counts as %s: one connection has a whole network of IPv6', (given, address) => {
  expect(makeAddressOf(0)(from(given))).toBe(address);
});

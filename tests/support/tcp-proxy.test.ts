import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { makeTcpProxy } from './tcp-proxy.js';
import type { TcpProxy } from './tcp-proxy.js';
import { until } from './until.js';

/** Answers each chunk with itself. */
let echo: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo; // Of a TCP server that listens, never a string.
  proxy = await makeTcpProxy({ to: { host: '127.0.0.1', port } });
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

function open() {
  const socket = connect(proxy.port, proxy.host);
  const seen = { text: '', error: '', closed: false };
  socket.on('data', (chunk) => (seen.text += chunk.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (seen.error = error.code ?? error.message));
  socket.on('close', () => (seen.closed = true));
  return { socket, seen };
}

test('passes bytes both ways until told otherwise, and counts its connections', async () => {
  const { socket, seen } = open();
  socket.write('hello');
  await until(() => seen.text === 'hello');
  expect(proxy.connections()).toBe(1);
  socket.end();
  await until(() => seen.closed && proxy.connections() === 0);
});

test('closes a connection after so many bytes of its answers', async () => {
  proxy.cutAfterBytes(7);
  const { socket, seen } = open();
  socket.write('hello');
  await until(() => seen.text === 'hello');
  socket.write('world');
  await until(() => seen.closed);
  expect(seen.text).toBe('hellowo');
});

test('closes a connection after so many bytes were sent, and passes those on', async () => {
  const received: string[] = [];
  echo.on('connection', (socket) => socket.on('data', (chunk) => received.push(chunk.toString())));
  proxy.cutAfterSentBytes(7);
  const { socket, seen } = open();
  socket.write('hello');
  await until(() => seen.text === 'hello');
  socket.write('world');
  await until(() => seen.closed && proxy.connections() === 0);
  await until(() => received.join('') === 'hellowo');
});

test('holds every byte while stalled, and passes them on once healed', async () => {
  const { socket, seen } = open();
  socket.write('a');
  await until(() => seen.text === 'a');
  proxy.stall();
  socket.write('b');
  const late = open();
  late.socket.write('c');
  await until(() => proxy.connections() === 2);
  expect([seen.text, late.seen.text]).toEqual(['a', '']);
  await proxy.heal();
  await until(() => seen.text === 'ab' && late.seen.text === 'c');
});

test('resets what is open and what comes, until healed', async () => {
  const first = open();
  first.socket.write('a');
  await until(() => first.seen.text === 'a');
  proxy.reset();
  const second = open();
  await until(() => first.seen.closed && second.seen.closed);
  expect([first.seen.error, second.seen.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
  await proxy.heal();
  const third = open();
  third.socket.write('b');
  await until(() => third.seen.text === 'b');
});

test('refuses connections, then listens again on the same port', async () => {
  const { port } = proxy;
  await proxy.refuse();
  const refused = open();
  await until(() => refused.seen.error === 'ECONNREFUSED');
  await proxy.heal();
  expect(proxy.port).toBe(port);
  const { socket, seen } = open();
  socket.write('back');
  await until(() => seen.text === 'back');
});

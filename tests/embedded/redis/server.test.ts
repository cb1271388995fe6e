import { Redis } from 'ioredis';
import { matchesGlob } from '../../../src/embedded/redis/glob.js';
import { makeKeyspace } from '../../../src/embedded/redis/keyspace.js';
import { startRespServer } from '../../../src/embedded/redis/server.js';
import { makeRecordingLog } from '../../support/recording-log.js';
import { openRespSocket } from '../../support/resp-socket.js';
import { until } from '../../support/until.js';

const password = 'a-password-of-tests';
const log = makeRecordingLog();

test('a subscriber that does not read is disconnected, and the others go on', async () => {
  const server = await startRespServer({ password, log, maxOutputBytes: 1024 * 1024 });
  const slow = await openRespSocket(server.port);
  slow.send('AUTH', password);
  slow.send('SUBSCRIBE', 'flood');
  await slow.received(10);
  slow.socket.pause();
  const publisher = new Redis(server.url);
  const quick = new Redis(server.url);
  let received = 0;
  quick.on('message', () => (received += 1));
  await quick.subscribe('flood');
  const message = Buffer.alloc(8 * 1024);
  let published = 0;
  let receivers = 2;
  for (; receivers === 2 && published < 20_000; published += 1) {
    receivers = await publisher.publish('flood', message);
  }
  await until(() => received === published);
  expect(await publisher.pubsub('NUMSUB', 'flood')).toEqual(['flood', 1]);
  for (const each of [publisher, quick]) each.disconnect();
  slow.socket.destroy();
  await server.close();
});

test('a client that asks without reading waits, and gets every answer when it reads', async () => {
  const server = await startRespServer({ password, log });
  const client = await openRespSocket(server.port);
  client.send('AUTH', password);
  client.send('SET', 'k', Buffer.alloc(100_000, 'x'));
  client.socket.pause();
  for (let i = 0; i < 300; i += 1) client.send('GET', 'k');
  client.socket.resume();
  const one = '$100000\r\n'.length + 100_000 + 2;
  expect((await client.received(10 + 300 * one)).length).toBe(10 + 300 * one);
  client.socket.destroy();
  await server.close();
});

test('who has not given the password cannot fill the memory', async () => {
  const server = await startRespServer({ password, log });
  const client = await openRespSocket(server.port);
  client.raw('*2\r\n$3\r\nGET\r\n$500000000\r\n');
  const chunk = Buffer.alloc(16 * 1024);
  await until(() => {
    if (!client.socket.destroyed) client.raw(chunk);
    return client.socket.destroyed;
  });
  await server.close();
});

test('asks for protocol 3 are refused, so that clients go on with 2', async () => {
  const server = await startRespServer({ password, log });
  const client = await openRespSocket(server.port);
  client.send('HELLO', '3');
  const expected = "-ERR unknown command 'HELLO', with args beginning with: '3' \r\n";
  expect(await client.received(expected.length)).toBe(expected);
  client.socket.destroy();
  await server.close();
});

test('what has expired is freed without being asked for, a part at a time', () => {
  let now = 1_000;
  const keys = makeKeyspace(() => now);
  for (let i = 0; i < 100; i += 1) {
    keys.set(`k${i}`, { value: Buffer.from('v'), expiresAt: i % 2 === 0 ? 2_000 : null });
  }
  keys.sweep(1_000);
  expect(keys.size()).toBe(100);
  now = 2_000;
  keys.sweep(40);
  expect(keys.size()).toBe(80);
  keys.sweep(1_000);
  expect(keys.size()).toBe(50);
});

test('a hostile pattern takes no time to speak of', () => {
  expect(matchesGlob(`${'a*'.repeat(50)}b`, 'a'.repeat(5_000))).toBe(false);
  expect(matchesGlob('[a-', 'a')).toBe(true);
  expect(matchesGlob('\\', '\\')).toBe(true);
  expect(matchesGlob('', '')).toBe(true);
  expect(matchesGlob('*', '')).toBe(true);
});

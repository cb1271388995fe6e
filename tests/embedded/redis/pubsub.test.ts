import { Redis } from 'ioredis';
import { findRedisServers, type RunningRedis } from '../../support/redis-servers.js';
import { until } from '../../support/until.js';

describe.each(await findRedisServers())('$name', ({ start }) => {
  let server: RunningRedis;
  let publisher: Redis;
  let subscriber: Redis;

  beforeAll(async () => {
    server = await start();
    publisher = new Redis(server.url);
  });
  beforeEach(() => {
    subscriber = new Redis(server.url);
  });
  afterEach(() => (subscriber.status === 'end' ? undefined : subscriber.disconnect()));
  afterAll(async () => {
    publisher.disconnect();
    await server.close();
  });

  test('delivers to all who listen to a channel, and counts them', async () => {
    const second = new Redis(server.url);
    const seen: string[] = [];
    subscriber.on('message', (channel, message) => seen.push(`1 ${channel} ${message}`));
    second.on('message', (channel, message) => seen.push(`2 ${channel} ${message}`));
    expect(await subscriber.subscribe('a', 'b')).toBe(2);
    expect(await second.subscribe('a')).toBe(1);
    expect(await publisher.publish('a', 'x')).toBe(2);
    expect(await publisher.publish('b', 'y')).toBe(1);
    expect(await publisher.publish('c', 'z')).toBe(0);
    await until(() => seen.length === 3);
    expect(seen.sort()).toEqual(['1 a x', '1 b y', '2 a x']);
    second.disconnect();
  });

  test('delivers binary messages untouched', async () => {
    const message = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const received = new Promise<Buffer>((resolve) =>
      subscriber.on('messageBuffer', (_channel, bytes: Buffer) => resolve(bytes)),
    );
    await subscriber.subscribe('binary');
    await publisher.publish('binary', message);
    expect(await received).toEqual(message);
  });

  test('delivers by pattern', async () => {
    const seen: string[] = [];
    subscriber.on('pmessage', (pattern, channel, message) => seen.push(`${pattern} ${channel} ${message}`));
    expect(await subscriber.psubscribe('news.*', 'h[ae]llo')).toBe(2);
    await publisher.publish('news.art', '1');
    await publisher.publish('hello', '2');
    await publisher.publish('hillo', '3');
    await publisher.publish('news', '4');
    await until(() => seen.length >= 2);
    expect(seen).toEqual(['news.* news.art 1', 'h[ae]llo hello 2']);
  });

  test('tells who listens, and nobody once all have gone', async () => {
    await subscriber.subscribe('one', 'two');
    await subscriber.psubscribe('t*');
    expect(((await publisher.pubsub('CHANNELS')) as string[]).sort()).toEqual(['one', 'two']);
    expect(await publisher.pubsub('CHANNELS', 'o*')).toEqual(['one']);
    expect(await publisher.pubsub('NUMSUB', 'one', 'none')).toEqual(['one', 1, 'none', 0]);
    expect(await publisher.pubsub('NUMPAT')).toBe(1);
    expect(await subscriber.unsubscribe('one')).toBe(2);
    expect(await publisher.pubsub('CHANNELS')).toEqual(['two']);
    await subscriber.quit();
    await until(async () => Number(await publisher.pubsub('NUMPAT')) === 0);
    expect(await publisher.pubsub('CHANNELS')).toEqual([]);
  });

  test('lets a connection leave the subscriber mode and serve commands again', async () => {
    await subscriber.subscribe('a', 'b');
    await subscriber.psubscribe('c*');
    expect(await subscriber.ping()).toEqual(['pong', '']);
    expect(await subscriber.unsubscribe('a', 'b')).toBe(1);
    expect(await subscriber.punsubscribe()).toBe(0);
    expect(await subscriber.set('k', 'v')).toBe('OK');
  });
});

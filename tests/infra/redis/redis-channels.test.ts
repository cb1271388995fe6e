import { Redis } from 'ioredis';
import type { ChangeMessage } from '../../../src/core/events.js';
import { makeRedisChannels, type RedisChannels } from '../../../src/infra/redis/redis-channels.js';
import { makeRecordingLog } from '../../support/recording-log.js';
import { findRedisServers, type RunningRedis } from '../../support/redis-servers.js';
import { makeTcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';

describe.each(await findRedisServers())('on $name', ({ start }) => {
  let server: RunningRedis;
  let admin: Redis;
  let channels: RedisChannels;
  let log: ReturnType<typeof makeRecordingLog>;
  const opened: RedisChannels[] = [];

  /** Another process's worth of it. */
  function makeChannels(url = server.url, openTimeoutMs = 5_000): RedisChannels {
    const made = makeRedisChannels({ url, log, openTimeoutMs });
    opened.push(made);
    return made;
  }
  const channelsOfBroker = async () => (await admin.pubsub('CHANNELS')) as string[]; // As Redis documents.
  const collect = () => {
    const seen: ChangeMessage[] = [];
    return { seen, onMessage: (message: ChangeMessage) => void seen.push(message) };
  };

  beforeEach(async () => {
    log = makeRecordingLog();
    server = await start();
    admin = new Redis(server.url, { disconnectTimeout: 1 });
    admin.on('error', () => undefined);
    channels = makeChannels();
  });
  afterEach(async () => {
    admin.disconnect();
    for (const each of opened.splice(0)) await each.close();
    await server.close();
  });

  test('delivers to every listener of every process', async () => {
    const other = makeChannels();
    const boxes = [collect(), collect(), collect()] as const;
    await channels.open('prompts', boxes[0].onMessage);
    await channels.open('prompts', boxes[1].onMessage);
    await other.open('prompts', boxes[2].onMessage);
    channels.publish('prompts', { id: 'a', version: 1 });
    channels.publish('others', { id: 'b', version: 1 });
    channels.publish('prompts', { id: 'a', version: 2 });
    await until(() => boxes.every(({ seen }) => seen.length === 2));
    for (const { seen } of boxes) expect(seen.map(({ version }) => version)).toEqual([1, 2]);
    expect(await admin.pubsub('NUMSUB', 'prompts')).toEqual(['prompts', 2]);
  });

  test('a message published right after opening is never missed', async () => {
    for (let i = 0; i < 200; i += 1) {
      const box = collect();
      const close = await channels.open(`c${i}`, box.onMessage);
      await admin.publish(`c${i}`, JSON.stringify({ id: 'x', version: i }));
      await until(() => box.seen.length === 1);
      close();
    }
  });

  test('ending one listener leaves the others, and ending twice does nothing', async () => {
    const [first, second] = [collect(), collect()];
    const close = await channels.open('c', first.onMessage);
    await channels.open('c', second.onMessage);
    close();
    close();
    channels.publish('c', { id: 'x', version: 1 });
    await until(() => second.seen.length === 1);
    expect(first.seen).toEqual([]);
    expect(channels.counts()).toEqual({ channels: 1, listeners: 1 });
  });

  test('opening and closing one channel a thousand times at once ends subscribed or not as asked', async () => {
    const box = collect();
    const ends: (() => void)[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      const opening = channels.open('raced', box.onMessage);
      // Some at once, some later, some interleaved with the next opening.
      if (i % 3 === 0) ends.push(await opening);
      else void opening.then((end) => (i % 3 === 1 ? end() : ends.push(end)));
      if (i % 7 === 0) ends.pop()?.();
    }
    await until(() => channels.counts().listeners === ends.length);
    channels.publish('raced', { id: 'x', version: 1 });
    await until(() => box.seen.length === ends.length);
    for (const end of ends) end();
    await until(() => channels.counts().channels === 0);
    expect(await channelsOfBroker()).toEqual([]);
    const last = collect();
    await channels.open('raced', last.onMessage);
    channels.publish('raced', { id: 'x', version: 2 });
    await until(() => last.seen.length === 1);
  });

  test('ten thousand openings leave nothing behind', async () => {
    const closing: Promise<void>[] = [];
    for (let i = 0; i < 10_000; i += 1) {
      closing.push(channels.open(`c${i % 2_500}`, () => undefined).then((close) => close()));
    }
    await Promise.all(closing);
    await until(() => channels.counts().channels === 0);
    expect(channels.counts()).toEqual({ channels: 0, listeners: 0 });
    expect(await channelsOfBroker()).toEqual([]);
  });

  test('closing everything before anything is confirmed leaves nothing and rejects what waits', async () => {
    const outcomes = Array.from({ length: 1_000 }, (_, i) =>
      channels
        .open(`c${i}`, () => undefined)
        .then(
          () => 'open',
          () => 'rejected',
        ),
    );
    await channels.close();
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['rejected']));
    expect(channels.counts()).toEqual({ channels: 0, listeners: 0 });
    await until(async () => (await channelsOfBroker()).length === 0);
    await expect(channels.open('late', () => undefined)).rejects.toThrow('closed');
  });

  test('drops what others write to a channel, and what a listener throws, and goes on', async () => {
    const box = collect();
    await channels.open('c', () => {
      throw new Error('a bug of the listener');
    });
    await channels.open('c', box.onMessage);
    for (const bad of [
      '',
      'text',
      '{',
      '[]',
      '{"id":1,"version":1}',
      '{"id":"x"}',
      '{"id":"x","version":-1}',
    ]) {
      await admin.publish('c', bad);
    }
    await admin.publish('c', '{"id":"good","version":3,"more":"ignored"}');
    await until(() => box.seen.length > 0);
    expect(box.seen).toEqual([{ id: 'good', version: 3 }]);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(7);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('after a restart of Redis it tells when all is subscribed anew, and delivers', async () => {
    const boxes = Array.from({ length: 50 }, collect);
    for (const [i, box] of boxes.entries()) await channels.open(`c${i}`, box.onMessage);
    const ended = await channels.open('ended', () => undefined);
    let reconnects = 0;
    channels.onReconnect(() => (reconnects += 1));
    const remove = channels.onReconnect(() => (reconnects += 100));
    remove();
    const { port } = server;
    await server.close();
    ended();
    channels.publish('c0', { id: 'lost', version: 1 });
    server = await start(port);
    await until(() => reconnects === 1);
    expect((await channelsOfBroker()).length).toBe(50);
    await until(() =>
      channels.ping().then(
        () => true,
        () => false,
      ),
    );
    boxes.forEach((_box, i) => channels.publish(`c${i}`, { id: 'x', version: 2 }));
    await until(() => boxes.every(({ seen }) => seen.length === 1));
    expect(channels.counts()).toEqual({ channels: 50, listeners: 50 });
    expect(reconnects).toBe(1);
  });

  test('openings and endings while Redis comes and goes end as asked', async () => {
    const { port } = server;
    const ends = new Map<string, () => void>();
    let isGoingOn = true;
    const traffic = (async () => {
      for (let i = 0; isGoingOn; i += 1) {
        const name = `c${i % 20}`;
        const end = ends.get(name);
        if (end === undefined) ends.set(name, await channels.open(name, () => undefined));
        else end();
        if (end !== undefined) ends.delete(name);
        if (i % 20 === 0) await new Promise(setImmediate);
      }
    })();
    for (let round = 0; round < 5; round += 1) {
      await server.close();
      server = await start(port);
      await until(() =>
        channels.ping().then(
          () => true,
          () => false,
        ),
      );
    }
    isGoingOn = false;
    await traffic;
    await until(async () => (await channelsOfBroker()).sort().join() === [...ends.keys()].sort().join());
    expect(channels.counts()).toEqual({ channels: ends.size, listeners: ends.size });
  });

  test('without Redis, opening rejects in time, publishing is logged, and nothing is kept', async () => {
    await server.close();
    const lonely = makeChannels(server.url, 100);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, i) => lonely.open(`c${i}`, () => undefined)),
    );
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(lonely.counts()).toEqual({ channels: 0, listeners: 0 });
    for (let i = 0; i < 20_000; i += 1) lonely.publish('c', { id: 'x', version: i });
    await until(() => log.lines.some(({ message }) => message.startsWith('a wake-up was not sent')));
    expect(JSON.stringify(log.lines)).not.toContain('a-password-of-tests');
    await expect(lonely.ping()).rejects.toThrow();
    server = await start(server.port);
    await until(() =>
      lonely.ping().then(
        () => true,
        () => false,
      ),
    );
    await lonely.open('c', () => undefined);
  });

  test('a Redis that takes bytes but answers nothing makes opening reject, and holds no memory', async () => {
    const proxy = await makeTcpProxy({ to: { host: '127.0.0.1', port: server.port } });
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const stalled = makeChannels(url.href, 100);
    await until(() =>
      stalled.ping().then(
        () => true,
        () => false,
      ),
    );
    proxy.stall();
    await expect(stalled.open('c', () => undefined)).rejects.toThrow('did not confirm');
    for (let i = 0; i < 30_000; i += 1) stalled.publish('c', { id: 'x', version: i });
    expect(log.lines.filter(({ fields }) => JSON.stringify(fields).includes('keep up')).length).toBe(20_000);
    await proxy.heal();
    await until(() => stalled.counts().channels === 0);
    await until(async () => (await channelsOfBroker()).length === 0);
    await stalled.close();
    await proxy.close();
  });
});

import { jest } from '@jest/globals';
import type { Channels } from '../../src/core/events.js';
import { keepOpen } from '../../src/core/keep-open.js';
import { makeRedisChannels } from '../../src/infra/redis/redis-channels.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { findRedisServers } from '../support/redis-servers.js';
import { makeTcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

test('a channel that Redis did not confirm in time is open once Redis goes on, without having been away', async () => {
  for (const { start } of await findRedisServers()) {
    const server = await start();
    const proxy = await makeTcpProxy({ to: { host: '127.0.0.1', port: server.port } });
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const channels = makeRedisChannels({ url: url.href, log: makeRecordingLog(), openTimeoutMs: 100 });
    const isReached = () =>
      channels.ping().then(
        () => true,
        () => false,
      );
    await until(isReached);
    let reconnects = 0;
    channels.onReconnect(() => (reconnects += 1));
    proxy.stall();
    let isOpened = false;
    const seen: string[] = [];
    const end = await keepOpen(
      channels,
      'prompts',
      () => (isOpened = true),
      ({ id }) => seen.push(id),
    );
    expect(isOpened).toBe(false);
    await proxy.heal();
    await until(() => isOpened);
    channels.publish('prompts', { id: 'told', version: 1 });
    await until(() => seen.length > 0);
    expect([seen, reconnects]).toEqual([['told'], 0]);
    end();
    await until(() => channels.counts().channels === 0);
    await channels.close();
    await proxy.close();
    await server.close();
  }
});

describe('while a channel does not open', () => {
  let answer: { open(): void; fail(): void };
  let tries = 0;
  let openListeners = 0;
  let reconnect: () => void = () => undefined;

  const channels: Channels = {
    open: () => {
      tries += 1;
      return new Promise((resolve, reject) => {
        answer = {
          fail: () => reject(new Error('not confirmed')),
          open: () => {
            openListeners += 1;
            resolve(() => (openListeners -= 1));
          },
        };
      });
    },
    publish: () => undefined,
    onReconnect(listener) {
      reconnect = listener;
      return () => (reconnect = () => undefined);
    },
    close: () => Promise.resolve(),
  };

  /** One that has failed once. */
  async function keepFailing(): Promise<{ end: () => void; opened: () => number }> {
    let opened = 0;
    const keeping = keepOpen(
      channels,
      'prompts',
      () => (opened += 1),
      () => undefined,
    );
    answer.fail();
    return { end: await keeping, opened: () => opened };
  }

  beforeEach(() => {
    jest.useFakeTimers();
    tries = 0;
    openListeners = 0;
  });
  afterEach(() => jest.useRealTimers());

  test('it is tried again and again, after pauses that grow to 15 s, until it opens', async () => {
    const { end, opened } = await keepFailing();
    for (const pauseMs of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      const before = tries;
      jest.advanceTimersByTime(pauseMs / 2 - 1);
      expect(tries).toBe(before);
      jest.advanceTimersByTime(pauseMs / 2 + 1);
      expect(tries).toBe(before + 1);
      answer.fail();
      await jest.advanceTimersByTimeAsync(0);
    }
    expect(opened()).toBe(0);
    jest.advanceTimersByTime(15_000);
    answer.open();
    await jest.advanceTimersByTimeAsync(0);
    expect([opened(), openListeners, jest.getTimerCount()]).toEqual([1, 1, 0]);
    end();
    expect(openListeners).toBe(0);
  });

  test('it is tried at once when Redis is back, once at a time', async () => {
    const { end, opened } = await keepFailing();
    reconnect();
    reconnect();
    expect([tries, jest.getTimerCount()]).toEqual([2, 0]);
    answer.open();
    await jest.advanceTimersByTimeAsync(0);
    reconnect();
    expect([tries, opened(), openListeners]).toEqual([2, 1, 1]);
    end();
    expect(openListeners).toBe(0);
  });

  test('whoever wants it no more ends the trying, in a pause as in a try', async () => {
    const { end } = await keepFailing();
    end();
    expect(jest.getTimerCount()).toBe(0);
    const other = await keepFailing();
    reconnect();
    other.end();
    answer.open();
    await jest.advanceTimersByTimeAsync(0);
    expect([other.opened(), openListeners, jest.getTimerCount()]).toEqual([0, 0, 0]);
  });
});

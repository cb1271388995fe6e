import { Redis } from 'ioredis';
import type { Adapters } from '../../src/adapters.js';
import { makePromptFeeds } from '../../src/domains/prompts/prompt-feeds.js';
import { makePromptWatch } from '../../src/domains/prompts/prompt-watch.js';
import { makeRedisChannels } from '../../src/infra/redis/redis-channels.js';
import { makeApi, type Api } from '../support/api.js';
import { openGraphqlSocket } from '../support/graphql-socket.js';
import {
  awaitResult,
  declineMutation,
  progressSubscription,
  promptsSubscription,
  request,
  resultSubscription,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { listenersOf } from '../support/listeners.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { findRedisServers } from '../support/redis-servers.js';
import { openService } from '../support/service.js';
import { deliveryEnv, openThreeServices } from '../support/three-services.js';
import { until } from '../support/until.js';

interface PromptEvent {
  uploadPrompts: { kind: string; prompts: PromptFields[] };
}

const three = await openThreeServices();
const { at, backends, listChannels, people, urlOf } = three;
afterAll(() => three.close());

const decline = (person: Api, id: string) => person.get(declineMutation, { id });

describe('while Redis fails', () => {
  test('what is published and never arrives is found by the check', async () => {
    const { agent, alice } = people;
    // A process that dies, each time, between its commit and Redis.
    const mute = (adapters: Adapters): Adapters => ({
      ...adapters,
      channels: { ...adapters.channels, publish: () => undefined },
    });
    const silent = await openService(backends, { env: deliveryEnv, works: false, adapt: mute });
    const asking = makeApi(silent.url, agent.credential);
    const answering = makeApi(silent.url, alice.credential);
    const portal = at(alice, 1).subscribe<PromptEvent>(promptsSubscription);
    expect((await portal.next())?.uploadPrompts.kind).toBe('SNAPSHOT');
    const socket = await openGraphqlSocket(`${urlOf(1)}/graphql`, { authorization: agent.credential });
    const prompts = await Promise.all(Array.from({ length: 100 }, () => request(asking)));
    for (const { id } of prompts) socket.subscribe(id, resultSubscription, { id });
    await until(async () => (await listChannels()).length >= prompts.length);
    const shown = new Set<string>();
    while (shown.size < prompts.length) {
      const event = (await portal.next())?.uploadPrompts;
      expect(event?.kind).toBe('UPSERT');
      for (const { id } of event?.prompts ?? []) shown.add(id);
    }
    const polled = awaitResult(at(agent, 2), prompts[0]?.id ?? '', 45);
    await Promise.all(prompts.map(({ id }) => decline(answering, id)));
    for (const { id } of prompts) {
      await until(() => socket.messages.filter((message) => message.id === id).length === 2);
      expect(socket.messages.filter((message) => message.id === id)).toMatchObject([
        { type: 'next', payload: { data: { uploadResult: { promptId: id, outcome: 'DECLINED' } } } },
        { type: 'complete' },
      ]);
    }
    expect(await polled).toMatchObject({ outcome: 'DECLINED' });
    for (let left = prompts.length; left > 0; left -= 1) {
      expect((await portal.next())?.uploadPrompts.kind).toBe('RESOLVED');
    }
    await portal.close();
    await socket.close();
    await silent.close();
  });

  test('flushed, cut off or restarted in the middle of a wait, everybody still hears of the end', async () => {
    const servers = await findRedisServers();
    for (const server of servers) {
      let own = await server.start();
      const options = { env: { ...deliveryEnv, REDIS_URL: own.url } };
      const pair = [
        await openService(backends, { ...options, works: false }),
        await openService(backends, { ...options, works: false }),
      ];
      const here = (api: Api, index: number) => makeApi(pair[index]?.url ?? '', api.credential);
      const { agent, alice } = people;
      const flush = async () => {
        const client = new Redis(own.url);
        await client.flushall();
        client.disconnect();
      };
      const kill = async () => {
        await own.close();
      };
      const restart = async () => {
        await own.close();
        own = await server.start(own.port);
      };
      for (const fault of [flush, kill, restart]) {
        const { id } = await request(here(agent, 0));
        const before = listenersOf(pair[1]);
        const waiting = here(agent, 1).subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id });
        const progress = here(agent, 1).subscribe<{ uploadPromptProgress: PromptFields }>(
          progressSubscription,
          { id },
        );
        const portal = here(alice, 1).subscribe<PromptEvent>(promptsSubscription);
        const result = waiting.next();
        const polled = awaitResult(here(agent, 1), id, 45);
        expect((await progress.next())?.uploadPromptProgress).toMatchObject({ status: 'PENDING' });
        expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'SNAPSHOT', prompts: [{ id }] });
        // All four listen; what is followed once is confirmed for all.
        await until(() => listenersOf(pair[1]) === before + 4);
        await fault();
        // Also while there is no Redis at all: a mutation needs none.
        await decline(here(alice, 0), id);
        expect((await result)?.uploadResult).toMatchObject({ outcome: 'DECLINED' });
        expect(await polled).toMatchObject({ outcome: 'DECLINED' });
        expect((await progress.next())?.uploadPromptProgress).toMatchObject({ status: 'DECLINED' });
        expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'RESOLVED', prompts: [{ id }] });
        for (const subscription of [waiting, progress, portal]) await subscription.close();
        if (fault === kill) {
          own = await server.start(own.port);
          await until(async () => {
            const pings = pair.map(({ adapters }) => adapters.channels.ping());
            return (await Promise.allSettled(pings)).every(({ status }) => status === 'fulfilled');
          });
        }
      }
      for (const service of pair) await service.close();
      await own.close();
    }
  });
});

describe('subscriptions that are ended before their first event', () => {
  test('leave nothing behind, ten thousand of them over ten sockets', async () => {
    const { agent, alice } = people;
    const before = (await listChannels()).length;
    const { id } = await request(agent);
    const documents = [resultSubscription, progressSubscription, promptsSubscription];
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const isPerson = index % 3 === 2;
        const { credential } = isPerson ? alice : agent;
        const socket = await openGraphqlSocket(`${urlOf(1)}/graphql`, { authorization: credential });
        for (let n = 0; n < 1000; n += 1) {
          socket.subscribe(String(n), documents[index % 3] ?? '', isPerson ? undefined : { id });
          socket.send({ type: 'complete', id: String(n) });
        }
        // Answered after all that came before it.
        socket.subscribe('last', '{ viewer { id } }');
        await until(() => socket.messages.some((message) => message.id === 'last'));
        await socket.close();
      }),
    );
    await until(async () => (await gauge(1, 'askfile_graphql_subscriptions')) === 0);
    await until(async () => (await listChannels()).length === before);
    await decline(alice, id);
  });

  test('end their listening at every moment: before, while and after it is confirmed', async () => {
    const { alice, agent } = people;
    const { id } = await request(agent);
    const log = makeRecordingLog();
    const channels = makeRedisChannels({ url: backends.redis.url, log });
    await until(() =>
      channels.ping().then(
        () => true,
        () => false,
      ),
    );
    const { db } = backends.database;
    const watch = makePromptWatch({ db, channels, log, checkEverySeconds: 60 });
    const feeds = makePromptFeeds({ db, channels, watch });
    const viewer = {
      kind: 'USER',
      id: 'alice',
      orgId: 'nowhere',
      name: null,
      orgRole: 'MEMBER',
      sessionId: 's',
      expiresAt: null,
    } as const;
    const makers = [
      () => feeds.followResult(id),
      () => feeds.followPrompt(id),
      () => feeds.followPerson(viewer),
    ];
    const end = async (iterator: AsyncIterator<unknown>, moment: number) => {
      // Before it began; while Redis is being asked; while the state is read; and in a second call at once.
      const next = moment === 0 ? undefined : iterator.next();
      for (let turn = 1; turn < moment; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await iterator.return?.();
      await iterator.return?.();
      await next;
      expect(await iterator.next()).toMatchObject({ done: true });
    };
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 1000 }, async (_, index) => {
          const make = makers[index % makers.length];
          if (make !== undefined) await end(make(), index % 7);
        }),
      );
    }
    expect(watch.size()).toBe(0);
    await until(() => channels.counts().channels === 0 && channels.counts().listeners === 0);
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    watch.close();
    await channels.close();
    await decline(alice, id);
  });
});

async function gauge(index: number, name: string): Promise<number> {
  const text = await (await fetch(`${urlOf(index)}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

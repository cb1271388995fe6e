import type { ChangeMessage, Channels } from '../../core/events.js';
import type { Log } from '../../core/log.js';
import { parseChangeMessage } from './change-message.js';
import { makeMessageRouter } from './message-router.js';
import { closeRedisClient, makeFailFastRedisClient, pingRedis } from './redis-client.js';
import { makeTopic, nextStep, settleWaiting, type Listener, type Topic } from './topic.js';
import { makeWakeUps } from './wake-ups.js';

export interface RedisChannelsOptions {
  readonly url: string;
  readonly log: Log;
  /** How long `open` waits for the broker's confirmation; 5 s by default. */
  readonly openTimeoutMs?: number;
}

export interface RedisChannels extends Channels {
  /** Resolves when both connections answer. For readiness. */
  ping(): Promise<void>;
  /** What is held now; zeros when all is closed. */
  counts(): { readonly channels: number; readonly listeners: number };
}

/**
 * `Channels` on Redis's publish and subscribe, over two connections: however many listen here, a channel is
 * subscribed to once. A listener may be called before `open` has resolved, but never misses a message published
 * after that. Opening an open channel costs no message to Redis.
 */
export function makeRedisChannels({ url, log, openTimeoutMs = 5_000 }: RedisChannelsOptions): RedisChannels {
  const publisher = makeFailFastRedisClient({ url, log, name: 'publisher' });
  const subscriber = makeFailFastRedisClient({ url, log, name: 'subscriber' });
  const router = makeMessageRouter(publisher, subscriber);
  const topics = new Map<string, Topic<ChangeMessage>>();
  const reconnectListeners = new Set<() => void>();
  const publish = makeWakeUps({ send: (channel, message) => router.publish(channel, message), log });
  let wasReady = false;
  let isClosed = false;

  function dispatch(topic: Topic<ChangeMessage>, payload: unknown): void {
    const message = parseChangeMessage(payload);
    if (message === undefined) {
      log.warn({ channel: topic.channel }, 'dropped a message from redis that is not one of ours');
      return;
    }
    for (const listener of [...topic.listeners]) {
      protect(log, 'a listener of a channel failed', () => listener.onMessage(message));
    }
  }

  /** Brings a topic one step nearer to what its listeners want; called after everything that may change that. */
  function advance(topic: Topic<ChangeMessage>): void {
    switch (nextStep(topic, subscriber.status === 'ready')) {
      case 'confirm':
        return settleWaiting(topic);
      case 'forget':
        return forget(topic);
      case 'subscribe':
        return run(topic, true, () => subscribe(topic));
      case 'unsubscribe':
        return run(topic, false, () => subscriber.unsubscribe(topic.channel));
      case 'wait':
    }
  }

  function subscribe(topic: Topic<ChangeMessage>): Promise<unknown> {
    // Before the command, because the first message may arrive in one piece with the confirmation.
    topic.unroute ??= router.route(topic.channel, (payload) => dispatch(topic, payload));
    return subscriber.subscribe(topic.channel);
  }

  function forget(topic: Topic<ChangeMessage>): void {
    topic.unroute?.();
    topic.unroute = undefined;
    topics.delete(topic.channel);
  }

  function run(
    topic: Topic<ChangeMessage>,
    willBeSubscribed: boolean,
    command: () => Promise<unknown>,
  ): void {
    topic.isBusy = true;
    command().then(
      () => {
        topic.isBusy = false;
        topic.isSubscribed = willBeSubscribed;
        advance(topic);
      },
      (error: unknown) => {
        topic.isBusy = false;
        topic.isSubscribed = false;
        // What Redis itself refuses, it would refuse again: say so to those who wait. Anything else is the
        // connection's end, and the next 'ready' goes on with it.
        if (error instanceof Error && error.name === 'ReplyError') refuse(topic, error.message);
        else if (topic.listeners.size === 0) advance(topic);
      },
    );
  }

  function refuse(topic: Topic<ChangeMessage>, message: string): void {
    log.error({ channel: topic.channel, error: message }, 'redis refused a subscription');
    for (const listener of topic.waiting) topic.listeners.delete(listener);
    settleWaiting(topic, new Error(`Redis refused a subscription: ${message}`));
    if (topic.listeners.size === 0) advance(topic);
  }

  subscriber.on('close', () => {
    for (const topic of topics.values()) topic.isSubscribed = false;
  });
  subscriber.on('ready', () => {
    for (const topic of [...topics.values()]) advance(topic);
    const isBack = wasReady;
    wasReady = true;
    if (!isBack) return;
    // Redis answers in order: when this is answered, so is every SUBSCRIBE before it.
    subscriber.ping().then(
      () => {
        for (const listener of [...reconnectListeners]) protect(log, 'a reconnect listener failed', listener);
      },
      () => undefined, // Away again; the next 'ready' tells them.
    );
  });

  function leave(topic: Topic<ChangeMessage>, listener: Listener<ChangeMessage>): void {
    topic.waiting.delete(listener);
    if (topic.listeners.delete(listener) && topic.listeners.size === 0) advance(topic);
  }

  return {
    open(channel, onMessage) {
      if (isClosed) return Promise.reject(new Error('The channels are closed.'));
      const topic = topics.get(channel) ?? makeTopic<ChangeMessage>(channel);
      topics.set(channel, topic);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          leave(topic, listener);
          reject(new Error(`Redis did not confirm a subscription within ${openTimeoutMs} ms.`));
        }, openTimeoutMs);
        const listener: Listener<ChangeMessage> = {
          onMessage,
          onSettled(error) {
            clearTimeout(timer);
            if (error === undefined) resolve(() => leave(topic, listener));
            else reject(error);
          },
        };
        topic.listeners.add(listener);
        topic.waiting.add(listener);
        advance(topic);
      });
    },

    publish,

    onReconnect(listener) {
      // A function of its own, so that the same listener given twice is two.
      const entry = () => listener();
      reconnectListeners.add(entry);
      return () => void reconnectListeners.delete(entry);
    },

    async ping() {
      await Promise.all([pingRedis(publisher), pingRedis(subscriber)]);
    },

    counts() {
      let listeners = 0;
      for (const topic of topics.values()) listeners += topic.listeners.size;
      return { channels: topics.size, listeners };
    },

    close() {
      isClosed = true;
      reconnectListeners.clear();
      closeRedisClient(publisher);
      closeRedisClient(subscriber);
      for (const topic of topics.values()) {
        topic.listeners.clear();
        settleWaiting(topic, new Error('The channels were closed.'));
        forget(topic);
      }
      return Promise.resolve();
    },
  };
}

function protect(log: Log, what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    log.error({ error }, what);
  }
}

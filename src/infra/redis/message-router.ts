import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';

/** Sends and routes messages by channel, over two connections; subscribing itself is its user's. */
export interface MessageRouter {
  /** Returns what ends the route, to be called once. */
  route(channel: string, onMessage: (payload: unknown) => void): () => void;
  publish(channel: string, payload: unknown): Promise<void>;
}

/**
 * graphql-redis-subscriptions' engine, without its way of subscribing. That one races (a known fault: an
 * UNSUBSCRIBE not awaited overtakes the next SUBSCRIBE's bookkeeping), keeps an entry for every SUBSCRIBE that
 * failed, and leaves the rejection of an UNSUBSCRIBE unhandled, which ends the process. So it gets a subscriber
 * that confirms at once and sends nothing; SUBSCRIBE and UNSUBSCRIBE go over the wire in `redis-channels`.
 */
export function makeMessageRouter(publisher: Redis, subscriber: Redis): MessageRouter {
  const silent = {
    subscribe: (_channel: string, confirm: (error: null) => void) => confirm(null),
    unsubscribe: () => undefined,
    punsubscribe: () => undefined,
    on: (event: string, listener: (channel: string, message: string) => void) =>
      subscriber.on(event, listener),
  };
  const engine = new RedisPubSub({
    publisher,
    // The engine calls only these four of its subscriber's methods (version 2.7.0, pinned).
    subscriber: silent as unknown as Redis,
  });
  return {
    route(channel, onMessage) {
      // The route stands at once; only its number comes by promise.
      const id = engine.subscribe<unknown>(channel, onMessage);
      return () => void id.then((known) => engine.unsubscribe(known));
    },
    publish: (channel, payload) => engine.publish(channel, payload),
  };
}

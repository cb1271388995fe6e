import type { Log } from '../../core/log.js';
import type { KeyCache } from '../../domains/vault/key-cache.js';
import { closeRedisClient, makeRedisClient } from './redis-client.js';

/** Whoever makes it closes it. Commands reject within 3 s while Redis is away. */
export function makeRedisKeyCache({ url, log }: { url: string; log: Log }): KeyCache & { close(): void } {
  const redis = makeRedisClient({ url, log, name: 'keys' });

  return {
    async put(name, sealed, ttlSeconds) {
      await redis.set(name, sealed, 'EX', ttlSeconds);
    },

    async find(name, ttlSeconds) {
      const found =
        ttlSeconds === undefined ? redis.getBuffer(name) : redis.getexBuffer(name, 'EX', ttlSeconds);
      return (await found) ?? undefined;
    },

    async extend(name, ttlSeconds) {
      await redis.expire(name, ttlSeconds);
    },

    async drop(name) {
      await redis.del(name);
    },

    async replace(name, sealed) {
      await redis.call('SET', name, sealed, 'XX', 'KEEPTTL');
    },

    close: () => closeRedisClient(redis),
  };
}

import { Redis } from 'ioredis';
import { makeApi, type Api } from './api.js';
import { seedHeart } from './heart.js';
import { openBackends, openService } from './service.js';

/** What is missed is found within a second, and a person may be asked as often as a test likes. */
export const deliveryEnv = { DELIVERY_CHECK_SECONDS: '1', PROMPT_LIMIT_PER_USER: '1000' };

/** Three processes on the same backends, of which the first alone takes background work; and their Redis. */
export async function openThreeServices() {
  const backends = await openBackends();
  const services = [
    await openService(backends, { env: deliveryEnv }),
    await openService(backends, { env: deliveryEnv, works: false }),
    await openService(backends, { env: deliveryEnv, works: false }),
  ];
  const urlOf = (index: number) => services[index]?.url ?? '';
  const people = await seedHeart({ url: urlOf(0) });
  const redis = new Redis(backends.redis.url);

  return {
    backends,
    services,
    people,
    urlOf,
    /** The same caller, at that process. */
    at: ({ credential }: Api, index: number) => makeApi(urlOf(index), credential),

    /** Channels that somebody follows in Redis, but for those that processes follow all the time. */
    async listChannels(): Promise<string[]> {
      const channels = (await redis.pubsub('CHANNELS')) as string[]; // As Redis documents it.
      return channels.filter((channel) => channel !== 'jobs' && channel !== 'accounts');
    },

    async close(): Promise<void> {
      redis.disconnect();
      for (const service of services) await service.close();
      await backends.close();
    },
  };
}

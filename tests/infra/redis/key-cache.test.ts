import { randomBytes } from 'node:crypto';
import { makeRedisKeyCache } from '../../../src/infra/redis/key-cache.js';
import { makeRecordingLog } from '../../support/recording-log.js';
import { findRedisServers } from '../../support/redis-servers.js';
import { Redis } from 'ioredis';

const servers = await findRedisServers();

describe.each(servers)('keys on $name', ({ start }) => {
  let redis: Awaited<ReturnType<typeof start>>;
  let cache: ReturnType<typeof makeRedisKeyCache>;
  let direct: Redis;

  beforeAll(async () => {
    redis = await start();
    cache = makeRedisKeyCache({ url: redis.url, log: makeRecordingLog() });
    direct = new Redis(redis.url);
  });

  afterAll(async () => {
    direct.disconnect();
    cache.close();
    await redis.close();
  });

  const ttl = async (name: string) => direct.ttl(name);

  test('live as long as was said, and longer once they are used', async () => {
    const sealed = randomBytes(60);
    await cache.put('unlocked:{a}:1', sealed, 100);
    expect(await ttl('unlocked:{a}:1')).toBeLessThanOrEqual(100);
    expect(await cache.find('unlocked:{a}:1')).toEqual(sealed);
    expect(await ttl('unlocked:{a}:1')).toBeLessThanOrEqual(100);
    expect(await cache.find('unlocked:{a}:1', 500)).toEqual(sealed);
    expect(await ttl('unlocked:{a}:1')).toBeGreaterThan(400);
    await cache.extend('unlocked:{a}:1', 1000);
    expect(await ttl('unlocked:{a}:1')).toBeGreaterThan(900);
  });

  test('are not made by using, extending or replacing them', async () => {
    expect(await cache.find('unlocked:{b}:1', 100)).toBeUndefined();
    await cache.extend('unlocked:{b}:1', 100);
    await cache.replace('unlocked:{b}:1', randomBytes(60));
    expect(await cache.find('unlocked:{b}:1')).toBeUndefined();
  });

  test('are replaced without living any longer, and dropped for good', async () => {
    const [first, second] = [randomBytes(60), randomBytes(60)];
    await cache.put('unlocked:{c}:1', first, 100);
    await cache.replace('unlocked:{c}:1', second);
    expect(await cache.find('unlocked:{c}:1')).toEqual(second);
    expect(await ttl('unlocked:{c}:1')).toBeGreaterThan(0);
    expect(await ttl('unlocked:{c}:1')).toBeLessThanOrEqual(100);
    await cache.drop('unlocked:{c}:1');
    await cache.drop('unlocked:{c}:1');
    expect(await cache.find('unlocked:{c}:1')).toBeUndefined();
  });
});

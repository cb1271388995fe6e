import type { Log } from '../../core/log.js';
import type { Isolation } from '../isolation.js';
import { startRealRedis } from './real-server.js';
import { startRespServer } from './server.js';

export interface RedisOptions {
  readonly password: string;
  readonly isolation: Isolation;
  /** Of `redis-server` or `valkey-server`; undefined where there is none, or ours is wanted. */
  readonly serverPath: string | undefined;
  readonly dataDir: string;
  readonly log: Log;
}

export interface EmbeddedRedis {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A real Redis or Valkey where the machine has one that is certain to end with us, else our own small one in
 * this process. Neither keeps anything: what is in Redis may be lost at any time.
 */
export async function startRedis(options: RedisOptions): Promise<EmbeddedRedis> {
  const startedAt = performance.now();
  const { password, isolation, serverPath, dataDir, log } = options;
  const isReal = serverPath !== undefined && isolation.endsWithUs;
  const redis = isReal
    ? await startRealRedis({ password, isolation, serverPath, dataDir, log })
    : await startRespServer({ password, log });
  const kind = isReal ? 'redis' : 'built-in redis';
  log.info({ port: redis.port }, `${kind} ready in ${Math.round(performance.now() - startedAt)} ms`);
  return redis;
}

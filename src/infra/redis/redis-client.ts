import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../core/log.js';

export interface RedisClientOptions {
  /** `redis://` or `rediss://`, with the password. */
  readonly url: string;
  readonly log: Log;
  /** Shown by CLIENT LIST and in our log, such as `cache`. */
  readonly name: string;
  /** How often a standing connection is asked whether it lives, and how long it has to answer. */
  readonly heartbeat?: { readonly everyMs: number; readonly timeoutMs: number };
}

const connectTimeoutMs = 5_000;
const commandTimeoutMs = 3_000;
const usualHeartbeat = { everyMs: 10_000, timeoutMs: 5_000 };

/**
 * A connection for plain commands. It connects by itself and for ever again; meanwhile commands reject within
 * 3 s, so that whoever needs an answer can fail closed. Never an 'error' without a listener.
 * Whoever makes it ends it, by `closeRedisClient`.
 */
export function makeRedisClient(options: RedisClientOptions): Redis {
  return connect(options, { commandTimeout: commandTimeoutMs, maxRetriesPerRequest: 1 });
}

/**
 * One whose commands reject at once while Redis is away, and as soon as it goes: nothing queues up, nothing is
 * sent twice. (ioredis forgets commands in flight without settling them unless `maxRetriesPerRequest` is 0.)
 */
export function makeFailFastRedisClient(options: RedisClientOptions): Redis {
  return connect(options, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Its own way of doing so leaves a rejection unhandled when Redis goes away again in the middle.
    autoResubscribe: false,
  });
}

/** Resolves when Redis answers, rejects after `timeoutMs`. For readiness. */
export async function pingRedis(client: Redis, timeoutMs = commandTimeoutMs): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    await Promise.race([client.ping(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends it at once; commands in flight reject. Calling it again does nothing. */
export function closeRedisClient(client: Redis): void {
  // On one that has ended, ioredis would set a timer that keeps the process for its `disconnectTimeout`.
  if (client.status !== 'end') client.disconnect();
}

function connect(
  { url, log, name, heartbeat = usualHeartbeat }: RedisClientOptions,
  options: RedisOptions,
): Redis {
  const client = new Redis(url, {
    connectTimeout: connectTimeoutMs,
    connectionName: `askfile-${name}`,
    disableClientInfo: true,
    disconnectTimeout: 500,
    keepAlive: 10_000,
    // Half of it by chance, so that a herd of processes does not come back as one.
    retryStrategy: (times) => Math.min(25 * 2 ** Math.min(times, 8), 2_000) * (0.5 + Math.random() / 2),
    ...options,
  });
  let isAway = false;
  client.on('error', (error: Error) => {
    // Only its message: ioredis attaches the command at fault, which may be AUTH.
    if (!isAway) log.warn({ connection: name, error: describe(error) }, 'redis is away; reconnecting');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) log.info({ connection: name }, 'redis is back');
    isAway = false;
  });
  keepHeartbeat(client, heartbeat);
  return client;
}

/** A peer that vanished without a word is noticed by a PING that stays unanswered, and given up. */
function keepHeartbeat(client: Redis, { everyMs, timeoutMs }: typeof usualHeartbeat): void {
  const timer = setInterval(() => {
    if (client.status !== 'ready') return;
    pingRedis(client, timeoutMs).catch(() => {
      if (client.status === 'ready') client.disconnect(true);
    });
  }, everyMs);
  timer.unref();
  client.once('end', () => clearInterval(timer));
}

function describe(error: Error): string {
  // A refused connection to a name with several addresses is an AggregateError without a message.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.message || code || error.name;
}

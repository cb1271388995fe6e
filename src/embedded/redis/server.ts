import { createServer, type Socket } from 'node:net';
import type { Log } from '../../core/log.js';
import { serveConnection } from './connection.js';
import { commands } from './dispatch.js';
import { makeHub } from './hub.js';
import { makeKeyspace } from './keyspace.js';

export interface RespServerOptions {
  readonly password: string;
  readonly log: Log;
  /** A free one by default. */
  readonly port?: number;
  readonly now?: () => number;
  /** 32 MiB by default, as Redis does. */
  readonly maxOutputBytes?: number;
}

const databaseCount = 16;
const sweepEveryMs = 1_000;
/** Under a millisecond. */
const sweepLimit = 2_000;

/**
 * The part of Redis that Askfile needs, in this process, on loopback TCP, with a password: strings that expire,
 * transactions, publish and subscribe. Protocol version 2. `tests/embedded/redis` runs the same suite on this
 * and on a real Redis.
 */
export async function startRespServer(
  options: RespServerOptions,
): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const { password, log, now = Date.now, maxOutputBytes = 32 * 1024 * 1024 } = options;
  const connections = new Set<Socket>();
  const databases = Array.from({ length: databaseCount }, () => makeKeyspace(now));
  const hub = makeHub();
  let lastId = 0;
  const state = { databases, hub, password, port: 0, now, startedAt: now(), connections, commands };

  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    serveConnection(socket, (lastId += 1), state, { maxOutputBytes, log });
  });
  state.port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: options.port ?? 0 }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('The system named no port.'));
    });
  });
  server.on('error', (error) => log.error({ error: error.message }, 'built-in redis'));

  const sweeper = setInterval(() => {
    for (const keys of databases) keys.sweep(sweepLimit);
  }, sweepEveryMs);
  sweeper.unref();

  return {
    url: `redis://:${password}@127.0.0.1:${state.port}`,
    port: state.port,
    async close() {
      clearInterval(sweeper);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

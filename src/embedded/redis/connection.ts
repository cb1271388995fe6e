import type { Socket } from 'node:net';
import RedisParser from 'redis-parser';
import type { Log } from '../../core/log.js';
import type { Client, ServerState } from './command.js';
import { dispatch } from './dispatch.js';
import { failure } from './replies.js';

export interface ConnectionOptions {
  /** A subscriber that has so many bytes still to take is disconnected. */
  readonly maxOutputBytes: number;
  readonly log: Log;
}

/** What a client may send before it has said who it is. */
const maxBytesBeforeAuth = 64 * 1024;

/** Serves one client until its socket closes; then everything of it is gone. */
export function serveConnection(
  socket: Socket,
  id: number,
  server: ServerState,
  { maxOutputBytes, log }: ConnectionOptions,
): void {
  let bytesBeforeAuth = 0;
  let isExecuting = false;
  let isEnding = false;
  let replies: Buffer[] = [];

  const client: Client = {
    id,
    name: '',
    isAuthenticated: false,
    database: 0,
    channels: new Set(),
    patterns: new Set(),
    transaction: null,
    push(frame) {
      if (isExecuting) return void replies.push(frame);
      socket.write(frame);
      if (socket.writableLength > maxOutputBytes) socket.destroy();
    },
    end: () => void (isEnding = true),
  };

  const parser = new RedisParser({
    returnBuffers: true,
    returnReply: (request: unknown) => {
      if (socket.destroyed || isEnding) return;
      if (!isRequest(request)) return refuse('expected an array of bulk strings');
      if (request.length > 0) replies.push(dispatch(request, client, server));
    },
    returnError: () => refuse('expected a request'),
    returnFatalError: () => refuse('expected the Redis protocol'),
  });

  function refuse(why: string): void {
    replies.push(failure(`ERR Protocol error: ${why}`));
    isEnding = true;
  }

  function flush(): void {
    if (replies.length > 0 && socket.writable) socket.write(Buffer.concat(replies));
    replies = [];
    if (isEnding) socket.destroySoon();
  }

  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    if (!client.isAuthenticated && (bytesBeforeAuth += chunk.length) > maxBytesBeforeAuth) {
      socket.destroy();
      return;
    }
    isExecuting = true;
    try {
      parser.execute(chunk);
    } catch (error) {
      // The parser trips over lengths that no array can have; anything else is a fault of ours.
      if (!(error instanceof RangeError)) log.error({ error }, 'built-in redis');
      refuse('invalid request');
    } finally {
      isExecuting = false;
    }
    flush();
    // Who sends without reading waits, instead of filling our memory with replies.
    if (socket.writableNeedDrain) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    const { hub } = server;
    for (const name of client.channels) hub.remove(hub.channels, name, client);
    for (const name of client.patterns) hub.remove(hub.patterns, name, client);
  });
}

function isRequest(value: unknown): value is Buffer[] {
  return Array.isArray(value) && value.every((item) => Buffer.isBuffer(item));
}

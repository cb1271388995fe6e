import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Speaks the Redis protocol byte for byte, for what client libraries hide. */
export interface RespSocket {
  readonly socket: Socket;
  /** A command in the protocol's form. */
  send(...words: (string | Buffer)[]): void;
  raw(bytes: string | Buffer): void;
  /** Resolves when so many bytes have come, or the server hung up, with all that came so far. */
  received(byteCount: number): Promise<string>;
  readonly closed: Promise<unknown>;
}

export async function openRespSocket(port: number): Promise<RespSocket> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  return {
    socket,
    closed,
    send(...words) {
      socket.write(encode(words));
    },
    raw: (bytes) => void socket.write(bytes),
    async received(byteCount) {
      while (text.length < byteCount && !socket.closed) await Promise.race([once(socket, 'data'), closed]);
      return text;
    },
  };
}

export function encode(words: readonly (string | Buffer)[]): Buffer {
  const parts = words.map((word) => Buffer.from(word as string)); // Buffer.from takes both; its overloads don't say so.
  return Buffer.concat([
    Buffer.from(`*${parts.length}\r\n`),
    ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]),
  ]);
}

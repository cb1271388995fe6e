import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What the fake does once it has read a whole stream, or at another moment that it names. */
export type ClamdBehaviour =
  /** Says it and closes in good order. */
  | { kind: 'answer'; text: string }
  /** Says it and breaks the connection, or leaves it open, saying no more. */
  | { kind: 'answer-then-reset' | 'answer-then-hang'; text: string }
  /** Says it after `afterBytes` of the stream, and closes with the rest unread: the client meets a reset. */
  | { kind: 'early'; afterBytes: number; text: string }
  | { kind: 'reset-after'; afterBytes: number }
  /** Takes connections and reads nothing. */
  | { kind: 'deaf' };

/**
 * clamd's side of INSTREAM and PING on a free loopback port, honest about framing and lying as told. One behaviour at
 * a time; what it received of each stream is kept.
 */
export async function makeFakeClamd() {
  let behaviour: ClamdBehaviour = { kind: 'answer', text: 'stream: OK\0' };
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let streams = 0;
  let mostStreams = 0;

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    if (behaviour.kind === 'deaf') {
      socket.pause();
      return;
    }
    void serve(socket, behaviour).catch(() => socket.destroy());
  });

  async function serve(socket: Socket, acting: ClamdBehaviour): Promise<void> {
    let pending: Buffer = Buffer.alloc(0);
    let stream: Buffer | undefined;
    // Leaving the loop leaves the socket open.
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      pending = Buffer.concat([pending, chunk]);
      if (stream === undefined) {
        const end = pending.indexOf(0);
        if (end < 0) continue;
        const command = pending.toString('latin1', 0, end);
        pending = pending.subarray(end + 1);
        if (command === 'zPING') return void socket.end('PONG\0');
        if (command !== 'zINSTREAM') return void socket.end('UNKNOWN COMMAND\0');
        stream = Buffer.alloc(0);
        mostStreams = Math.max(mostStreams, (streams += 1));
      }
      for (;;) {
        if (acting.kind === 'early' && stream.length >= acting.afterBytes) {
          // clamd is another process: its client, here in this one, gets a turn between the answer and the reset.
          return void socket.write(acting.text, () => setImmediate(setImmediate, () => reset(socket)));
        }
        if (acting.kind === 'reset-after' && stream.length >= acting.afterBytes) {
          return reset(socket);
        }
        if (pending.length < 4) break;
        const size = pending.readUInt32BE(0);
        if (size === 0) {
          received.push(stream);
          streams -= 1;
          return void conclude(socket, acting);
        }
        if (pending.length < 4 + size) break;
        stream = Buffer.concat([stream, pending.subarray(4, 4 + size)]);
        pending = pending.subarray(4 + size);
      }
    }
    socket.end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port, // Of a TCP server that listens, never a string.
    behave: (next: ClamdBehaviour): void => void (behaviour = next),
    /** Every stream that came to its end. */
    received: (): readonly Buffer[] => received,
    connections: () => sockets.size,
    /** How many streams it was ever reading at once. */
    mostStreams: () => mostStreams,
    async close(): Promise<void> {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function conclude(socket: Socket, acting: ClamdBehaviour): void {
  if (acting.kind === 'answer') socket.end(acting.text);
  if (acting.kind === 'answer-then-reset') socket.write(acting.text, () => reset(socket));
  if (acting.kind === 'answer-then-hang') {
    socket.write(acting.text);
    socket.resume().once('end', () => socket.end());
  }
}

/** RST and nothing else: `resetAndDestroy` sends FIN first, which is an end in good order. */
function reset(socket: Socket): void {
  // Node keeps the handle that can do this to itself.
  const { _handle: handle } = socket as unknown as { _handle: { reset(done: () => void): void } | null };
  if (handle === null) socket.destroy();
  else handle.reset(() => socket.destroy());
}

import { MessageType, parseMessage, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Log } from '../core/log.js';
import type { WsProtocol } from './ws-protocol.js';
import { closes, type Session } from './ws-session.js';

/** Above this the next write waits a turn of the event loop, in which the kernel may take what is there. */
const yieldAboveBytes = 64 * 1024;

const ofServers = new Set([MessageType.ConnectionAck, MessageType.Next, MessageType.Error]);

/**
 * Connects one `ws` socket to the protocol of graphql-ws. Its own binding for ws prints to the console, runs
 * two timers a socket, lets what a slow peer doesn't read pile up, and leaves rejections to the process.
 *
 * A peer with more than `maxBufferedBytes` unread is cut off, without a close frame, which would only join the
 * queue; its client comes back and gets a snapshot.
 */
export function connectSocket(
  protocol: WsProtocol,
  socket: WebSocket,
  session: Session,
  { maxBufferedBytes, log }: { maxBufferedBytes: number; log: Log },
): void {
  /** graphql-ws throws for what only a server sends, and for an operation that fails outside of its execution. */
  function answerFailure(text: string, error: unknown): void {
    const message = parseMessage(text);
    if (message.type === MessageType.Subscribe) {
      const payload = protocol.fail(session, message.id, error);
      if (session.isOpen())
        socket.send(stringifyMessage({ id: message.id, type: MessageType.Error, payload }));
    } else if (ofServers.has(message.type)) {
      session.close(closes.badRequest);
    } else {
      log.error({ error }, 'a message on a socket failed');
      session.close(closes.tryAgainLater);
    }
  }

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      close: (code, reason) => socket.close(code, reason),
      send(data) {
        if (socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > maxBufferedBytes) {
          log.warn({ bufferedBytes: socket.bufferedAmount }, 'cut off a socket that does not read');
          socket.terminate();
          return;
        }
        socket.send(data);
        if (socket.bufferedAmount <= yieldAboveBytes) return;
        return new Promise((resolve) => setImmediate(resolve));
      },
      onMessage(receive) {
        socket.on('message', (data, isBinary) => {
          if (isBinary || !Buffer.isBuffer(data)) {
            session.close(closes.badRequest);
            return;
          }
          const text = data.toString();
          receive(text).catch((error: unknown) => answerFailure(text, error));
        });
      },
    },
    { session },
  );
  // Too large a frame, invalid UTF-8, a reset connection: ws closes the socket by itself.
  socket.on('error', (error) => log.debug({ error }, 'a socket failed'));
  socket.once('close', (code, reason) => {
    session.dispose();
    closed(code, reason.toString()).catch((error: unknown) => {
      log.error({ error }, 'a socket could not be cleaned up');
    });
  });
}

import { WebSocket } from 'ws';
import { token } from '../../tests/support/service.js';
import { promptsSubscription } from '../../tests/support/heart.js';

/** Asks for `count` more sockets, each of a person of its own. */
export interface OpenSockets {
  readonly url: string;
  /** Names the people: the same prefix, the same people. */
  readonly prefix: string;
  readonly count: number;
}

export type SocketsOpened = { readonly ms: number } | { readonly error: string };

/** Enough that the server is never without work, and few enough for every accept queue. */
const atOnce = 64;

/** A process of its own, so that the memory of the clients isn't the server's. Ends with its parent. */
process.on('message', (message: OpenSockets) => {
  openAll(message).then(
    (ms) => process.send?.({ ms } satisfies SocketsOpened),
    (error: unknown) => process.send?.({ error: String(error) } satisfies SocketsOpened),
  );
});
process.on('disconnect', () => process.exit());

/** Resolves with the ms it took until each has its snapshot; signing the tokens is not counted. */
async function openAll({ url, prefix, count }: OpenSockets): Promise<number> {
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, index) => token(`${prefix}-${index}`, { org: 'sockets' })),
  );
  const startedAt = performance.now();
  const openNext = async () => {
    for (let next = tokens.pop(); next !== undefined; next = tokens.pop()) await openOne(url, next);
  };
  await Promise.all(Array.from({ length: atOnce }, openNext));
  return performance.now() - startedAt;
}

/** The protocol by hand: a client library would take as much CPU as the server that is measured. */
function openOne(url: string, credential: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: credential } }));
    socket.on('message', (data: Buffer) => {
      // The server's messages are of the protocol, and text.
      const { type } = JSON.parse(data.toString()) as { type: string };
      if (type === 'connection_ack') {
        send({ id: '1', type: 'subscribe', payload: { query: promptsSubscription } });
      } else if (type === 'next') resolve();
      else if (type === 'error') reject(new Error(`A subscription was refused: ${data.toString()}`));
    });
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`A socket was closed: ${code}`)));
  });
}

import { WebSocket, type ClientOptions } from 'ws';
import { until } from './until.js';

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A client of graphql-transport-ws without manners: sends what it is told, and keeps what it gets. */
export async function openGraphqlSocket(
  url: string,
  options: ClientOptions & { protocol?: string; authorization?: unknown } = {},
) {
  const { protocol = 'graphql-transport-ws', authorization, ...clientOptions } = options;
  const socket = new WebSocket(url, protocol, clientOptions);
  const messages: SocketMessage[] = [];
  let closed: { readonly code: number; readonly reason: string } | undefined;
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as SocketMessage));
  // What matters is the close that follows.
  socket.on('error', () => undefined);
  socket.on('close', (code, reason) => (closed = { code, reason: reason.toString() }));
  await until(() => socket.readyState !== WebSocket.CONNECTING);

  const client = {
    socket,
    messages,
    send: (message: SocketMessage) => socket.send(JSON.stringify(message)),
    subscribe: (id: string, query: string, variables?: object) =>
      client.send({ type: 'subscribe', id, payload: { query, ...(variables && { variables }) } }),
    /** The messages of one operation, once there are as many. */
    async receive(id: string, count = 1): Promise<SocketMessage[]> {
      await until(() => messages.filter((message) => message.id === id).length >= count);
      return messages.filter((message) => message.id === id);
    },
    async closed() {
      await until(() => closed !== undefined);
      return closed;
    },
    async close() {
      socket.terminate();
      await until(() => closed !== undefined);
    },
  };
  if (authorization !== undefined) {
    client.send({ type: 'connection_init', payload: { authorization } });
    await until(() => closed !== undefined || messages.some(({ type }) => type === 'connection_ack'));
  }
  return client;
}

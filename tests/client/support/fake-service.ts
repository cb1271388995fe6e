import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { graphql, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { makeRoot, refuse, schema } from './fake-schema.js';
import { makeFakeState } from './fake-state.js';

export interface Call {
  readonly name: string;
  readonly variables: Record<string, unknown>;
  readonly authorization: string | undefined;
}

/** 'drop': the operation is run, then the connection is cut before the answer. A number: that HTTP status. */
export type Fault = 'drop' | number | { code: string; extensions?: Record<string, unknown> };

/**
 * A GraphQL server over the real transports, made from the contract, that misbehaves as told. It can be stopped and
 * started again on the same port with the same state, as a service that is restarted.
 */
export async function startFakeService() {
  const state = makeFakeState();
  const calls: Call[] = [];
  const subscriptions: Call[] = [];
  const faults = new Map<string, Fault[]>();
  const settings = {
    acceptSockets: true,
    storageUrl: '',
    authorization: undefined as string | undefined,
    /** Larger files go in parts of this size. */
    partSizeBytes: 1_000_000,
    partLifetimeMs: 60_000,
  };
  const root = makeRoot(state, settings);
  let running: Awaited<ReturnType<typeof listen>> | undefined;

  async function listen(port: number) {
    const stopping = new AbortController();
    const webSockets = new WebSocketServer({ noServer: true });
    useServer(
      {
        schema,
        context: ({ connectionParams }) => ({ authorization: connectionParams?.['authorization'] }),
        onConnect: ({ connectionParams }) => isAccepted(connectionParams?.['authorization']),
        onSubscribe: (context, _id, { operationName, query, variables }) => {
          const authorization = context.connectionParams?.['authorization'] as string | undefined;
          subscriptions.push({ name: operationName ?? '', variables: variables ?? {}, authorization });
          const fault = faults.get(operationName ?? '')?.shift();
          if (typeof fault === 'object') return [refuse(fault.code, fault.extensions)];
          // graphql-js leaves ending what a root function yields to the iterator; a signal ends it also when idle.
          const over = new AbortController();
          context.extra.socket.once('close', () => over.abort());
          stopping.signal.addEventListener('abort', () => over.abort(), { once: true });
          const { promptId } = (variables ?? {}) as { promptId: string };
          return {
            schema,
            document: parse(query),
            variableValues: variables,
            rootValue: {
              uploadPrompts: () => root.uploadPromptsFeed(over.signal),
              uploadResult: () => root.uploadResultFeed(promptId, over.signal),
              uploadPromptProgress: () => root.uploadPromptProgressFeed(promptId, over.signal),
            },
          };
        },
      },
      webSockets,
    );
    const server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    server.on('upgrade', (request, socket, head) => {
      if (!settings.acceptSockets) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        webSockets.emit('connection', webSocket, request),
      );
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port, // Of a TCP server that listens, never a string.
      webSockets,
      async close() {
        stopping.abort();
        for (const socket of webSockets.clients) socket.terminate();
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  }

  const isAccepted = (authorization: unknown) =>
    settings.authorization === undefined || authorization === settings.authorization;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const { operationName, query, variables } = JSON.parse(text) as {
      operationName: string;
      query: string;
      variables: Record<string, unknown>;
    };
    const { authorization } = request.headers;
    calls.push({ name: operationName, variables, authorization });
    const fault = faults.get(operationName)?.shift();
    if (typeof fault === 'number') {
      response.writeHead(fault).end('<html>not GraphQL</html>');
      return;
    }
    const result = !isAccepted(authorization)
      ? { errors: [refuse('UNAUTHENTICATED')] }
      : typeof fault === 'object'
        ? { errors: [refuse(fault.code, fault.extensions)] }
        : await graphql({
            schema,
            source: query,
            rootValue: root,
            variableValues: variables,
            contextValue: { signal: gone.signal },
          });
    if (fault === 'drop') {
      response.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  }

  running = await listen(0);
  const { port } = running;

  return {
    url: `http://127.0.0.1:${port}`,
    state,
    settings,
    /** Over HTTP, in order. */
    calls,
    /** Over WebSocket, in order. */
    subscriptions,
    callsOf: (name: string) => calls.filter((call) => call.name === name),
    subscriptionsOf: (name: string) => subscriptions.filter((call) => call.name === name),
    /** The next calls of an operation meet these faults, one each. */
    fail(operationName: string, ...next: Fault[]) {
      faults.set(operationName, [...(faults.get(operationName) ?? []), ...next]);
    },
    dropSockets(code?: number) {
      for (const socket of running?.webSockets.clients ?? []) {
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
    },
    socketCount: () => running?.webSockets.clients.size ?? 0,
    async stop() {
      await running?.close();
      running = undefined;
    },
    async start() {
      running = await listen(port);
    },
    async close() {
      await running?.close();
    },
  };
}

export type FakeService = Awaited<ReturnType<typeof startFakeService>>;

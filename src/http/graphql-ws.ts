import type { GraphQLSchema } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { makeDocuments } from '../graphql/documents.js';
import type { FormatError } from '../graphql/format-error.js';
import type { Limits } from '../graphql/limits.js';
import type { AddressOf } from './address.js';
import type { MakeContext } from './caller.js';
import type { Metrics } from './metrics.js';
import type { IsOriginAllowed } from './origins.js';
import { refuseUpgrade, type Upgrade } from './server.js';
import { makeAdmission, type AdmissionOptions } from './ws-admission.js';
import { makeHeartbeat } from './ws-heartbeat.js';
import { makeWsProtocol } from './ws-protocol.js';
import { closes, makeSession } from './ws-session.js';
import { connectSocket } from './ws-transport.js';

const defaults = {
  /** A frame, and so a message; `ws` itself takes 100 MiB. */
  maxPayloadBytes: 64 * 1024,
  maxBufferedBytes: 1024 * 1024,
  maxSocketsPerViewer: 50,
  /** Queries and mutations that run count, too. */
  maxOperationsPerSocket: 100,
  pingIntervalMs: 45_000,
  initTimeoutMs: 5_000,
};

export interface GraphqlWsOptions
  extends Partial<typeof defaults>, Omit<AdmissionOptions, 'maxSocketsPerViewer'> {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly makeContext: MakeContext<object>;
  readonly addressOf: AddressOf;
  readonly formatError: FormatError;
  readonly isOriginAllowed: IsOriginAllowed;
  readonly metrics?: Metrics;
}

/**
 * GraphQL over WebSocket (graphql-transport-ws): all that HTTP enforces, and what only a long life needs. The
 * credential is in `connectionParams.authorization`; the socket ends with it (4403).
 */
export function makeGraphqlWs(options: GraphqlWsOptions): Upgrade {
  const settings = { ...defaults, ...options };
  const { isOriginAllowed, metrics } = settings;
  const protocol = makeWsProtocol({
    ...settings,
    documents: makeDocuments(settings),
    admission: makeAdmission(settings),
  });
  const heartbeat = makeHeartbeat(settings.pingIntervalMs);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: settings.maxPayloadBytes,
    perMessageDeflate: false,
    handleProtocols,
  });

  return {
    accept(request, connection, head) {
      const { origin } = request.headers;
      // Programs send none. Browsers always do, and ask no preflight for a WebSocket.
      if (origin !== undefined && !isOriginAllowed(origin)) {
        refuseUpgrade(connection, '403 Forbidden');
        return;
      }
      sockets.handleUpgrade(request, connection, head, (socket) => {
        metrics?.sockets.inc();
        socket.once('close', () => metrics?.sockets.dec());
        heartbeat.follow(socket);
        connectSocket(protocol, socket, makeSession(socket, settings.addressOf(request)), settings);
      });
    },

    async close(deadlineMs) {
      for (const socket of sockets.clients) socket.close(...closes.restart);
      const cut = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), deadlineMs);
      await new Promise((resolve) => sockets.close(resolve));
      clearTimeout(cut);
      heartbeat.close();
    },
  };
}

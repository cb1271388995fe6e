import type { GraphQLSchema } from 'graphql';
import { makeApollo, type RequestContext } from '../graphql/apollo.js';
import { makeCompiledExecution } from '../graphql/compiled.js';
import { makeFormatError } from '../graphql/format-error.js';
import { makeLimits, type LimitOptions } from '../graphql/limits.js';
import type { AddressOf } from './address.js';
import type { MakeContext } from './caller.js';
import { makeGraphqlHttp } from './graphql-http.js';
import { makeGraphqlWs, type GraphqlWsOptions } from './graphql-ws.js';
import type { IsOriginAllowed } from './origins.js';
import { makeProbes, type ProbesOptions } from './probes.js';
import type { Handler } from './respond.js';
import { makeHttpServer } from './server.js';

export interface EdgeOptions extends ProbesOptions {
  readonly schema: GraphQLSchema;
  readonly authenticate: GraphqlWsOptions['authenticate'];
  readonly makeContext: MakeContext<RequestContext>;
  readonly isViewerValid?: GraphqlWsOptions['isViewerValid'];
  readonly isOriginAllowed: IsOriginAllowed;
  readonly addressOf: AddressOf;
  /** Besides `/graphql` and the probes: `/d/:token`, and `*` for the portal. */
  readonly routes?: Readonly<Record<string, Handler>>;
  /** See `HttpServerOptions.longRoutes`. */
  readonly longRoutes?: readonly string[];
  readonly limits?: LimitOptions;
  /** What sockets may do; the defaults are in `graphql-ws.ts`. */
  readonly socketLimits?: Partial<
    Pick<
      GraphqlWsOptions,
      | 'maxPayloadBytes'
      | 'maxBufferedBytes'
      | 'maxSocketsPerViewer'
      | 'maxOperationsPerSocket'
      | 'pingIntervalMs'
      | 'initTimeoutMs'
    >
  >;
}

/** Everything that a port serves, with one set of limits, errors and credentials for HTTP and WebSocket. */
export async function makeEdge(options: EdgeOptions) {
  const { schema, authenticate, makeContext, addressOf, isOriginAllowed, log, metrics } = options;
  const limits = makeLimits(options.limits);
  const formatError = makeFormatError({ log });
  const apollo = await makeApollo({
    plugins: [makeCompiledExecution()],
    schema,
    limits,
    formatError,
    log,
    onOperation: (type, code) => metrics.countOperation('http', type, code),
  });
  const sockets = makeGraphqlWs({
    schema,
    limits,
    formatError,
    authenticate,
    makeContext,
    addressOf,
    isOriginAllowed,
    log,
    metrics,
    ...(options.isViewerValid === undefined ? {} : { isViewerValid: options.isViewerValid }),
    ...options.socketLimits,
  });
  const server = makeHttpServer({
    routes: {
      ...options.routes,
      '/graphql': makeGraphqlHttp({
        apollo,
        authenticate,
        makeContext,
        addressOf,
        formatError,
        isOriginAllowed,
      }),
      ...makeProbes(options),
    },
    ...(options.longRoutes === undefined ? {} : { longRoutes: options.longRoutes }),
    upgrades: { '/graphql': sockets },
    log,
    metrics,
  });

  return {
    listen: server.listen,
    /** Sockets are told to come back (1012), running requests may finish until the deadline. Never rejects. */
    async close(deadlineMs: number): Promise<void> {
      await server.close(deadlineMs);
      await apollo.stop();
    },
  };
}

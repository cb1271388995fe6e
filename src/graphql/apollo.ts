import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { Log } from '../core/log.js';
import { findMistakes } from './documents.js';
import type { FormatError } from './format-error.js';
import type { Limits } from './limits.js';

/** What Apollo itself needs to know of a context; resolvers see all that the composition root put in. */
export interface RequestContext {
  readonly requestId: string;
}

/** `code` is that of the first error, or OK. */
export type OnOperation = (type: 'query' | 'mutation' | 'subscription' | 'unknown', code: string) => void;

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly formatError: FormatError;
  readonly log: Log;
  readonly onOperation?: OnOperation;
  /** Such as an executor that compiles repeated documents. */
  readonly plugins?: readonly ApolloServerPlugin<RequestContext>[];
}

/** A started server without a transport. Whoever makes it calls `stop()`. */
export async function makeApollo(options: ApolloOptions): Promise<ApolloServer<RequestContext>> {
  const { schema, limits, formatError, log } = options;
  const requestIds = new WeakMap<GraphQLError, string>();
  const apollo = new ApolloServer<RequestContext>({
    schema,
    parseOptions: limits.parseOptions,
    validationRules: [...limits.validationRules],
    formatError: (_formatted, error) =>
      formatError(error, error instanceof GraphQLError ? requestIds.get(error) : undefined),
    includeStacktraceInErrorResponses: false,
    // The rule for it is among the limits, where the socket has it too.
    introspection: true,
    // Credentials are never ambient: they are a header that a page of another origin can't set.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    // Documents registered by anybody would be a cache that anybody fills.
    persistedQueries: false,
    // The process decides when it ends.
    stopOnTerminationSignals: false,
    // Or Apollo reads NODE_ENV by itself.
    nodeEnv: 'production',
    logger: toApolloLogger(log),
    plugins: [
      // × 1.5 requests per second; nothing here is cacheable by others.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      makeOwnPlugin(requestIds, options),
      ...(options.plugins ?? []),
    ],
  });
  await apollo.start();
  return apollo;
}

function makeOwnPlugin(
  requestIds: WeakMap<GraphQLError, string>,
  { schema, limits, onOperation }: ApolloOptions,
): ApolloServerPlugin<RequestContext> {
  const listener: Awaited<ReturnType<NonNullable<ApolloServerPlugin<RequestContext>['requestDidStart']>>> = {
    // Apollo tells formatError nothing of the request that an error belongs to.
    didEncounterErrors({ errors, contextValue }) {
      for (const error of errors) requestIds.set(error, contextValue.requestId);
      return Promise.resolve();
    },
    // Apollo would execute it once, as if it were a query.
    didResolveOperation({ operation }) {
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
      const http = { status: 400, headers: new HeaderMap() };
      return Promise.reject(
        new GraphQLError('Subscriptions are served over WebSocket (graphql-transport-ws).', {
          extensions: { code: 'BAD_REQUEST', http },
        }),
      );
    },
    willSendResponse({ operation, response }) {
      const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
      const code = errors?.[0]?.extensions?.['code'];
      onOperation?.(operation?.operation ?? 'unknown', typeof code === 'string' ? code : 'OK');
      return Promise.resolve();
    },
  };
  return {
    requestDidStart: () => Promise.resolve(listener),
    // Apollo validates by graphql-js's own rules first, one of which throws for what a limit of ours reports.
    unexpectedErrorProcessingRequest({ requestContext: { document, contextValue } }) {
      const mistake = document && findMistakes(schema, document, limits)[0];
      if (mistake === undefined) return Promise.resolve();
      const http = { status: 400, headers: new HeaderMap() };
      Object.assign(mistake.extensions, { http });
      requestIds.set(mistake, contextValue.requestId);
      onOperation?.('unknown', 'GRAPHQL_VALIDATION_FAILED');
      // In place of a masked fault.
      return Promise.reject(mistake);
    },
  };
}

function toApolloLogger(log: Log) {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown) =>
    log[level]({ part: 'apollo' }, String(message));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

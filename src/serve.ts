import type { Adapters } from './adapters.js';
import type { App } from './app.js';
import type { AppConfig } from './config.js';
import type { Log } from './core/log.js';
import { makeApollo } from './graphql/apollo.js';
import type { GraphqlContext } from './graphql/context.js';
import { makeFormatError } from './graphql/format-error.js';
import { makeLimits } from './graphql/limits.js';
import { makeLoaders } from './graphql/loaders.js';
import { makeSchema } from './graphql/schema.js';
import type { MakeContext } from './http/caller.js';
import { makeDownloadHandler } from './http/downloads.js';
import { makeGraphqlHttp } from './http/graphql-http.js';
import { makeGraphqlWs } from './http/graphql-ws.js';
import { makeHealth } from './http/health.js';
import { makeMetrics } from './http/metrics.js';
import { makeIsOriginAllowed } from './http/origins.js';
import { makeHttpServer } from './http/server.js';

export interface ServeOptions {
  config: AppConfig;
  adapters: Adapters;
  app: App;
  log: Log;
  publicUrl: () => string;
}

/** An agent's runtime waits for many people over one socket. */
const maxOperationsPerSocket = 1000;

/** Mounts every edge on one port; nothing listens before `listen`. */
export async function makeServer({ config, adapters, app, log, publicUrl }: ServeOptions) {
  const { services, authenticate, isStillValid } = app;
  const { database, channels, objects, scanner } = adapters;
  const schema = makeSchema();
  const limits = makeLimits();
  const metrics = makeMetrics();
  const formatError = makeFormatError({ log });
  const isOriginAllowed = makeIsOriginAllowed({ publicUrl, allowedOrigins: config.allowedOrigins });
  const makeContext: MakeContext<GraphqlContext> = (viewer, extras) => ({
    ...extras,
    viewer,
    services,
    loaders: makeLoaders(services, viewer),
  });
  const apollo = await makeApollo({
    schema,
    limits,
    formatError,
    log,
    onOperation: (type, code) => metrics.countOperation('http', type, code),
  });
  const health = makeHealth({
    log,
    checks: {
      postgres: { ping: database.ping, required: true },
      redis: { ping: channels.ping, required: true },
      storage: { ping: () => objects.ping(), required: true },
      scanner: { ping: () => scanner.ping(), required: false },
    },
  });
  const server = makeHttpServer({
    log,
    metrics,
    routes: {
      '/graphql': makeGraphqlHttp({ apollo, authenticate, makeContext, formatError, isOriginAllowed }),
      '/d/:token': makeDownloadHandler(services.downloads, isOriginAllowed),
      '/healthz': health.live,
      '/readyz': health.ready,
      '/metrics': metrics.handler,
    },
    upgrades: {
      '/graphql': makeGraphqlWs({
        schema,
        limits,
        authenticate,
        isViewerValid: isStillValid,
        makeContext,
        formatError,
        isOriginAllowed,
        log,
        metrics,
        maxOperationsPerSocket,
      }),
    },
  });
  return {
    listen: () => server.listen(config.port, config.host),
    async close(deadlineMs: number) {
      await server.close(deadlineMs);
      await apollo.stop();
    },
  };
}

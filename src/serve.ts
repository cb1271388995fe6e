import type { Adapters } from './adapters.js';
import type { App } from './app.js';
import type { AppConfig } from './config.js';
import type { Log } from './core/log.js';
import type { GraphqlContext } from './graphql/context.js';
import { makeLoaders } from './graphql/loaders.js';
import { makeSchema } from './graphql/schema.js';
import type { MakeContext } from './http/caller.js';
import { makeDownloadHandler } from './http/downloads.js';
import { makeEdge } from './http/edge.js';
import { makeMetrics } from './http/metrics.js';
import { makeIsOriginAllowed } from './http/origins.js';

export interface ServeOptions {
  config: AppConfig;
  adapters: Adapters;
  app: App;
  log: Log;
  publicUrl: () => string;
}

/** An agent's runtime waits for many people over one socket. */
const maxOperationsPerSocket = 1000;

/** The application's services behind one port; nothing listens before `listen`. */
export async function makeServer({ config, adapters, app, log, publicUrl }: ServeOptions) {
  const { services, authenticate, isStillValid } = app;
  const { database, channels, objects, scanner } = adapters;
  const isOriginAllowed = makeIsOriginAllowed({ publicUrl, allowedOrigins: config.allowedOrigins });
  const makeContext: MakeContext<GraphqlContext> = (viewer, extras) => ({
    ...extras,
    viewer,
    services,
    loaders: makeLoaders(services, viewer),
  });
  const metrics = makeMetrics();
  app.processingMetrics.register(metrics.registry);
  return makeEdge({
    schema: makeSchema(),
    authenticate,
    isViewerValid: isStillValid,
    makeContext,
    isOriginAllowed,
    checks: {
      postgres: { ping: database.ping, required: true },
      redis: { ping: channels.ping, required: true },
      storage: { ping: () => objects.ping(), required: true },
      scanner: { ping: () => scanner.ping(), required: false },
    },
    routes: { '/d/:token': makeDownloadHandler(services.downloads, isOriginAllowed) },
    metrics,
    log,
    socketLimits: { maxOperationsPerSocket },
  });
}

import { fileURLToPath } from 'node:url';
import type { Adapters } from './adapters.js';
import type { App } from './app.js';
import type { AppConfig, StorageConfig } from './config.js';
import type { Log } from './core/log.js';
import type { Demo } from './demo/demo.js';
import type { GraphqlContext } from './graphql/context.js';
import { makeLoaders } from './graphql/loaders.js';
import { makeSchema } from './graphql/schema.js';
import { makeAddressOf } from './http/address.js';
import type { MakeContext } from './http/caller.js';
import { makeDemoRoutes } from './http/demo.js';
import { makeDemoChatRoutes } from './http/demo-chat.js';
import { makeAssetRoutes } from './http/assets.js';
import { makeDownloadHandler } from './http/downloads.js';
import { makeEdge } from './http/edge.js';
import { makeMetrics } from './http/metrics.js';
import { makeIsOriginAllowed } from './http/origins.js';
import { readPortalFiles } from './http/portal-files.js';
import { makePortalRoutes } from './http/portal.js';
import { makeProbes, type ProbesOptions } from './http/probes.js';
import { makeHttpServer, type HttpServer } from './http/server.js';

export interface ServeOptions {
  config: AppConfig;
  adapters: Adapters;
  app: App;
  log: Log;
  publicUrl: () => string;
  /** Signs people in without a password; only where everything is embedded. */
  demo: Demo | undefined;
}

/** An agent's runtime waits for many people over one socket. */
const maxOperationsPerSocket = 1000;

/** Built beside `dist/main.js`; from `src/` the same folder. */
const portalFolder = fileURLToPath(new URL('../dist/portal', import.meta.url));
const chatFolder = fileURLToPath(new URL('../examples/chat', import.meta.url));

/** What every process shows of itself. */
function toProbes({ adapters, app, log }: Pick<ServeOptions, 'adapters' | 'app' | 'log'>): ProbesOptions {
  const { database, channels, objects, scanner } = adapters;
  const metrics = makeMetrics();
  app.processingMetrics.register(metrics.registry);
  return {
    checks: {
      postgres: { ping: database.ping, required: true },
      redis: { ping: channels.ping, required: true },
      storage: { ping: () => objects.ping(), required: true },
      scanner: { ping: () => scanner.ping(), required: false },
    },
    metrics,
    log,
  };
}

/** How a process is that serves nobody. */
export function makeWorkerServer(options: Pick<ServeOptions, 'adapters' | 'app' | 'log'>): HttpServer {
  const probes = toProbes(options);
  return makeHttpServer({ routes: makeProbes(probes), metrics: probes.metrics, log: options.log });
}

/** The application's services behind one port; nothing listens before `listen`. */
export async function makeServer({ config, adapters, app, log, publicUrl, demo }: ServeOptions) {
  const { services, authenticate, isStillValid } = app;
  const isOriginAllowed = makeIsOriginAllowed({ publicUrl, allowedOrigins: config.allowedOrigins });
  const makeContext: MakeContext<GraphqlContext> = (viewer, extras) => ({
    ...extras,
    viewer,
    services,
    loaders: makeLoaders(services, viewer),
  });
  const files = await readPortalFiles(portalFolder);
  const storageOrigin = toStorageOrigin(config.storage);
  return makeEdge({
    ...toProbes({ adapters, app, log }),
    schema: makeSchema(),
    authenticate,
    isViewerValid: isStillValid,
    makeContext,
    isOriginAllowed,
    addressOf: makeAddressOf(config.trustedProxies),
    routes: {
      ...makePortalRoutes({ files, storageOrigin, publicUrl, demo, isOriginAllowed }),
      ...(demo && makeDemoRoutes(demo, isOriginAllowed)),
      ...(demo && (await makeDemoChatRoutes({ folder: chatFolder, publicUrl, storageOrigin }))),
      '/d/:token': makeDownloadHandler(services.downloads, isOriginAllowed),
      ...makeAssetRoutes({
        authenticate,
        isOriginAllowed,
        services,
        maxSizeBytes: config.uploads.maxSizeBytes,
      }),
    },
    longRoutes: ['/v1/assets'],
    socketLimits: { maxOperationsPerSocket },
  });
}

/** Where browsers put bytes to, as `infra/s3` signs it. */
function toStorageOrigin({ publicUrl, bucket, forcePathStyle }: StorageConfig): string {
  const { protocol, host } = new URL(publicUrl);
  return `${protocol}//${forcePathStyle ? host : `${bucket}.${host}`}`;
}

import { openAdapters, type Adapters } from './adapters.js';
import { makeApp, type App } from './app.js';
import type { AppConfig } from './config.js';
import type { Log } from './core/log.js';
import { makeDemo, type Demo } from './demo/demo.js';
import type { Part } from './run.js';
import { makeServer, makeWorkerServer } from './serve.js';

export interface ServiceOptions extends Part {
  config: AppConfig;
  log: Log;
  /** Whether the demo organization is there to be tried, with sign-in without a password. */
  demo?: boolean;
  /** Other adapters than the settings name, for tests. Closed with the service. */
  adapters?: Adapters;
}

export interface Service {
  /** How browsers reach it. */
  readonly url: string;
  /** Where this process itself says how it is: `/healthz`, `/readyz`, `/metrics`. */
  readonly probesUrl: string;
  /** Stops accepting, lets what runs finish within a deadline, hands the rest back, and closes every connection. */
  close(): Promise<void>;
}

/** How long requests that are being answered may take when the service stops. */
const drainMs = 10_000;

/** One process of Askfile: opened in order, closed in reverse. */
export async function startService({
  config,
  log,
  serves,
  works,
  demo: hasDemo = false,
  adapters: given,
}: ServiceOptions): Promise<Service> {
  let url = config.publicUrl ?? '';
  let probesUrl = '';
  const publicUrl = () => url;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      await Promise.resolve(closer()).catch((error: unknown) => log.error({ error }, 'a part did not close'));
    }
  };
  try {
    const adapters = given ?? (await openAdapters(config, log));
    closers.push(adapters.close);
    const app = makeApp(config, adapters, log, publicUrl);
    closers.push(app.close);
    const sweeps = app.startSweeps();
    closers.push(sweeps.close);
    if (works) {
      const work = await app.startWork();
      closers.push(work.close);
    }
    if (serves) {
      const listening = await app.startListening();
      closers.push(listening.close);
      const demo = hasDemo ? toDemo(config, app) : undefined;
      const [server] = await Promise.all([
        makeServer({ config, adapters, app, log, publicUrl, demo }),
        demo?.seed(),
      ]);
      const { port } = await server.listen(config.port, config.host);
      closers.push(() => server.close(drainMs));
      closers.push(app.services.prompts.stopWaiting);
      probesUrl = `http://localhost:${port}`;
      url = config.publicUrl ?? probesUrl;
    } else {
      const server = makeWorkerServer({ adapters, app, log });
      const { port } = await server.listen(config.workerPort, config.host, 'WORKER_PORT');
      closers.push(() => server.close(drainMs));
      probesUrl = `http://localhost:${port}`;
    }
    return { url, probesUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function toDemo({ auth }: AppConfig, { services, authenticate }: App): Demo {
  const { jwtSecret, issuer, audience } = auth;
  if (jwtSecret === null) throw new Error('The demo needs a secret to sign tokens with.');
  return makeDemo({ ...services, authenticate, auth: { jwtSecret, issuer, audience } });
}

import { isForTrying, loadConfig, type AppConfig, type Config } from './config.js';
import { startEmbedded } from './embedded/start.js';
import { makeLog } from './infra/pino/log.js';

export interface Part {
  /** Whether this process answers requests. */
  serves: boolean;
  /** Whether it takes background work. */
  works: boolean;
}

/** Runs this process until SIGTERM or SIGINT; what keeps it from starting is told in words, with exit code 1. */
export function runProcess(toPart: (config: Config) => Part): void {
  run(toPart).then(
    // All is closed; a connection that its other end has forgotten must not keep the process.
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}

/** Settings, embedded parts where the settings leave something out, the service; closed in reverse. */
async function run(toPart: (config: Config) => Part): Promise<void> {
  const started = performance.now();
  // From the first moment on: a start that is asked to stop ends in good order too.
  const stop = whenAskedToStop();
  const config = loadConfig();
  const part = toPart(config);
  const log = makeLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  // The service's modules take as long to load as the embedded parts to start.
  const [embedded, { startService }] = await Promise.all([
    startEmbedded(config, log),
    import('./service.js'),
  ]);
  try {
    const service = await startService({
      ...part,
      config: embedded.config,
      log,
      demo: isForTrying(config),
    });
    if (config.storage === null) await setUpEmbeddedStore(embedded.config, service.url);
    const ms = Math.round(performance.now() - started);
    const where = part.serves ? `ready at ${service.url}` : `ready, watched at ${service.probesUrl}`;
    log.info({ ...part, url: service.url, ms }, where);
    await stop;
    log.info({}, 'stopping');
    await service.close();
  } finally {
    await embedded.close();
  }
}

/** What `npm run storage:setup` does for a store of its own. */
async function setUpEmbeddedStore({ storage, allowedOrigins }: AppConfig, url: string): Promise<void> {
  const { setUpBucket } = await import('./infra/s3/bucket-setup.js');
  const own = new URL(url);
  const names = own.hostname === 'localhost' ? ['localhost', '127.0.0.1'] : [own.hostname];
  const origins = names.map((name) => Object.assign(new URL(own), { hostname: name }).origin);
  await setUpBucket(storage, [...origins, ...allowedOrigins]);
}

/** npm hands on a signal that the terminal has sent to everybody already: what comes so soon is the same one. */
const echoMs = 1000;

/** Another signal, after that, ends the process at once. */
function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const ask = () => {
      if (askedAt !== undefined && performance.now() - askedAt > echoMs) process.exit(1);
      askedAt ??= performance.now();
      resolve();
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
  });
}

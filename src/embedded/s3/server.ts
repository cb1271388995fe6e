import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../core/log.js';
import { answer } from './answer.js';
import type { Credential } from './authenticate.js';
import { openBuckets } from './buckets.js';
import { S3Error } from './errors.js';
import { sweepBucket } from './lifecycle.js';
import { sendError, sendReply } from './reply.js';
import type { Exchange } from './reply.js';

export interface S3ServerOptions {
  /** A folder of its own; one server at a time. Made when it is not there. */
  readonly dataDir: string;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, a free one, by default. */
  readonly port?: number;
  readonly region: string;
  /** Made at the start for the account of the first credential, unless it is there. */
  readonly bucket: string;
  readonly credentials: readonly Credential[];
  readonly log?: Log;
  readonly limits?: {
    /** A connection on which nothing moves is cut after this. 60,000 by default. */
    readonly idleMs?: number;
    /** A copy or Complete that takes longer keeps its client waiting with white space. 5,000 by default. */
    readonly slowAfterMs?: number;
  };
}

export interface S3Server {
  /** `http://127.0.0.1:<port>`, path-style; `<bucket>.localhost:<port>` works as well. */
  readonly endpoint: string;
  /** Lets running requests end for a moment, then cuts them. Nothing of the server is left afterwards. */
  close(): Promise<void>;
}

const sweepEveryMs = 60 * 60 * 1000;
const closeGraceMs = 3_000;

/**
 * A small S3 server that refuses whatever it was not meant to get: signatures, lengths, types and checksums are
 * verified, and what was answered with success survives any crash, whole.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { region, credentials, log } = options;
  const buckets = await openBuckets(options.dataDir);
  if (!buckets.find(options.bucket)) {
    const [first] = credentials;
    if (!first) throw new Error('An S3 server needs a credential.');
    await buckets.create(options.bucket, first.account);
  }

  async function handle(req: IncomingMessage, res: ServerResponse, waitsForLeave: boolean): Promise<void> {
    let isHeldBack = waitsForLeave;
    const startBody = () => {
      if (isHeldBack) res.writeContinue();
      isHeldBack = false;
    };
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const exchange: Exchange = {
      req,
      res,
      requestId,
      isHeldBack: () => isHeldBack,
      slowAfterMs: options.limits?.slowAfterMs ?? 5_000,
      toS3Error(error) {
        if (error instanceof S3Error) return error;
        log?.error({ requestId, err: error }, 'S3 request failed');
        return new S3Error('InternalError');
      },
    };
    try {
      await sendReply(exchange, await answer({ buckets, region, credentials }, req, res, startBody));
    } catch (error) {
      // A client that went away needs no answer, one that has half of it can't get another.
      if (res.headersSent || req.errored !== null || res.destroyed) {
        log?.debug({ requestId, err: error }, 'S3 connection broke');
        res.destroy();
        return;
      }
      const refusal = exchange.toS3Error(error);
      log?.debug({ requestId, method: req.method, code: refusal.code }, 'S3 request refused');
      await sendError(exchange, refusal);
    }
  }

  const running = new Set<Promise<void>>();
  function track(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => log?.error({ err: error }, 'S3 server failed'))
      .finally(() => running.delete(settled));
    running.add(settled);
  }

  const server = createServer({
    // A large upload on a slow line takes hours; what counts is that it moves.
    requestTimeout: 0,
    headersTimeout: 30_000,
    keepAliveTimeout: 65_000,
  });
  server.setTimeout(options.limits?.idleMs ?? 60_000);
  server.on('request', (req, res) => track(handle(req, res, false)));
  server.on('checkContinue', (req, res) => track(handle(req, res, true)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });

  async function sweep(): Promise<void> {
    for (const bucket of buckets.all()) {
      const swept = await sweepBucket(bucket, new Date());
      if (swept.objects + swept.uploads > 0)
        log?.info({ bucket: bucket.name, ...swept }, 'S3 lifecycle applied');
    }
  }
  track(sweep());
  const timer = setInterval(() => track(sweep()), sweepEveryMs).unref();

  async function stop(): Promise<void> {
    clearInterval(timer);
    const closed = new Promise((resolve) => server.close(resolve));
    const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    await Promise.all(running);
    clearTimeout(cut);
    server.closeAllConnections();
    await closed;
  }
  let stopping: Promise<void> | undefined;
  // A TCP server has an address object.
  const { port, family, address } = server.address() as AddressInfo;
  return {
    endpoint: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () => (stopping ??= stop()),
  };
}

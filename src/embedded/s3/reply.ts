import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Reply } from './call.js';
import { errorXml } from './errors.js';
import type { S3Error } from './errors.js';
import { xmlDeclaration } from './xml.js';

const xmlType = 'application/xml';
// As long as a client that was refused may go on sending before the connection is cut under it.
const lingerMs = 10_000;
// An unread rest of this size is read away, and the connection stays of use.
const smallRestBytes = 64 * 1024;

export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** The client waits for leave to send its body, and did not get it. */
  readonly isHeldBack: () => boolean;
  /** How long an answer may take before the client is kept waiting with white space. */
  readonly slowAfterMs: number;
  /** An unexpected fault becomes InternalError here, and is logged. */
  readonly toS3Error: (error: unknown) => S3Error;
}

/** Sends an answer to its end. Rejects when the connection breaks. */
export async function sendReply(exchange: Exchange, reply: Reply): Promise<void> {
  const { req, res } = exchange;
  const { body } = reply;
  prepare(exchange);
  if (!body) {
    const headers = { ...reply.headers };
    if (req.method !== 'HEAD' && reply.status !== 204 && reply.status !== 304)
      headers['content-length'] = '0';
    res.writeHead(reply.status, headers);
    await finish(exchange);
  } else if ('stream' in body) {
    res.writeHead(reply.status, reply.headers);
    await pipeline(body.stream, res);
  } else if ('xml' in body) {
    await sendXml(exchange, reply.status, body.xml, reply.headers);
  } else {
    await sendSlowXml(exchange, reply, body.slowXml);
  }
}

/** The error's own XML; for HEAD only its status. */
export async function sendError(exchange: Exchange, error: S3Error): Promise<void> {
  prepare(exchange);
  await sendXml(exchange, error.status, errorXml(error, exchange.requestId), error.more.headers);
}

function prepare({ req, res, requestId, isHeldBack }: Exchange): void {
  res.setHeader('x-amz-request-id', requestId);
  if (req.complete) return;
  const announced = Number(
    req.headers['content-length'] ?? (req.headers['transfer-encoding'] ? Infinity : 0),
  );
  if (isHeldBack() || announced > smallRestBytes) res.setHeader('connection', 'close');
}

async function sendXml(
  exchange: Exchange,
  status: number,
  xml: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { req, res } = exchange;
  res.writeHead(status, {
    ...headers,
    'content-type': xmlType,
    'content-length': String(Buffer.byteLength(xml)),
  });
  if (req.method !== 'HEAD') res.write(xml);
  await finish(exchange);
}

/**
 * The status is 200 as soon as the client has to be kept waiting; an error is then in the body alone, and clients
 * of S3 know to look there.
 */
async function sendSlowXml(exchange: Exchange, reply: Reply, work: () => Promise<string>): Promise<void> {
  const { res } = exchange;
  const timer = setInterval(() => {
    if (!res.headersSent) {
      res.writeHead(reply.status, { ...reply.headers, 'content-type': xmlType });
      res.write(xmlDeclaration);
    } else {
      res.write(' ');
    }
  }, exchange.slowAfterMs);
  try {
    const xml = await work().catch((error: unknown) => {
      if (!res.headersSent) throw error;
      return errorXml(exchange.toS3Error(error), exchange.requestId);
    });
    if (!res.headersSent) await sendXml(exchange, reply.status, xml, reply.headers);
    else res.end(xml.slice(xmlDeclaration.length));
  } finally {
    clearInterval(timer);
  }
}

/**
 * Ends an answer whose bytes are all written. While the client still sends, its bytes are read and dropped first:
 * closing over unread bytes resets the connection, and the client would never see why it was refused.
 */
async function finish({ req, res, isHeldBack }: Exchange): Promise<void> {
  res.flushHeaders();
  if (!req.complete && !req.destroyed && !isHeldBack()) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lingerMs);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      req.once('end', done).once('close', done).once('error', done).resume();
    });
  }
  res.end();
}

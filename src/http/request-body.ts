import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './respond.js';

/**
 * Past the limit this much more is read and thrown away, because a caller that is still sending sees a reset
 * connection in place of the answer.
 */
const discardedBytes = 1024 * 1024;

/**
 * The JSON body of a request. Throws `HttpRefusal`: 415 for another content type or encoding, 413 past
 * `maxBytes` (counted while reading, whatever was declared), 400 for what isn't JSON.
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  assertJson(request);
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text) as unknown; // from `any`: it may be anything
  } catch {
    throw new HttpRefusal(400, 'The body is not valid JSON.');
  }
}

function assertJson({ headers }: IncomingMessage): void {
  const [essence = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  if (essence !== 'application/json') {
    throw new HttpRefusal(415, 'The content type must be application/json.', { accept: 'application/json' });
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new HttpRefusal(415, 'The charset must be utf-8.');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpRefusal(415, 'The body must not be compressed.', { 'accept-encoding': 'identity' });
  }
}

function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const refuse = () =>
      reject(new HttpRefusal(413, `The body may have ${maxBytes} bytes at most.`, { connection: 'close' }));
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      if (sizeBytes > maxBytes + discardedBytes) {
        request.pause();
        refuse();
      }
    });
    request.once('end', () => {
      if (sizeBytes > maxBytes) refuse();
      else resolve(Buffer.concat(chunks).toString());
    });
    request.once('error', reject);
    request.once('close', () => {
      if (!request.complete) reject(new HttpRefusal(400, 'The body was cut short.'));
    });
  });
}

/** Cuts a request whose sender says nothing for so long; time in which we do not read does not count. Returns what ends this. */
export function cutWhenIdle(request: IncomingMessage, idleTimeoutMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  const expectMore = () => {
    stop();
    timer = setTimeout(() => request.destroy(), idleTimeoutMs);
  };
  expectMore();
  const events = { data: expectMore, resume: expectMore, pause: stop, end: stop, close: stop };
  for (const [event, listener] of Object.entries(events)) request.on(event, listener);
  return () => {
    stop();
    for (const [event, listener] of Object.entries(events)) request.off(event, listener);
  };
}

/** Cuts a request that has not come whole after so long. One without a body has. */
export function cutWhenSlow(request: IncomingMessage, timeoutMs: number): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => request.destroy(), timeoutMs);
  const stop = () => clearTimeout(timer);
  request.once('end', stop);
  request.once('close', stop);
}

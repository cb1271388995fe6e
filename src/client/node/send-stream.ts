import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Transform, type Readable } from 'node:stream';
import { onAborted, toError } from '../abort.js';
import { AskfileError } from '../errors.js';
import type { PresignedRequest } from '../types.js';
import type { SendOptions } from '../upload-source.js';
import { notBytes, toBytes } from './byte-stream.js';

const IDLE_TIMEOUT_MS = 60_000;

/**
 * Node's fetch sends a stream in chunks, without the length that storage insists on; node:http sends what it is told.
 * As `UploadSource.send`: resolves with the status, also when storage answers before it has all bytes.
 */
export function sendStream(
  body: Readable,
  sizeBytes: number,
  request: PresignedRequest,
  { onSent, signal }: SendOptions,
): Promise<number> {
  const url = new URL(request.url);
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = Object.fromEntries(request.headers.map(({ name, value }) => [name.toLowerCase(), value]));

  return new Promise((resolve, reject) => {
    const unreadable = (cause: Error) =>
      reject(new AskfileError('UPLOAD_FAILED', `The file can't be read: ${cause.message}`, { cause }));
    if (body.errored) unreadable(body.errored);
    body.once('error', unreadable);
    const outgoing = open(url, {
      method: request.method,
      headers: { 'content-length': String(sizeBytes), ...headers },
    });
    const stop = () => outgoing.destroy(toError(signal.reason));
    if (signal.aborted) stop();
    outgoing.once('close', onAborted(signal, stop));
    outgoing.setTimeout(IDLE_TIMEOUT_MS, () => outgoing.destroy(new Error('Storage has stopped answering.')));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      // Refused half-way: the rest would only be sent to be thrown away.
      if (outgoing.writableFinished) response.resume();
      else outgoing.destroy();
    });
    onSent(0);
    // A promise settles once, so whichever of these tells first is what counts.
    pipeline(body, exactly(sizeBytes, onSent), outgoing, (error) => {
      if (error) reject(error);
    });
  });
}

/** Counts, and fails unless it is exactly so many bytes: a request of another length would hang or be cut. */
function exactly(sizeBytes: number, onSent: (sentBytes: number) => void): Transform {
  let sentBytes = 0;
  const changed = () =>
    new AskfileError('UPLOAD_FAILED', `The file no longer has the ${sizeBytes} bytes that it began with.`);
  return new Transform({
    // Whatever comes is looked at here: a stream of bytes would throw where nobody catches it.
    writableObjectMode: true,
    transform(given: unknown, _encoding, done) {
      const chunk = toBytes(given);
      if (chunk === undefined) {
        done(notBytes());
        return;
      }
      sentBytes += chunk.length;
      if (sentBytes > sizeBytes) {
        done(changed());
        return;
      }
      onSent(sentBytes);
      done(null, chunk);
    },
    flush(done) {
      done(sentBytes === sizeBytes ? null : changed());
    },
  });
}

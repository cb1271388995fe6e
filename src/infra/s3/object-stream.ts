import { Readable } from 'node:stream';
import { StorageFault, toFault, unavailable } from './fault.js';

/**
 * `body` as a stream that fails with `AppError('STORAGE_UNAVAILABLE')` when it ends before `sizeBytes`, breaks, or
 * stays silent for `idleTimeoutMs`. Time in which the consumer does not read does not count: scanners pause.
 * Destroying it destroys `body`, which ends the request.
 */
export function makeObjectStream(
  body: Readable,
  { sizeBytes, idleTimeoutMs }: { sizeBytes: number; idleTimeoutMs: number },
): Readable {
  let received = 0;
  let timer: NodeJS.Timeout | undefined;
  const fail = (error: unknown) => stream.destroy(unavailable(toFault('GetObject', error)));
  const expectMore = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(new StorageFault('GetObject', 'TimeoutError', 0)), idleTimeoutMs);
  };

  const stream = new Readable({
    read() {
      expectMore();
      body.resume();
    },
    destroy(error, callback) {
      clearTimeout(timer);
      body.destroy();
      callback(error);
    },
  });

  body.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (stream.push(chunk)) {
      expectMore();
    } else {
      clearTimeout(timer);
      body.pause();
    }
  });
  body.on('end', () => {
    clearTimeout(timer);
    if (received === sizeBytes) stream.push(null);
    else fail(new StorageFault('GetObject', 'CutShort', 0));
  });
  body.on('error', fail);
  body.on('close', () => {
    if (!body.readableEnded) fail(new StorageFault('GetObject', 'CutShort', 0));
  });
  body.pause();
  return stream;
}

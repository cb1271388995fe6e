import type { IncomingMessage } from 'node:http';

/** Whoever is cut off while sending may never see the answer: so much more, for so long, is thrown away first. */
const lingerBytes = 64 * 2 ** 20;
const lingerMs = 5_000;

/** Resolves when the rest of a refused request was thrown away, or is more than we wait for. */
export function discardRest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve();
    let discarded = 0;
    const timer = setTimeout(resolve, lingerMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    request.unpipe();
    request.on('data', (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > lingerBytes) done();
    });
    request.once('end', done);
    request.once('close', done);
    request.resume();
  });
}

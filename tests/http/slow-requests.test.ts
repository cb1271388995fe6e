import { request as httpRequest, type IncomingMessage } from 'node:http';
import { cutWhenIdle, cutWhenSlow } from '../../src/http/request-body.js';
import { makeHttpServer } from '../../src/http/server.js';
import { makeRecordingLog } from '../support/recording-log.js';

let close: () => Promise<void>;
afterEach(() => close());

/** Sends a piece every 20 ms, so many of them, and no end; resolves with how many bytes came before it was cut. */
async function drip(pieces: number, watch: (request: IncomingMessage) => void): Promise<number> {
  let received = 0;
  const server = makeHttpServer({
    routes: {
      '/': (request) =>
        new Promise((resolve) => {
          watch(request);
          request.on('data', (chunk: Buffer) => (received += chunk.length));
          request.once('close', resolve);
        }),
    },
    log: makeRecordingLog(),
  });
  close = () => server.close(1000);
  const { port } = await server.listen(0, 'localhost');
  const outgoing = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    headers: { 'content-length': '1000' },
  });
  const cut = new Promise((resolve) => outgoing.once('error', resolve));
  for (let sent = 0; sent < pieces && !outgoing.destroyed; sent += 1) {
    outgoing.write('x');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await cut;
  return received;
}

test('a sender that says nothing is cut, and one that goes on is not', async () => {
  // Together it takes longer than the silence that is allowed.
  expect(await drip(30, (request) => cutWhenIdle(request, 400))).toBe(30);
});

test('a request that does not come whole in time is cut, however busy its sender is', async () => {
  expect(await drip(1000, (request) => cutWhenSlow(request, 200))).toBeLessThan(1000);
});

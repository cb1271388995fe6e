import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** Storage as the client sees it: takes a PUT, or answers as told. 'drop': cut off after the first bytes. */
export async function startFakeStorage() {
  const puts: {
    method: string | undefined;
    url: string | undefined;
    headers: IncomingHttpHeaders;
    body: Buffer;
  }[] = [];
  const answers: (number | 'drop' | 'hang')[] = [];
  const server = createServer((request, response) => {
    const answer = answers.shift() ?? 200;
    if (answer === 'drop') {
      request.once('data', () => request.destroy());
      return;
    }
    const chunks: Buffer[] = [];
    request.on('error', () => {}); // The client may go away; that is what some tests are about.
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method, url, headers } = request;
      puts.push({ method, url, headers, body: Buffer.concat(chunks) });
      if (answer !== 'hang') response.writeHead(answer).end('<Error><Key>org/secret-key</Key></Error>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // Of a TCP server that listens, never a string.
  return {
    url: `http://127.0.0.1:${port}`,
    puts,
    /** To the next requests, one each; 200 after that. */
    answerWith: (...next: typeof answers) => answers.push(...next),
    countConnections: () => promisify(server.getConnections.bind(server))(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

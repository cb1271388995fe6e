import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileChild } from './compile-child.js';
import { startTestPostgres } from './test-postgres.js';

/**
 * Runs once, before all tests. Postgres is started when the first test asks for a database (over HTTP, because test
 * files are processes of their own), so a run that needs none costs nothing.
 */
export default async function globalSetup(): Promise<void> {
  await compileChild();
  let postgres: ReturnType<typeof startTestPostgres> | undefined;
  const server = createServer((_request, response) => {
    postgres ??= startTestPostgres(process.env['TEST_DATABASE_URL']);
    postgres.then(
      ({ adminUrl, templateUrl }) => response.end(JSON.stringify({ adminUrl, templateUrl })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // Of a TCP server that listens, never a string.
  process.env['TEST_POSTGRES'] = `http://127.0.0.1:${port}`;
  globalThis.closeTestPostgres = async () => {
    server.close();
    server.closeAllConnections();
    await postgres?.then(({ close }) => close());
  };
}

declare global {
  // Only `var` makes a property of globalThis, the one thing that setup and teardown share.
  var closeTestPostgres: (() => Promise<void>) | undefined;
}

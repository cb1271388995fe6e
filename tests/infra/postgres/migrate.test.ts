import { createServer } from 'node:net';
import { once } from 'node:events';
import { migrate } from '../../../src/infra/postgres/migrate.js';
import { openTestDatabase } from '../../support/postgres.js';

/** On which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('It listens on no port.');
  return address.port;
}

test.each(['127.0.0.1', 'localhost'])(
  'a database that cannot be reached at %s is told by its setting',
  async (host) => {
    const url = `postgres://me:CANARY@${host}:${await closedPort()}/askfile`;
    const refusal = migrate(url, 'drizzle').then(
      () => 'none',
      (error: Error) => error.message,
    );
    expect(await refusal).toMatch(/^DATABASE_URL: .*ECONNREFUSED/);
    expect(await refusal).not.toContain('CANARY');
  },
);

test('so is one that does not exist', async () => {
  const database = await openTestDatabase();
  const url = new URL(database.url);
  url.pathname = '/nowhere';
  await expect(migrate(url.href, 'drizzle')).rejects.toThrow(/^DATABASE_URL: .*"nowhere" does not exist/);
  await database.close();
});

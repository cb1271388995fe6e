import { sql } from 'drizzle-orm';
import { makeDatabase, type Database, type DatabaseOptions } from '../../../src/infra/postgres/database.js';
import { startSweeps } from '../../../src/jobs/sweeps.js';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { makeRecordingLog } from '../../support/recording-log.js';
import { makeTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';

describe('when Postgres is gone without a word', () => {
  let server: TestDatabase;
  let proxy: TcpProxy;
  let database: Database;

  function options(): DatabaseOptions {
    const url = new URL(server.url);
    url.host = `${proxy.host}:${proxy.port}`;
    return { url: url.href, poolSize: 1, log: makeRecordingLog(), silenceMs: 1_500 };
  }

  beforeEach(async () => {
    server = await openTestDatabase();
    const { hostname: host, port } = new URL(server.url);
    proxy = await makeTcpProxy({ to: { host, port: Number(port) } });
    database = makeDatabase(options());
  });
  afterEach(async () => {
    await database.close();
    await proxy.close();
    await server.close();
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a query', () => database.executeSql('select 1')],
    ['a transaction', () => database.transact(({ executeSql }) => executeSql('select 1'))],
  ])(
    '%s that runs on a standing connection rejects, and the next one has a new connection',
    async (_, run) => {
      await run();
      proxy.stall();
      await expect(run()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
      await until(() => proxy.connections() === 0);
      await proxy.heal();
      await run();
    },
  );

  test('so does a transaction that has begun, without waiting for its rollback', async () => {
    const run = database.transact(async ({ db }) => {
      proxy.stall();
      await db.execute(sql`select 1`);
    });
    await expect(run).rejects.toMatchObject({ cause: { code: 'ETIMEDOUT' } });
    await until(() => proxy.connections() === 0);
    await proxy.heal();
    await database.ping();
  });

  test('what runs by the clock runs again once it is back', async () => {
    await database.ping();
    let isDone = false;
    let runs = 0;
    proxy.stall();
    const run = async () => {
      runs += 1;
      await database.ping();
      isDone = true;
    };
    const sweeps = startSweeps([{ name: 'look', everyMs: 10, run }], makeRecordingLog());
    await until(() => runs > 1);
    await proxy.heal();
    await until(() => isDone);
    await sweeps.close();
  });

  test('closing waits no longer for what runs', async () => {
    const closed = makeDatabase(options());
    let closing: Promise<void> | undefined;
    const run = closed.transact(({ executeSql }) => {
      proxy.stall();
      closing = closed.close();
      return executeSql('select 1');
    });
    await expect(run).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await closing;
    await until(() => proxy.connections() === 0);
  });
});

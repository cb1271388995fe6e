import { makeHealth, type Check } from '../../src/http/health.js';
import { makeHttpServer } from '../../src/http/server.js';
import type { Handler } from '../../src/http/respond.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { until } from '../support/until.js';

async function start(checks: Record<string, Check>) {
  const log = makeRecordingLog();
  const health = makeHealth({ checks, log, timeoutMs: 50 });
  const server = makeHttpServer({ routes: { '/healthz': health.live, '/readyz': health.ready }, log });
  const { port } = await server.listen(0, 'localhost');
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, (await response.json()) as unknown];
  };
  return { get, log, close: () => server.close(1_000) };
}

const ok: Check = { required: true, ping: () => Promise.resolve() };

describe('health', () => {
  test('is ready when every dependency answers', async () => {
    const { get, close } = await start({ postgres: ok, redis: ok });
    expect(await get('/readyz')).toEqual([200, { postgres: 'ok', redis: 'ok' }]);
    expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
    await close();
  });

  test('is not ready without a required one, and names it without saying why', async () => {
    const throwing: Check = {
      required: true,
      ping: () => {
        throw new Error('CANARY at once');
      },
    };
    const { get, log, close } = await start({
      postgres: { required: true, ping: () => Promise.reject(new Error('CANARY')) },
      redis: { required: true, ping: () => new Promise(() => undefined) },
      queue: throwing,
      storage: ok,
    });
    expect(await get('/readyz')).toEqual([
      503,
      { postgres: 'down', redis: 'timeout', queue: 'down', storage: 'ok' },
    ]);
    expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
    await close();
  });

  test('stays ready without one that is not required, and names it', async () => {
    const { get, close } = await start({
      postgres: ok,
      scanner: { required: false, ping: () => Promise.reject(new Error('down')) },
    });
    expect(await get('/readyz')).toEqual([200, { postgres: 'ok', scanner: 'down' }]);
    await close();
  });

  test('asks a dependency once, however many ask at the same time', async () => {
    let asked = 0;
    let answer: () => void = () => undefined;
    const health = makeHealth({
      checks: {
        postgres: {
          required: true,
          ping: () => {
            asked += 1;
            return new Promise<void>((resolve) => (answer = resolve));
          },
        },
      },
      log: makeRecordingLog(),
    });
    let arrived = 0;
    const ready: Handler = (...exchange) => {
      arrived += 1;
      return health.ready(...exchange);
    };
    const server = makeHttpServer({ routes: { '/readyz': ready }, log: makeRecordingLog() });
    const { port } = await server.listen(0, 'localhost');
    const all = Array.from({ length: 10 }, () => fetch(`http://127.0.0.1:${port}/readyz`));
    await until(() => arrived === 10);
    answer();
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(
      Array.from({ length: 10 }, () => 200),
    );
    expect(asked).toBe(1);
    await server.close(1_000);
  });
});

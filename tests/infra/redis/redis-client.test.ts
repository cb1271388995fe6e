import {
  closeRedisClient,
  makeFailFastRedisClient,
  makeRedisClient,
  pingRedis,
} from '../../../src/infra/redis/redis-client.js';
import { startRespServer } from '../../../src/embedded/redis/server.js';
import { makeRecordingLog } from '../../support/recording-log.js';
import { makeTcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';

const password = 'a-password-of-tests';

test('commands given before the connection stands are answered once it does', async () => {
  const log = makeRecordingLog();
  const server = await startRespServer({ password, log });
  const client = makeRedisClient({ url: server.url, log, name: 'test' });
  expect(await client.set('k', 'v')).toBe('OK');
  await pingRedis(client);
  closeRedisClient(client);
  closeRedisClient(client);
  await server.close();
  expect(log.lines).toEqual([]);
});

test('an outage is logged once, commands reject meanwhile, and it ends by itself', async () => {
  const log = makeRecordingLog();
  const server = await startRespServer({ password, log });
  const client = makeRedisClient({ url: server.url, log, name: 'test' });
  await pingRedis(client);
  await server.close();
  await expect(client.get('k')).rejects.toThrow();
  await expect(client.get('k')).rejects.toThrow();
  const again = await startRespServer({ password, log, port: server.port });
  await until(() => client.status === 'ready');
  expect(await client.get('k')).toBeNull();
  closeRedisClient(client);
  await again.close();
  expect(log.lines.map(({ message }) => message)).toEqual(['redis is away; reconnecting', 'redis is back']);
});

test('a wrong password is told without the password', async () => {
  const log = makeRecordingLog();
  const server = await startRespServer({ password, log });
  const url = server.url.replace(password, 'not-the-password');
  const client = makeRedisClient({ url, log, name: 'test' });
  await expect(client.get('k')).rejects.toThrow();
  await until(() => log.lines.length > 0);
  expect(JSON.stringify(log.lines)).toContain('WRONGPASS');
  expect(JSON.stringify(log.lines)).not.toContain('not-the-password');
  closeRedisClient(client);
  await server.close();
});

test('a peer that vanished without a word is given up, and connected to anew', async () => {
  const log = makeRecordingLog();
  const server = await startRespServer({ password, log });
  const proxy = await makeTcpProxy({ to: { host: '127.0.0.1', port: server.port } });
  const url = server.url.replace(String(server.port), String(proxy.port));
  const client = makeFailFastRedisClient({
    url,
    log,
    name: 'test',
    heartbeat: { everyMs: 20, timeoutMs: 50 },
  });
  await until(() => client.status === 'ready');
  let hasClosed = false;
  client.once('close', () => (hasClosed = true));
  proxy.stall();
  await until(() => hasClosed);
  await proxy.heal();
  await until(() => client.status === 'ready');
  closeRedisClient(client);
  await proxy.close();
  await server.close();
});

import { once } from 'node:events';
import { request as httpRequest, Agent } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../src/core/errors.js';
import { makeMetrics } from '../../src/http/metrics.js';
import { sendJson, HttpRefusal, type Handler } from '../../src/http/respond.js';
import { makeHttpServer } from '../../src/http/server.js';
import { toTarget } from '../../src/http/target.js';
import { makeLog } from '../../src/infra/pino/log.js';
import { until } from '../support/until.js';

async function start(routes: Record<string, Handler> = {}) {
  const logged: string[] = [];
  const metrics = makeMetrics();
  const log = makeLog({ level: 'debug', destination: { write: (line) => logged.push(line) } });
  const server = makeHttpServer({ routes, log, metrics });
  const { port } = await server.listen(0, 'localhost');
  return { server, port, logged, metrics, url: `http://127.0.0.1:${port}` };
}

const say =
  (word: string): Handler =>
  (_request, response) =>
    sendJson(response, 200, { word });

const fail =
  (error: Error): Handler =>
  () =>
    Promise.reject(error);

describe('the HTTP server', () => {
  test('finds what a path is for, and answers 404 for the rest', async () => {
    const { server, url } = await start({ '/a': say('a'), '/d/:token': say('download') });
    const get = async (path: string) => {
      const response = await fetch(url + path);
      return [response.status, ((await response.json()) as { word?: string }).word];
    };
    expect(await get('/a')).toEqual([200, 'a']);
    expect(await get('/a?query=1')).toEqual([200, 'a']);
    expect(await get('/d/some-token')).toEqual([200, 'download']);
    for (const path of [
      '/',
      '/A',
      '/a/',
      '/a/b',
      '/d',
      '/d/',
      '/d/x/y',
      '/__proto__',
      '/constructor',
      '//a',
    ]) {
      expect(await get(path)).toEqual([404, undefined]);
    }
    await server.close(1_000);
    const { server: other, url: otherUrl } = await start({ '/a': say('a'), '*': say('portal') });
    expect(await (await fetch(`${otherUrl}/anything/else`)).json()).toEqual({ word: 'portal' });
    await other.close(1_000);
  });

  test('finds it as well by a whole address, as proxies are asked, and logs the path of it', async () => {
    const echo: Handler = (request, response) => sendJson(response, 200, toTarget(request));
    const { server, port, logged } = await start({ '/': echo, '/a': echo, '/d/:token': echo });
    const get = (path: string) =>
      new Promise<[number | undefined, unknown]>((resolve, reject) => {
        const request = httpRequest({ port, host: '127.0.0.1', path }, (response) => {
          json(response).then((body) => resolve([response.statusCode, body]), reject);
        });
        request.on('error', reject).end();
      });
    for (const origin of ['', 'http://files.example', 'HTTPS://files.example:8443']) {
      expect(await get(`${origin}/a`)).toEqual([200, { path: '/a', query: '' }]);
      expect(await get(`${origin}/a?b=/c?d&e=http://f/`)).toEqual([
        200,
        { path: '/a', query: 'b=/c?d&e=http://f/' },
      ]);
      expect(await get(`${origin}/d/token`)).toEqual([200, { path: '/d/token', query: '' }]);
      expect((await get(`${origin}/a/http://files.example/a`))[0]).toBe(404);
    }
    expect(await get('http://files.example')).toEqual([200, { path: '/', query: '' }]);
    expect(await get('http://files.example?a')).toEqual([200, { path: '/', query: 'a' }]);
    expect((await get('ftp://files.example/a'))[0]).toBe(404);
    await until(() => logged.length === 15);
    const paths = new Set(logged.map((line) => (JSON.parse(line) as { path: string }).path));
    expect([...paths].sort()).toEqual([
      '/',
      '/a',
      '/a/http://files.example/a',
      '/d/:token',
      'ftp://files.example/a',
    ]);
    await server.close(1_000);
  });

  test('sets security headers and a request id on every answer', async () => {
    const { server, url } = await start({ '/a': say('a') });
    for (const path of ['/a', '/nothing']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    const given = async (id: string) =>
      (await fetch(`${url}/a`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await given('trace-1234')).toBe('trace-1234');
    expect(await given('short')).not.toBe('short');
    expect(await given('with spaces and "quotes"')).toMatch(/^[0-9a-f-]{36}$/);
    await server.close(1_000);
  });

  test('answers what a handler throws, and masks what it did not expect', async () => {
    const { server, url, logged } = await start({
      '/refused': fail(new HttpRefusal(405, 'Not so.', { allow: 'GET' })),
      '/limited': fail(new AppError('RATE_LIMITED', 'Slowly.', { extensions: { retryAfterSeconds: 2.5 } })),
      '/missing': fail(new AppError('NOT_FOUND', 'Not here.')),
      '/down': fail(new AppError('STORAGE_UNAVAILABLE', 'Later.', { cause: new Error('CANARY') })),
      '/broken': fail(new Error('CANARY')),
    });
    const get = async (path: string) => {
      const response = await fetch(url + path);
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    const refused = await get('/refused');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET']);
    const limited = await get('/limited');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await get('/missing')).toMatchObject({
      status: 404,
      text: '{"error":{"code":"NOT_FOUND","message":"Not here."}}\n',
    });
    const down = await get('/down');
    expect([down.status, down.text.includes('CANARY')]).toEqual([503, false]);
    const broken = await get('/broken');
    expect(broken.status).toBe(500);
    expect(broken.text).not.toContain('CANARY');
    const id = broken.headers.get('x-request-id') ?? 'none';
    expect(broken.text).toContain(id);
    expect(logged.some((line) => line.includes(id) && line.includes('CANARY'))).toBe(true);
    // Whom a link of ours led here is told in words.
    const visit = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
    const missing = await fetch(`${url}/missing`, visit);
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(await missing.text()).toBe('Not here.\n');
    const fault = await fetch(`${url}/broken`, visit);
    const number = fault.headers.get('x-request-id');
    expect(await fault.text()).toBe(`Something went wrong on our side. Its number is ${number}.\n`);
    await server.close(1_000);
  });

  test('cuts an answer that fails half-way, so that nobody takes it for whole', async () => {
    const { server, url } = await start({
      '/half': async (_request, response) => {
        response.write('half');
        await new Promise(setImmediate);
        throw new Error('lost');
      },
    });
    await expect(fetch(`${url}/half`).then((response) => response.text())).rejects.toThrow();
    await server.close(1_000);
  });

  test('logs and counts each request by its route, without tokens and queries', async () => {
    const { server, url, logged, metrics } = await start({ '/a': say('a'), '/d/:token': say('download') });
    await fetch(`${url}/d/CANARY`);
    await fetch(`${url}/a?secret=CANARY`);
    await fetch(`${url}/not/found?CANARY`);
    const requests = () => logged.map((line) => JSON.parse(line) as { path?: string; status?: number });
    await until(() => requests().length === 3);
    expect(requests().map(({ path, status }) => [path, status])).toEqual([
      ['/d/:token', 200],
      ['/a', 200],
      ['/not/found', 404],
    ]);
    expect(logged.join('')).not.toContain('CANARY');
    const counted = await metrics.registry.metrics();
    for (const [route, status] of [
      ['/d/:token', 200],
      ['/a', 200],
      ['other', 404],
    ]) {
      expect(counted).toContain(
        `askfile_http_request_duration_seconds_count{route="${route}",status="${status}"} 1`,
      );
    }
    await server.close(1_000);
  });

  test('refuses headers that are too large', async () => {
    const { server, url } = await start({ '/a': say('a') });
    const response = await fetch(`${url}/a`, { headers: { 'x-big': 'x'.repeat(20 * 1024) } });
    expect(response.status).toBe(431);
    await server.close(1_000);
  });

  test('says in plain words that a port is in use', async () => {
    const first = await start();
    const second = makeHttpServer({ routes: {}, log: makeLog({ level: 'silent' }) });
    await expect(second.listen(first.port, 'localhost')).rejects.toThrow(
      `Port ${first.port} on localhost is in use: set PORT to another one, or stop what listens there.`,
    );
    await second.close(100);
    await first.server.close(100);
  });

  test('lets running requests finish, takes no new ones, and closes idle connections', async () => {
    let finish: () => void = () => undefined;
    let arrived = false;
    const { server, port, url } = await start({
      '/slow': async (_request, response) => {
        arrived = true;
        await new Promise<void>((resolve) => (finish = resolve));
        sendJson(response, 200, { word: 'done' });
      },
      '/a': say('a'),
    });
    const agent = new Agent({ keepAlive: true });
    const get = (path: string) =>
      new Promise<string>((resolve, reject) => {
        httpRequest({ port, host: '127.0.0.1', path, agent }, (response) => {
          let body = '';
          response.on('data', (data: Buffer) => (body += data.toString()));
          response.on('end', () => resolve(body));
        })
          .on('error', reject)
          .end();
      });
    await get('/a');
    const slow = get('/slow');
    await until(() => arrived);
    let isClosed = false;
    const closing = server.close(10_000).then(() => (isClosed = true));
    await until(() =>
      fetch(`${url}/a`).then(
        () => false,
        () => true,
      ),
    );
    expect(isClosed).toBe(false);
    finish();
    expect(await slow).toBe('{"word":"done"}\n');
    await closing;
    agent.destroy();
  });

  test('cuts requests that run past the deadline', async () => {
    let arrived = false;
    const { server, url, logged } = await start({
      '/never': () => {
        arrived = true;
        return new Promise(() => undefined);
      },
    });
    const never = fetch(`${url}/never`).then(
      () => 'answered',
      () => 'cut',
    );
    await until(() => arrived);
    await server.close(50, 50);
    expect(await never).toBe('cut');
    expect(logged.join('')).toContain('requests that were cut still run');
  });

  test('what a request that was cut puts away is awaited', async () => {
    let arrived = false;
    const order: string[] = [];
    const { server, url, logged } = await start({
      '/upload': async (_request, response) => {
        arrived = true;
        await once(response, 'close');
        // As a clean-up does that asks the database.
        await delay(100);
        order.push('put away');
        throw new Error('cut');
      },
    });
    const upload = fetch(`${url}/upload`).catch(() => 'cut');
    await until(() => arrived);
    await server.close(50);
    order.push('closed');
    expect(await upload).toBe('cut');
    expect(order).toEqual(['put away', 'closed']);
    expect(logged.join('')).not.toContain('still run');
  });
});

import { request as httpRequest } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { AppError } from '../../src/core/errors.js';
import { demoPeople } from '../../src/demo/cast.js';
import type { Demo } from '../../src/demo/demo.js';
import { makeDemoChatRoutes } from '../../src/http/demo-chat.js';
import { makeDemoRoutes } from '../../src/http/demo.js';
import { makeIsOriginAllowed } from '../../src/http/origins.js';
import { readPortalFiles } from '../../src/http/portal-files.js';
import { makePortalRoutes } from '../../src/http/portal.js';
import { makeHttpServer, type HttpServer } from '../../src/http/server.js';
import { makeRecordingLog } from '../support/recording-log.js';

const chat = fileURLToPath(new URL('../../examples/chat', import.meta.url));
const script = 'console.log("the portal");\n'.repeat(50);
let folder: string;
let server: HttpServer | undefined;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfile-portal-'));
  await mkdir(join(folder, 'static'));
  await writeFile(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__" />');
  await writeFile(join(folder, 'static', 'index-abc.js'), script);
  await writeFile(join(folder, 'static', 'index-abc.js.br'), brotliCompressSync(script));
  await writeFile(join(folder, 'static', 'index-abc.js.gz'), gzipSync(script));
  await writeFile(join(folder, 'static', 'icon-abc.svg'), '<svg/>');
  await mkdir(join(folder, 'embed'));
  await writeFile(join(folder, 'embed', 'askfile-prompts.js'), script);
  await writeFile(join(folder, 'embed', 'askfile-prompts.js.br'), brotliCompressSync(script));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await server?.close(1_000);
  server = undefined;
});

const demo: Demo = {
  people: demoPeople,
  seed: () => Promise.resolve(),
  signIn: (person) =>
    person === 'alice' ? Promise.resolve('a token') : Promise.reject(new AppError('BAD_USER_INPUT', 'Who?')),
  getAgentKey: () => Promise.resolve('ak_key'),
  answerMessage: () => Promise.resolve(),
};

async function start({ isDemo = false, from = folder } = {}) {
  const publicUrl = () => `http://localhost:${port}`;
  const isOriginAllowed = makeIsOriginAllowed({ publicUrl, allowedOrigins: ['https://chat.example.com'] });
  const files = await readPortalFiles(from);
  server = makeHttpServer({
    routes: {
      ...makePortalRoutes({
        files,
        storageOrigin: 'https://s3.example.com',
        publicUrl,
        demo: isDemo ? demo : undefined,
        isOriginAllowed,
      }),
      ...(isDemo ? makeDemoRoutes(demo, isOriginAllowed) : {}),
      ...(isDemo
        ? await makeDemoChatRoutes({ folder: chat, publicUrl, storageOrigin: 'https://s3.example.com' })
        : {}),
    },
    log: makeRecordingLog(),
  });
  ({ port } = await server.listen(0, 'localhost'));
  return `http://localhost:${port}`;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** By Node itself: fetch decides Host and encodings on its own. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise<Answer>((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('the page', () => {
  test('is always fresh, with a policy that lets in nothing but itself, the service and the storage', async () => {
    await start();
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; ` +
        `img-src 'self' blob:; media-src blob:; connect-src 'self' https://s3.example.com ws://localhost:${port}; ` +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(body.toString()).toBe(`<meta property="csp-nonce" nonce="${nonce}" />`);
    expect((await ask('/')).headers['content-security-policy']).not.toBe(policy);
  });

  test('says that it was not built, where it was not', async () => {
    await start({ from: join(folder, 'nowhere') });
    const { status, body } = await ask('/');
    expect(status).toBe(503);
    expect(body.toString()).toContain('npm run build');
    expect((await ask('/static/index-abc.js')).status).toBe(404);
  });

  test('is only read', async () => {
    await start();
    for (const path of ['/', '/static/index-abc.js', '/portal.json']) {
      expect((await ask(path, { method: 'POST' })).status).toBe(405);
    }
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  test.each(['/files', '/files/spaces/3Ab?folder=1', '/admin', '/admin/agents/urn:agent:buno'])(
    'at %s it is the same page, which reads the address itself',
    async (path) => {
      await start();
      const { status, headers } = await ask(path);
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    },
  );

  describe('at other addresses', () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

    test('tells who visits them that there is nothing', async () => {
      await start();
      for (const path of ['/filesystem', '/nothing']) {
        const { status, headers, body } = await ask(path, { headers: { accept } });
        expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
        expect(body.toString()).toContain('csp-nonce');
        expect(headers['content-security-policy']).toContain("script-src 'self'");
      }
    });

    test.each([
      ['a program', { headers: { accept: '*/*' } }],
      ['a program that says nothing', {}],
      ['who sends something', { method: 'POST', headers: { accept } }],
    ])('tells %s in JSON', async (_who, how) => {
      await start();
      const { status, body } = await ask('/nothing', how);
      expect(status).toBe(404);
      expect(JSON.parse(body.toString())).toMatchObject({ error: { code: 'NOT_FOUND' } });
    });

    test('tells in a line where the page was not built', async () => {
      await start({ from: join(folder, 'nowhere') });
      const { status, headers, body } = await ask('/nothing', { headers: { accept } });
      expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
      expect(body.toString()).toBe('There is nothing at this address.\n');
    });
  });
});

describe('what the page is made of', () => {
  test('is kept for a year, and compressed as the browser can take it', async () => {
    await start();
    const get = (encoding: string) =>
      ask('/static/index-abc.js', { headers: encoding === '' ? {} : { 'accept-encoding': encoding } });
    const whole = await get('');
    expect(whole.body.toString()).toBe(script);
    expect(whole.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    const brotli = await get('gzip, deflate, br, zstd');
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.body).toString()).toBe(script);
    expect((await get('gzip')).headers['content-encoding']).toBe('gzip');
    expect((await get('gzip;q=0, br;q=0')).headers['content-encoding']).toBeUndefined();
    const small = await ask('/static/icon-abc.svg', { headers: { 'accept-encoding': 'br' } });
    expect(small.headers).toMatchObject({ 'content-type': 'image/svg+xml' });
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  test.each(['index-abc.js.br', '..%2findex.html', '../index.html', '__proto__', 'nothing.js'])(
    'is only that: %s is not there',
    async (name) => {
      await start();
      expect((await ask(`/static/${name}`)).status).toBe(404);
    },
  );
});

describe('the script for pages of others', () => {
  const path = '/embed/askfile-prompts.js';

  test('may be loaded by any of them, and is asked for anew each time', async () => {
    await start();
    const { status, headers, body } = await ask(path, { headers: { origin: 'https://any.example.com' } });
    expect([status, body.toString()]).toEqual([200, script]);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
    const again = await ask(path, {
      headers: { 'if-none-match': `W/"other", ${headers['etag'] as string}` },
    });
    expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, headers['etag']]);
    const brotli = await ask(path, { headers: { 'accept-encoding': 'br' } });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotli.headers['etag']).not.toBe(headers['etag']);
    expect((await ask(path, { method: 'POST' })).status).toBe(405);
  });

  test('finds the clock of the service where its page is allowed', async () => {
    await start();
    const from = (origin: string) => ask('/portal.json', { headers: { origin } });
    expect((await from('https://chat.example.com')).headers).toMatchObject({
      'access-control-allow-origin': 'https://chat.example.com',
      'access-control-expose-headers': expect.stringContaining('date') as string,
    });
    expect((await from('https://any.example.com')).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('is not there where it was not built', async () => {
    await start({ from: join(folder, 'nowhere') });
    expect((await ask(path)).status).toBe(404);
  });
});

describe('the demo', () => {
  const post = (path: string, headers: Record<string, string> = {}, body = '{"person":"alice"}') =>
    ask(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const people = async (headers: Record<string, string> = {}) =>
    JSON.parse((await ask('/portal.json', { headers })).body.toString()) as { demo: unknown };

  test('signs people in on its own machine', async () => {
    const url = await start({ isDemo: true });
    expect((await people()).demo).toMatchObject({ people: [{ id: 'alice' }, { id: 'ada' }, { id: 'bob' }] });
    const { status, headers, body } = await post('/demo/sign-in', { origin: url });
    expect([status, headers['cache-control'], body.toString()]).toEqual([
      200,
      'no-store',
      '{"token":"a token"}\n',
    ]);
    expect((await post('/demo/agent-key')).body.toString()).toBe('{"appKey":"ak_key"}\n');
    expect((await post('/demo/sign-in', {}, '{"person":"mallory"}')).status).toBe(400);
    expect((await post('/demo/sign-in', {}, 'null')).status).toBe(400);
    expect((await ask('/demo/sign-in')).status).toBe(405);
  });

  test.each<[string, Record<string, string>]>([
    ['a name that was made to lead here', { host: 'evil.example.com' }],
    ['a proxy', { 'x-forwarded-for': '203.0.113.7' }],
    ['a page of somebody else', { origin: 'https://evil.example.com' }],
    ['a page without an origin', { origin: 'null' }],
  ])('is not there for %s', async (_who, headers) => {
    await start({ isDemo: true });
    expect((await post('/demo/sign-in', headers)).status).toBe(403);
    expect((await post('/demo/chat/token', headers)).status).toBe(403);
    expect((await post('/demo/chat/messages', headers)).status).toBe(403);
    expect((await post('/demo/agent-key', headers)).status).toBe(403);
  });

  test('has the example of a chat, with a policy as strict as can be', async () => {
    const url = await start({ isDemo: true });
    expect((await ask('/demo/chat')).headers['location']).toBe('/demo/chat/');
    const { status, headers, body } = await ask('/demo/chat/', { headers: { host: `127.0.0.1:${port}` } });
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain(`src="http://127.0.0.1:${port}/embed/askfile-prompts.js"`);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; " +
        `connect-src 'self' ws://127.0.0.1:${port} https://s3.example.com; ` +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    for (const name of ['chat.js', 'chat.css']) expect((await ask(`/demo/chat/${name}`)).status).toBe(200);
    expect((await post('/demo/chat/token', { origin: url })).body.toString()).toBe(
      '{"token":"a token","expiresInSeconds":43200}\n',
    );
    expect((await ask('/demo/chat/', { method: 'POST' })).status).toBe(405);
  });

  test('is not even offered from elsewhere', async () => {
    await start({ isDemo: true });
    expect(await people({ host: 'evil.example.com' })).toEqual({ demo: null });
    for (const path of ['/demo/chat', '/demo/chat/', '/demo/chat/chat.js']) {
      expect((await ask(path, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(404);
    }
  });

  test('takes JSON only, which no form of another page can send', async () => {
    await start({ isDemo: true });
    expect((await post('/demo/sign-in', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('does not exist where it was not asked for', async () => {
    await start();
    expect(await people()).toEqual({ demo: null });
    expect((await post('/demo/sign-in')).status).toBe(404);
    expect((await post('/demo/agent-key')).status).toBe(404);
    expect((await ask('/demo/chat/')).status).toBe(404);
  });
});

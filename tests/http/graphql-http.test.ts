import { serverAudits } from 'graphql-http';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startKeySetServer } from '../support/key-set-server.js';
import { makeSignIn } from '../support/sign-in.js';
import { startToyEdge, type ToyEdge } from '../support/toy-edge.js';
import { canary } from '../support/toy-api.js';
import { until } from '../support/until.js';

let edge: ToyEdge;
beforeAll(async () => {
  edge = await startToyEdge();
});
afterAll(() => edge.close());

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json) =>
  fetch(edge.url, { method: 'POST', headers, body });

describe('GraphQL over HTTP', () => {
  test.each(
    serverAudits({ url: () => edge.url, fetchFn: fetch }).map((audit) => [audit.name, audit] as const),
  )('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result.status === 'error' ? result.reason : '').toBe('');
  });

  test('answers a query by POST, by GET and by HEAD', async () => {
    const { status, body } = await edge.ask('{ hello viewerId }', { token: 'alice' });
    expect([status, body]).toEqual([200, { data: { hello: 'world', viewerId: 'alice' } }]);
    const get = await fetch(`${edge.url}?query=${encodeURIComponent('{ hello }')}`);
    expect(await get.json()).toEqual({ data: { hello: 'world' } });
    const head = await fetch(`${edge.url}?query=${encodeURIComponent('{ hello }')}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('refuses mutations by GET, and subscriptions altogether', async () => {
    const get = await fetch(`${edge.url}?query=${encodeURIComponent('mutation { rename(name: "x") }')}`);
    expect(get.status).toBe(405);
    const { status, body } = await edge.ask('subscription { events { value } }');
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
    const conditional = await edge.ask('subscription ($a: Boolean!) { events @skip(if: $a) { value } }');
    expect([conditional.status, conditional.body.errors?.[0]?.extensions]).toEqual([
      400,
      { code: 'GRAPHQL_VALIDATION_FAILED' },
    ]);
    expect(edge.source.openCount()).toBe(0);
  });

  test.each([
    ['of a length that is told', { 'content-length': '20' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
    ['that is none', undefined],
  ])('ignores an offer of HTTP/2 beside a request with a body %s', async (_body, framing) => {
    const path = framing === undefined ? '/graphql?query={hello}' : '/graphql';
    const offer = {
      connection: 'keep-alive, upgrade, http2-settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABk',
    };
    const answers: string[] = [];
    const sockets = new Set<unknown>();
    // One after the other on one connection: it goes on as it would have without the offer.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const headers of [offer, {}]) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const method = framing === undefined ? 'GET' : 'POST';
        const request = httpRequest(edge.origin, {
          agent,
          path,
          method,
          headers: { ...json, ...headers, ...framing },
        });
        request.once('response', resolve).once('error', reject);
        if (framing !== undefined) request.write('{"query":');
        request.end(framing === undefined ? undefined : '"{hello} "}');
      });
      sockets.add(response.socket);
      answers.push(`${response.statusCode} ${await text(response)}`);
    }
    agent.destroy();
    expect(answers).toEqual(Array.from({ length: 2 }, () => '200 {"data":{"hello":"world"}}\n'));
    expect(sockets.size).toBe(1);
  });

  test('asks as nobody without a token, and refuses one that is not valid with 401', async () => {
    expect((await edge.ask('{ viewerId }')).body).toEqual({ data: { viewerId: null } });
    const { status, headers, body } = await edge.ask('{ hello }', { token: 'mallory' });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(body).toEqual({
      errors: [{ message: 'The token is not valid.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  const malformed: [string, () => Promise<Response>, number][] = [
    ['an empty body', () => post(''), 400],
    ['a body that is not JSON', () => post('{"query": '), 400],
    ['a JSON string', () => post('"{ hello }"'), 400],
    ['null', () => post('null'), 400],
    ['a batch', () => post('[{"query":"{hello}"},{"query":"{hello}"}]'), 400],
    ['an empty batch', () => post('[]'), 400],
    ['no query', () => post('{"variables":{}}'), 400],
    ['a query that is a number', () => post('{"query":1}'), 400],
    ['variables that are a list', () => post('{"query":"{hello}","variables":[1]}'), 400],
    ['an operation that is not there', () => post('{"query":"query A{hello}","operationName":"B"}'), 400],
    [
      'a persisted query',
      () => post('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}'),
      200,
    ],
    ['a form', () => post('query={hello}', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    ['plain text', () => post('{"query":"{hello}"}', { 'content-type': 'text/plain' }), 415],
    [
      'another charset',
      () => post('{"query":"{hello}"}', { 'content-type': 'application/json; charset=latin1' }),
      415,
    ],
    ['a compressed body', () => post('{"query":"{hello}"}', { ...json, 'content-encoding': 'gzip' }), 415],
    [
      'another method',
      () => fetch(edge.url, { method: 'PUT', headers: json, body: '{"query":"{hello}"}' }),
      405,
    ],
    ['two queries by GET', () => fetch(`${edge.url}?query={hello}&query={hello}`), 400],
    ['variables by GET that are not JSON', () => fetch(`${edge.url}?query={hello}&variables={`), 400],
    ['an answer that we have not', () => post('{"query":"{hello}"}', { ...json, accept: 'text/html' }), 406],
  ];
  test.each(malformed)('refuses %s with an error that says so', async (_name, ask, status) => {
    const response = await ask();
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) as string }] });
    expect(edge.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  test('refuses a body past the limit with 413, whether its length is declared or not', async () => {
    const big = JSON.stringify({ query: '{ hello }', padding: 'x'.repeat(300 * 1024) });
    expect((await post(big)).status).toBe(413);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(big));
        controller.close();
      },
    });
    // undici needs `duplex` to stream a body; DOM's RequestInit does not know it.
    const init = { method: 'POST', headers: json, body: chunked, duplex: 'half' } as RequestInit;
    expect((await fetch(edge.url, init)).status).toBe(413);
    expect((await post(JSON.stringify({ query: '{ hello }', padding: 'x'.repeat(250 * 1024) }))).status).toBe(
      200,
    );
  });

  test('stops reading a body that has no end', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    let answer = '';
    let isClosed = false;
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (isClosed = true));
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    await until(() => {
      if (!isClosed) socket.write(chunk);
      return isClosed;
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(socket.bytesWritten).toBeLessThan(16 * 1024 * 1024);
  });

  test('takes a caller that goes away in the middle of its body for what it is', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\nx-request-id: cut-short-1\r\n';
    socket.write(`${head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"query"`, () =>
      socket.destroy(),
    );
    const about = () => edge.logged.filter((line) => line.includes('cut-short-1'));
    await until(() => about().length > 0);
    expect(about().map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'info', status: 499 },
    ]);
  });

  test('tells resolvers that the caller is gone', async () => {
    const controller = new AbortController();
    const asked = fetch(edge.url, {
      method: 'POST',
      headers: json,
      body: '{"query":"{ wait }"}',
      signal: controller.signal,
    }).catch((error: Error) => error.name);
    const before = edge.signals.length;
    await until(() => edge.signals.length > before);
    expect(edge.signals.at(-1)?.aborted).toBe(false);
    controller.abort();
    expect(await asked).toBe('AbortError');
    await until(() => edge.signals.at(-1)?.aborted === true);
  });

  test('leaves the signal alone when the caller got the answer', async () => {
    await edge.ask('{ hello }');
    await edge.ask('{ hello }');
    expect(edge.signals.at(-2)?.aborted).toBe(false);
  });

  test('shows a refusal with its code and extensions, and nothing of its cause', async () => {
    const { body } = await edge.ask('{ refused }');
    expect(body.errors).toEqual([
      {
        message: 'The prompt was not found.',
        locations: [{ line: 1, column: 3 }],
        path: ['refused'],
        extensions: { code: 'NOT_FOUND', promptId: 'p1' },
      },
    ]);
  });

  test.each(['broken', 'missing', 'malformed'])(
    'masks what goes wrong in %s, and logs it whole',
    async (field) => {
      const { body, headers } = await edge.ask(`{ ${field} }`, {
        headers: { 'x-request-id': `request-${field}` },
      });
      const [error] = body.errors ?? [];
      expect(error?.message).toBe('Something went wrong on our side.');
      expect(error?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: `request-${field}` });
      expect(headers.get('x-request-id')).toBe(`request-${field}`);
      expect(JSON.stringify(body)).not.toMatch(/CANARY|non-nullable|\.ts/);
      const line = edge.logged.find(
        (each) => each.includes('"level":"error"') && each.includes(`request-${field}`),
      );
      expect(line).toContain(field === 'missing' ? 'Cannot return null' : canary);
    },
  );

  test.each(['/graphql', '/v1/whatever'])(
    'at %s, whoever cannot be checked for now is told when to try again',
    async (path) => {
      const provider = await startKeySetServer();
      await provider.addKey('key', 'ES256');
      provider.setUp(false);
      const { authenticate } = makeSignIn({ jwksUrl: provider.url });
      const other = await startToyEdge({
        authenticate,
        routes: { '/v1/whatever': async ({ headers }) => void (await authenticate(headers.authorization)) },
      });
      const exp = Math.floor(Date.now() / 1000) + 60;
      const token = await provider.sign('key', { sub: 'alice', org: 'acme', exp });
      const response = await fetch(`${other.origin}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      const text = await response.text();
      expect(text).toContain('Your sign-in cannot be checked at the moment. Try again in a few seconds.');
      for (const shown of ['INTERNAL_SERVER_ERROR', response.headers.get('x-request-id')]) {
        expect(text).toContain(`"${shown}"`);
      }
      expect(text).not.toContain('AUTH_JWKS_URL');
      expect(other.logged.some((line) => line.includes('AUTH_JWKS_URL'))).toBe(true);
      await other.close();
      await provider.close();
    },
  );

  test('masks a failing authentication', async () => {
    const other = await startToyEdge({ authenticate: () => Promise.reject(new Error(canary)) });
    const { status, body } = await other.ask('{ hello }', { token: 'alice' });
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(body)).not.toContain('CANARY');
    await other.close();
  });

  test('names the field of a variable that does not fit', async () => {
    const query = 'query ($input: ToyInput) { echo(text: "x", input: $input) }';
    const { status, body } = await edge.ask(query, {
      variables: { input: { file: { sizeBytes: 'CANARY' } } },
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'input.file.sizeBytes' });
  });

  test('names the argument that turned out to be null', async () => {
    // Valid, because the variable has a default; null overrides it only when it is executed.
    const query = 'query ($text: String = "x") { echo(text: $text) }';
    const { body } = await edge.ask(query, { variables: { text: null } });
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'text' });
  });

  test('lets pages of allowed origins read answers, and no others', async () => {
    const allowed = async (origin: string) =>
      (await edge.ask('{ hello }', { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowed('https://portal.example.com')).toBe('https://portal.example.com');
    expect(await allowed(`http://127.0.0.1:${edge.port}`)).toBe(`http://127.0.0.1:${edge.port}`);
    expect(await allowed('https://evil.example.com')).toBeNull();
    expect(await allowed('null')).toBeNull();
    const preflight = await fetch(edge.url, {
      method: 'OPTIONS',
      headers: { origin: 'https://portal.example.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  test('counts operations by type and code', async () => {
    await edge.ask('mutation { rename(name: "x") }');
    const counted = await edge.metrics.registry.metrics();
    expect(counted).toMatch(
      /askfile_graphql_operations_total\{transport="http",type="mutation",code="OK"\} \d/,
    );
    expect(counted).toMatch(
      /askfile_graphql_operations_total\{transport="http",type="query",code="NOT_FOUND"\} \d/,
    );
  });
});

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openGraphqlSocket } from '../support/graphql-socket.js';
import { canary, makeToyViewer } from '../support/toy-api.js';
import { startToyEdge, type ToyEdge } from '../support/toy-edge.js';
import { until } from '../support/until.js';

let edge: ToyEdge;
beforeEach(async () => {
  edge = await startToyEdge();
});
afterEach(() => edge.close());

const events = 'subscription { events { value } }';
const open = (options: Parameters<typeof openGraphqlSocket>[1] = {}) =>
  openGraphqlSocket(edge.socketUrl, { authorization: 'Bearer alice', ...options });
const gauge = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await edge.metrics.registry.metrics())?.[1]);

describe('GraphQL over WebSocket', () => {
  test('answers queries and mutations, and follows subscriptions', async () => {
    const client = await open();
    client.subscribe('q', '{ viewerId }');
    client.subscribe('m', 'mutation ($name: String!) { rename(name: $name) }', { name: 'new' });
    expect(await client.receive('q', 2)).toEqual([
      { id: 'q', type: 'next', payload: { data: { viewerId: 'alice' } } },
      { id: 'q', type: 'complete' },
    ]);
    expect((await client.receive('m', 2))[0]?.payload).toEqual({ data: { rename: 'new' } });
    client.subscribe('s', events);
    await until(() => edge.source.openCount() === 1);
    edge.source.push('one');
    edge.source.push('two');
    expect((await client.receive('s', 2)).map(({ payload }) => payload)).toEqual([
      { data: { events: { value: 'one' } } },
      { data: { events: { value: 'two' } } },
    ]);
    expect(await gauge('askfile_graphql_subscriptions')).toBe(1);
    client.send({ type: 'complete', id: 's' });
    await until(() => edge.source.openCount() === 0);
    expect(await gauge('askfile_graphql_subscriptions')).toBe(0);
    expect(edge.signals.at(-1)?.aborted).toBe(true);
    await client.close();
  });

  test('works with the client of graphql-ws', async () => {
    const client = createClient({
      url: edge.socketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'bob' },
    });
    for await (const result of client.iterate({ query: '{ viewerId }' })) {
      expect(result.data).toEqual({ viewerId: 'bob' });
    }
    await client.dispose();
  });

  test('executes each event with a context of its own', async () => {
    const client = await open();
    client.subscribe('s', 'subscription { events { context } }');
    await until(() => edge.source.openCount() === 1);
    edge.source.push('one');
    edge.source.push('two');
    const [one, two] = (await client.receive('s', 2)).map(({ payload }) => JSON.stringify(payload));
    expect(one).not.toBe(two);
    await client.close();
  });

  test.each([
    ['no token', {}],
    ['a token that is not valid', { authorization: 'Bearer mallory' }],
    ['a token that is no string', { authorization: 7 }],
  ])('closes with 4401 for %s', async (_name, payload) => {
    const client = await openGraphqlSocket(edge.socketUrl);
    client.send({ type: 'connection_init', payload });
    expect(await client.closed()).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('closes with 4401 when an operation comes before the token', async () => {
    const client = await openGraphqlSocket(edge.socketUrl);
    client.subscribe('q', '{ hello }');
    expect((await client.closed())?.code).toBe(4401);
  });

  test('closes with 4408 when no token comes at all', async () => {
    const other = await startToyEdge({ socketLimits: { initTimeoutMs: 50 } });
    const client = await openGraphqlSocket(other.socketUrl);
    expect((await client.closed())?.code).toBe(4408);
    await other.close();
  });

  test('tells the client to come back when authentication itself fails, and logs why', async () => {
    const other = await startToyEdge({ authenticate: () => Promise.reject(new Error(canary)) });
    const client = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    expect(await client.closed()).toEqual({ code: 1013, reason: 'Try again later' });
    expect(other.logged.join('')).toContain(canary);
    await other.close();
  });

  test('closes with 4403 at the moment the token expires, and ends its subscriptions', async () => {
    const expiresAt = new Date(Date.now() + 300);
    edge.viewers.set('brief', makeToyViewer('alice', expiresAt));
    edge.viewers.set('long', makeToyViewer('alice', new Date(Date.now() + 60 * 86_400_000)));
    const client = await open({ authorization: 'brief' });
    const long = await open({ authorization: 'long' });
    client.subscribe('s', events);
    expect(await client.closed()).toEqual({ code: 4403, reason: 'Forbidden' });
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime());
    await until(() => edge.source.openCount() === 0);
    expect(long.socket.readyState).toBe(WebSocket.OPEN);
    await long.close();
  });

  test('lets in programs and pages of allowed origins, and refuses the upgrade to others', async () => {
    const status = async (origin?: string, path = '/graphql') => {
      const socket = new WebSocket(`${edge.origin.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
        ...(origin === undefined ? {} : { origin }),
      });
      let result: number | undefined;
      socket.on('open', () => (result = 101));
      socket.on('unexpected-response', (_request, response) => (result = response.statusCode));
      socket.on('error', () => undefined);
      await until(() => result !== undefined);
      socket.terminate();
      return result;
    };
    expect(await status()).toBe(101);
    expect(await status('https://portal.example.com')).toBe(101);
    expect(await status(`http://localhost:${edge.port}`)).toBe(101);
    expect(await status(`http://127.0.0.1:${edge.port}`)).toBe(101);
    expect(await status('https://evil.example.com')).toBe(403);
    expect(await status(`http://localhost:${edge.port + 1}`)).toBe(403);
    expect(await status('null')).toBe(403);
    expect(await status(undefined, '/elsewhere')).toBe(404);
  });

  test('speaks graphql-transport-ws only', async () => {
    const client = await openGraphqlSocket(edge.socketUrl, { protocol: 'graphql-ws' });
    const closed = await client.closed();
    // ws offers no protocol then, which its client refuses by itself.
    expect(closed?.code).toBe(1006);
  });

  test('asks before each event whether the viewer may still see it', async () => {
    let isValid = true;
    const other = await startToyEdge({ isViewerValid: () => Promise.resolve(isValid) });
    const client = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    client.subscribe('s', events);
    await until(() => other.source.openCount() === 1);
    other.source.push('before');
    await client.receive('s', 1);
    isValid = false;
    other.source.push('after');
    expect((await client.closed())?.code).toBe(4403);
    expect(JSON.stringify(client.messages)).not.toContain('after');
    await until(() => other.source.openCount() === 0);
    await other.close();
  });

  test('asks before each operation, and sends nothing when nobody can tell', async () => {
    const other = await startToyEdge({ isViewerValid: () => Promise.reject(new Error(canary)) });
    const client = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    client.subscribe('q', '{ viewerId }');
    expect((await client.closed())?.code).toBe(1013);
    expect(JSON.stringify(client.messages)).not.toContain('viewerId');
    await other.close();
  });

  test('masks what fails in a resolver, in an event, in a source and on opening one', async () => {
    const client = await open();
    const masked = { message: 'Something went wrong on our side.' };
    client.subscribe('q', '{ broken }');
    expect((await client.receive('q'))[0]).toMatchObject({ type: 'next', payload: { errors: [masked] } });
    client.subscribe('none', 'subscription { isNoStream { value } }');
    expect((await client.receive('none'))[0]).toMatchObject({ type: 'next', payload: { errors: [masked] } });
    client.subscribe('s', 'subscription { events { fails } }');
    await until(() => edge.source.openCount() === 1);
    edge.source.push('one');
    expect((await client.receive('s'))[0]).toMatchObject({ type: 'next', payload: { errors: [masked] } });
    edge.source.fail(new Error(canary));
    expect((await client.receive('s', 2))[1]).toMatchObject({ type: 'error', payload: [masked] });
    await until(() => edge.source.openCount() === 0);
    client.subscribe('refused', 'subscription { neverOpens { value } }');
    expect((await client.receive('refused'))[0]).toMatchObject({
      payload: {
        errors: [{ message: 'Uploads are off for this agent.', extensions: { code: 'TOOL_NOT_ENABLED' } }],
      },
    });
    expect(JSON.stringify(client.messages)).not.toContain('CANARY');
    expect(
      edge.logged.filter((line) => line.includes('"level":"error"') && line.includes('CANARY')),
    ).toHaveLength(4);
    expect(await gauge('askfile_graphql_subscriptions')).toBe(0);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    await client.close();
  });

  test('shows mistakes in a request with the codes of HTTP', async () => {
    const client = await open();
    const codeOf = async (id: string, query: string, variables?: object) => {
      client.subscribe(id, query, variables);
      return /"code":"(\w+)"/.exec(JSON.stringify(await client.receive(id)))?.[1];
    };
    expect(await codeOf('1', '{')).toBe('GRAPHQL_PARSE_FAILED');
    expect(await codeOf('2', '{ nothing }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await codeOf('3', 'query ($text: String!) { echo(text: $text) }', { text: 1 })).toBe(
      'BAD_USER_INPUT',
    );
    expect(await codeOf('4', 'query A { hello } query B { hello }')).toBe('OPERATION_RESOLUTION_FAILURE');
    await client.close();
  });

  test('refuses messages that are too large, binary, or none of the protocol', async () => {
    const big = await open();
    big.subscribe('q', '{ hello }', { padding: 'x'.repeat(70 * 1024) });
    expect((await big.closed())?.code).toBe(1009);
    const binary = await open();
    binary.socket.send(Buffer.from('{"type":"ping"}'));
    expect((await binary.closed())?.code).toBe(4400);
    for (const message of [
      ...['', 'null', '[]', '{"type":"unknown"}', '{"type":"subscribe","id":"1"}'],
      // A server's.
      '{"type":"connection_ack"}',
      '{"type":"next","id":"1","payload":{}}',
      '{"type":"error","id":"1","payload":[{"message":"no"}]}',
    ]) {
      const client = await open();
      client.socket.send(message);
      expect([message, (await client.closed())?.code]).toEqual([message, 4400]);
    }
    expect(edge.logged.join('')).not.toContain('"level":"error"');
    const twice = await open();
    twice.send({ type: 'connection_init' });
    expect((await twice.closed())?.code).toBe(4429);
  });

  test('answers an operation that fails before or after its execution, and goes on with all the others', async () => {
    let fails = false;
    const other = await startToyEdge({
      socketLimits: { maxOperationsPerSocket: 2 },
      makeContext: (viewer, extras) => {
        if (fails) throw new Error(canary);
        return { viewer, ...extras };
      },
    });
    const client = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    client.subscribe('s', events);
    await until(() => other.source.openCount() === 1);
    fails = true;
    const masked = { message: 'Something went wrong on our side.' };
    // Each gives back the one place that is left.
    for (const id of ['1', '2']) {
      client.subscribe(id, '{ hello }');
      expect(await client.receive(id)).toMatchObject([{ type: 'error', payload: [masked] }]);
    }
    fails = false;
    for (const id of ['3', '4']) {
      client.subscribe(id, '{ huge }');
      expect(await client.receive(id)).toMatchObject([{ type: 'error', payload: [masked] }]);
    }
    other.source.push('one');
    expect((await client.receive('s'))[0]?.payload).toEqual({ data: { events: { value: 'one' } } });
    await client.close();
    await other.close();
  });

  test('gives a viewer so many sockets, and seats back when they close', async () => {
    const other = await startToyEdge({ socketLimits: { maxSocketsPerViewer: 2 } });
    const openAs = (authorization: string) => openGraphqlSocket(other.socketUrl, { authorization });
    const first = await openAs('alice');
    const second = await openAs('alice');
    expect((await (await openAs('alice')).closed())?.code).toBe(4429);
    const bob = await openAs('bob');
    expect(bob.socket.readyState).toBe(WebSocket.OPEN);
    await first.close();
    await until(async () => {
      const again = await openAs('alice');
      return again.socket.readyState === WebSocket.OPEN;
    });
    await second.close();
    await other.close();
  });

  test('gives a socket so many operations, and room again when they end', async () => {
    const other = await startToyEdge({ socketLimits: { maxOperationsPerSocket: 2 } });
    const client = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    for (const id of ['1', '2', '3']) client.subscribe(id, events);
    expect(await client.receive('3')).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 5 } }] },
    ]);
    expect(other.source.openCount()).toBe(2);
    client.send({ type: 'complete', id: '1' });
    await until(() => other.source.openCount() === 1);
    client.subscribe('4', events);
    await until(() => other.source.openCount() === 2);
    await client.close();
    await until(() => other.source.openCount() === 0);
    await other.close();
  });

  test('frees a subscription that is ended before its first event, however often', async () => {
    const other = await startToyEdge({ socketLimits: { maxOperationsPerSocket: 2_000 } });
    const client = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    for (let n = 0; n < 1_000; n += 1) {
      client.subscribe(`s${n}`, events);
      client.send({ type: 'complete', id: `s${n}` });
    }
    client.subscribe('last', '{ hello }');
    await client.receive('last', 2);
    await until(() => other.source.openCount() === 0);
    expect(other.signals).toHaveLength(1_001);
    expect(await other.metrics.registry.metrics()).toContain('askfile_graphql_subscriptions 0');
    await client.close();
    await other.close();
  });

  test('tells resolvers when the socket is gone, and frees all it had', async () => {
    const client = await open();
    client.subscribe('wait', '{ wait }');
    client.subscribe('s', events);
    await until(() => edge.signals.length >= 2 && edge.source.openCount() === 1);
    expect(edge.signals.some((signal) => signal.aborted)).toBe(false);
    client.socket.terminate();
    await until(() => edge.signals.every((signal) => signal.aborted) && edge.source.openCount() === 0);
    await until(async () => (await gauge('askfile_websocket_connections')) === 0);
  });

  test('cuts off a consumer that does not read, and no other', async () => {
    const slow = await open();
    const quick = await open({ authorization: 'bob' });
    slow.subscribe('s', events);
    quick.subscribe('s', events);
    await until(() => edge.source.openCount() === 2);
    slow.socket.pause();
    const event = 'x'.repeat(256 * 1024);
    let sent = 0;
    await until(async () => {
      edge.source.push(event);
      sent += 1;
      await quick.receive('s', sent);
      return edge.source.openCount() === 1;
    });
    expect(quick.socket.readyState).toBe(WebSocket.OPEN);
    expect(edge.logged.join('')).toContain('cut off a socket that does not read');
    await slow.close();
    await quick.close();
  });

  test('pings peers, and cuts off those that do not answer', async () => {
    const other = await startToyEdge({ socketLimits: { pingIntervalMs: 200 } });
    const dead = await openGraphqlSocket(other.socketUrl, { authorization: 'alice', autoPong: false });
    const live = await openGraphqlSocket(other.socketUrl, { authorization: 'bob' });
    let pings = 0;
    live.socket.on('ping', () => (pings += 1));
    expect((await dead.closed())?.code).toBe(1006);
    await until(() => pings >= 3);
    expect(live.socket.readyState).toBe(WebSocket.OPEN);
    await other.close();
  });

  test('tells every client to come back when it closes, and cuts those that do not listen', async () => {
    const other = await startToyEdge();
    const polite = await openGraphqlSocket(other.socketUrl, { authorization: 'alice' });
    const deaf = await openGraphqlSocket(other.socketUrl, { authorization: 'bob' });
    polite.subscribe('s', events);
    deaf.subscribe('s', events);
    await until(() => other.source.openCount() === 2);
    deaf.socket.pause();
    await other.close(200);
    expect(await polite.closed()).toEqual({ code: 1012, reason: 'Service restart' });
    expect(other.source.openCount()).toBe(0);
    await deaf.close();
  });
});

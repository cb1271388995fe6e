import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { AppError } from '../../../src/core/errors.js';
import { makeLog } from '../../../src/infra/pino/log.js';
import { redact } from '../../../src/infra/pino/redact.js';

/** Each carries the word CANARY where the secret is. */
const secrets: Readonly<Record<string, string>> = {
  'a bearer token': 'Authorization: Bearer CANARY.abc-def_ghi~+/=',
  'a bearer token in lower case': 'authorization: bearer CANARY123',
  'a JWT': 'token was eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQCANARY.CANARY-sig_nature here',
  'an app key': 'key ak_CANARY-123_456 is revoked',
  'a presigned URL':
    'PUT https://s3.example.com/bucket/key?X-Amz-Credential=CANARY%2F2026&X-Amz-Signature=CANARY failed',
  'a presigned path': 'GET /bucket/key?X-Amz-Algorithm=x&X-Amz-Signature=CANARY&X-Amz-Credential=CANARY/eu',
  'a presigned URL within a URL': '/login?next=%3FX-Amz-Signature%3DCANARY',
  'a SigV4 header': 'AWS4-HMAC-SHA256 Credential=CANARY/2026/s3, SignedHeaders=host, Signature=CANARY',
  'a download link': 'GET /d/CANARY.with-parts_1 answered 302',
  'a whole download link': 'see http://localhost:4000/d/CANARY, please',
  'a database URL': 'cannot reach postgres://app:CANARY@db.internal:5432/askfile',
  'a database URL with @ in its password': 'cannot reach postgres://app:p@CANARY@db.internal/askfile',
  'a redis URL without a user': 'connect rediss://:CANARY@cache:6379/0 failed',
  'a password as a parameter': 'password=CANARY&x=1',
  'a secret in JSON': '{"clientSecret":"CANARY","password": "CANARY"}',
  'parameters of a failed query': 'Failed query: select 1 where x = $1\nparams: CANARY,\nCANARY two',
};

function capture(level: 'debug' | 'info' = 'debug', pretty = false) {
  const lines: string[] = [];
  const log = makeLog({ level, pretty, destination: { write: (line) => lines.push(line) } });
  const entry = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  return { log, lines, entry };
}

describe('a log line', () => {
  test.each(Object.entries(secrets))('keeps %s out of every place', (_name, secret) => {
    const { log, lines } = capture();
    const error = new AppError('STORAGE_UNAVAILABLE', secret, {
      cause: new AggregateError([new Error(secret)], secret, { cause: secret }),
    });
    error.stack = `Error: ${secret}\n    at somewhere (${secret})`;
    log.debug({}, secret);
    log.info({ text: secret, list: [secret], deep: { er: { still: secret } } }, 'fields');
    log.warn({ error }, 'an error');
    log.error({ error, nested: { error } }, secret);
    log.child({ bound: secret }).info({}, 'bound');
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toContain('CANARY');
  });

  test('says what it may, around what it must not', () => {
    expect(redact('cannot reach postgres://app:hunter2@db:5432/askfile')).toBe(
      'cannot reach postgres://app:[redacted]@db:5432/askfile',
    );
    expect(redact('PUT https://s3.example.com/b/k?X-Amz-Signature=1 failed')).toBe(
      'PUT https://s3.example.com/b/k?[redacted] failed',
    );
    expect(redact('Failed query: select $1\nparams: a\n    at run (db.ts:1)')).toBe(
      'Failed query: select $1\nparams: [redacted]\n    at run (db.ts:1)',
    );
    const harmless = 'prompt 2x4 of user bob: token expired at 12:30, see /docs/a?b and a@b.org';
    expect(redact(harmless)).toBe(harmless);
  });

  test('shows name, code, message, stack and causes of an error, and nothing else it carries', () => {
    const { log, entry } = capture();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', config: 'CANARY' });
    const error = Object.assign(new Error('storage is down', { cause }), { $response: { body: 'CANARY' } });
    log.error({ error }, 'it failed');
    expect(entry()).toMatchObject({
      level: 'error',
      msg: 'it failed',
      error: {
        name: 'Error',
        message: 'storage is down',
        cause: { code: 'ECONNREFUSED', message: 'refused' },
      },
    });
    expect(JSON.stringify(entry())).not.toContain('CANARY');
  });

  test('shows only method and path of a request', () => {
    const { log, entry } = capture();
    const request = new IncomingMessage(new Socket());
    Object.assign(request, {
      method: 'GET',
      url: '/d/CANARY?key=CANARY',
      headers: { authorization: 'CANARY' },
    });
    log.info({ request }, 'asked');
    expect(entry()['request']).toEqual({ method: 'GET', path: '/d/[redacted]' });
  });

  test('only names what is no plain data, and hides what its name calls a secret', () => {
    const { log, entry } = capture();
    class Client {
      readonly inner = 'CANARY';
    }
    log.info(
      {
        client: new Client(),
        bytes: Buffer.from('CANARY'),
        password: ['CANARY'],
        headers: { Cookie: 'CANARY' },
      },
      'kept short',
    );
    expect(entry()).toMatchObject({
      client: '[Client]',
      bytes: '[6 bytes]',
      password: '[redacted]',
      headers: { Cookie: '[redacted]' },
    });
  });

  test('survives cycles, huge texts and errors that cause themselves', () => {
    const { log, lines } = capture();
    const cycle: Record<string, unknown> = {
      big: 'x'.repeat(1_000_000),
      n: 1n,
      f: () => 1,
      bad: new Date(NaN),
    };
    cycle['self'] = cycle;
    const error = new Error('loop');
    error.cause = error;
    log.error({ cycle, error }, 'odd');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThan(200_000);
  });

  test('is not written below the level', () => {
    const { log, lines } = capture('info');
    log.debug({}, 'unseen');
    log.child({ part: 'x' }).debug({}, 'unseen');
    expect(lines).toHaveLength(0);
  });

  test('reads as one line with its stack below when it is for a terminal', () => {
    const { log, lines } = capture('debug', true);
    log.info({ port: 4000, origin: 'http://localhost' }, 'listening');
    log.error({ error: new Error('boom') }, 'failed');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}listening {2}port=4000 origin=http:\/\/localhost\n$/);
    expect(lines[1]).toMatch(
      /^\d\d:\d\d:\d\d error failed {2}error=\{"name":"Error","message":"boom"\}\nError: boom\n {4}at /,
    );
  });
});

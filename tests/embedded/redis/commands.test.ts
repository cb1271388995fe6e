import { Redis } from 'ioredis';
import { findRedisServers, type RunningRedis } from '../../support/redis-servers.js';
import { until } from '../../support/until.js';

describe.each(await findRedisServers())('$name', ({ start }) => {
  let server: RunningRedis;
  let redis: Redis;

  beforeAll(async () => {
    server = await start();
    redis = new Redis(server.url);
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });

  const failure = (command: string, ...args: string[]) =>
    redis.call(command, ...args).then(
      () => 'no error',
      (error: Error) => error.message,
    );

  test('keeps binary values under binary keys', async () => {
    const key = Buffer.from([0, 255, 13, 10, 128, 42]);
    const value = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256));
    await redis.set(key, value);
    expect(await redis.getBuffer(key)).toEqual(value);
    expect(await redis.keysBuffer('*')).toEqual([key]);
  });

  test('answers a pipeline in order', async () => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 2_000; i += 1) pipeline.set(`k${i}`, i).get(`k${i}`);
    const replies = await pipeline.exec();
    expect(replies?.filter((_, i) => i % 2 === 1).map(([, reply]) => reply)).toEqual(
      Array.from({ length: 2_000 }, (_, i) => String(i)),
    );
    expect(await redis.dbsize()).toBe(2_000);
  });

  test('sets on a condition, and tells what was there', async () => {
    expect(await redis.set('k', '1', 'XX')).toBeNull();
    expect(await redis.set('k', '1', 'NX')).toBe('OK');
    expect(await redis.set('k', '2', 'NX')).toBeNull();
    expect(await redis.set('k', '2', 'XX')).toBe('OK');
    expect(await redis.set('k', '3', 'GET')).toBe('2');
    expect(await redis.call('SET', 'k', '4', 'NX', 'GET')).toBe('3');
    expect(await redis.get('k')).toBe('3');
    expect(await redis.set('new', '1', 'GET')).toBeNull();
    expect(await redis.get('new')).toBe('1');
  });

  test('forgets what has expired', async () => {
    await redis.set('px', '1', 'PX', 15);
    await redis.psetex('psetex', 15, '1');
    await redis.set('pexpire', '1');
    expect(await redis.pexpire('pexpire', 15)).toBe(1);
    await until(async () => (await redis.exists('px', 'psetex', 'pexpire')) === 0);
    expect(await redis.get('px')).toBeNull();
    expect(await redis.ttl('px')).toBe(-2);
    expect(await redis.keys('*')).toEqual([]);
    expect(await redis.set('px', '2', 'NX')).toBe('OK');
  });

  test('tells how long a key lives, and keeps, changes or lifts that', async () => {
    await redis.setex('k', 100, 'v');
    expect(await redis.ttl('k')).toBeGreaterThan(98);
    await redis.set('k', 'w', 'KEEPTTL');
    expect(await redis.pttl('k')).toBeGreaterThan(98_000);
    expect(await redis.persist('k')).toBe(1);
    expect(await redis.persist('k')).toBe(0);
    expect(await redis.ttl('k')).toBe(-1);
    expect(await redis.expire('k', 50)).toBe(1);
    expect(await redis.incr('n')).toBe(1);
    expect(await redis.expire('n', 50)).toBe(1);
    await redis.incrby('n', 41);
    expect(await redis.ttl('n')).toBeGreaterThan(48);
    await redis.set('k', 'x');
    expect(await redis.ttl('k')).toBe(-1);
    expect(await redis.expire('nothing', 50)).toBe(0);
    expect(await redis.expire('k', -1)).toBe(1);
    expect(await redis.exists('k')).toBe(0);
  });

  test('reads and deletes, or reads and changes the time to live, in one step', async () => {
    await redis.set('k', 'v');
    expect(await redis.getex('k', 'EX', 100)).toBe('v');
    expect(await redis.ttl('k')).toBeGreaterThan(98);
    expect(await redis.getex('k', 'PERSIST')).toBe('v');
    expect(await redis.ttl('k')).toBe(-1);
    expect(await redis.call('GETEX', 'k')).toBe('v');
    expect(await redis.getdel('k')).toBe('v');
    expect(await redis.getdel('k')).toBeNull();
    expect(await redis.getex('k', 'EX', 100)).toBeNull();
  });

  test('counts in 64 bits and refuses to go beyond', async () => {
    await redis.set('n', '9223372036854775806');
    expect(await failure('INCRBY', 'n', '2')).toBe('ERR increment or decrement would overflow');
    expect(await failure('GET', 'n')).toBe('no error');
    await redis.incr('n');
    expect(await redis.get('n')).toBe('9223372036854775807');
    expect(await redis.decr('m')).toBe(-1);
    await redis.set('t', 'text');
    expect(await failure('INCR', 't')).toBe('ERR value is not an integer or out of range');
    expect(await failure('INCRBY', 'm', '1.5')).toBe('ERR value is not an integer or out of range');
  });

  test('finds keys by pattern, and scans each exactly once', async () => {
    const names = ['a', 'ab', 'abc', 'b1', 'b2', 'bx', 'star*', 'x[y'];
    for (const name of names) await redis.set(name, '1');
    const found = async (pattern: string) => (await redis.keys(pattern)).sort();
    expect(await found('*')).toEqual(names);
    expect(await found('a?')).toEqual(['ab']);
    expect(await found('a*c')).toEqual(['abc']);
    expect(await found('b[0-9]')).toEqual(['b1', 'b2']);
    expect(await found('b[^0-9]')).toEqual(['bx']);
    expect(await found('star\\*')).toEqual(['star*']);
    expect(await found('x\\[y')).toEqual(['x[y']);
    const scanned: string[] = [];
    let cursor = '0';
    do {
      const [next, page] = await redis.scan(cursor, 'MATCH', 'b*', 'COUNT', 2);
      scanned.push(...page);
      cursor = next;
    } while (cursor !== '0');
    expect(scanned.sort()).toEqual(['b1', 'b2', 'bx']);
  });

  test('deletes and counts several keys at once', async () => {
    await redis.set('a', '1');
    await redis.set('b', '1');
    expect(await redis.exists('a', 'a', 'b', 'c')).toBe(3);
    expect(await redis.type('a')).toBe('string');
    expect(await redis.type('c')).toBe('none');
    expect(await redis.del('a', 'c')).toBe(1);
    expect(await redis.unlink('b')).toBe(1);
    expect(await redis.dbsize()).toBe(0);
  });

  test('keeps databases apart', async () => {
    const other = new Redis(`${server.url}/3`);
    await redis.set('k', 'zero');
    await other.set('k', 'three');
    expect(await redis.get('k')).toBe('zero');
    await other.flushdb();
    expect(await redis.get('k')).toBe('zero');
    expect(await failure('SELECT', '16')).toBe('ERR DB index is out of range');
    other.disconnect();
  });

  test('runs a transaction as one, and goes on past a failing command in it', async () => {
    await redis.set('t', 'text');
    const replies = await redis.multi().set('a', '1').incr('t').incr('a').exec();
    expect(replies?.map(([error, reply]) => error?.message ?? reply)).toEqual([
      'OK',
      'ERR value is not an integer or out of range',
      2,
    ]);
    expect(await redis.get('a')).toBe('2');
  });

  test('discards a transaction, and refuses one with a command that it does not know', async () => {
    const lone = new Redis(server.url);
    await lone.call('MULTI');
    expect(await lone.call('SET', 'k', '1')).toBe('QUEUED');
    expect(await lone.call('DISCARD')).toBe('OK');
    await lone.call('MULTI');
    await lone.call('SET', 'k', '1');
    await expect(lone.call('NOSUCH')).rejects.toThrow('ERR unknown command');
    await expect(lone.call('EXEC')).rejects.toThrow(
      'EXECABORT Transaction discarded because of previous errors.',
    );
    expect(await lone.get('k')).toBeNull();
    await expect(lone.call('EXEC')).rejects.toThrow('ERR EXEC without MULTI');
    await expect(lone.call('DISCARD')).rejects.toThrow('ERR DISCARD without MULTI');
    await lone.call('MULTI');
    await expect(lone.call('MULTI')).rejects.toThrow('ERR MULTI calls can not be nested');
    lone.disconnect();
  });

  test('refuses what is not right in the words of Redis', async () => {
    await redis.set('k', '1');
    expect(await failure('NOSUCH', 'a', 'b')).toBe(
      "ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ",
    );
    expect(await failure('GET')).toBe("ERR wrong number of arguments for 'get' command");
    expect(await failure('GET', 'a', 'b')).toBe("ERR wrong number of arguments for 'get' command");
    expect(await failure('DEL')).toBe("ERR wrong number of arguments for 'del' command");
    expect(await failure('PING', 'a', 'b')).toBe("ERR wrong number of arguments for 'ping' command");
    expect(await failure('SET', 'k', '1', 'NX', 'XX')).toBe('ERR syntax error');
    expect(await failure('SET', 'k', '1', 'EX')).toBe('ERR syntax error');
    expect(await failure('SET', 'k', '1', 'EX', '10', 'KEEPTTL')).toBe('ERR syntax error');
    expect(await failure('SET', 'k', '1', 'EX', '0')).toBe("ERR invalid expire time in 'set' command");
    expect(await failure('SET', 'k', '1', 'EX', 'x')).toBe('ERR value is not an integer or out of range');
    expect(await failure('SETEX', 'k', '-1', 'v')).toBe("ERR invalid expire time in 'setex' command");
    expect(await failure('GETEX', 'k', 'EX')).toBe('ERR syntax error');
    expect(await failure('SCAN', 'x')).toBe('ERR invalid cursor');
    expect(await failure('FLUSHALL', 'x')).toBe('ERR syntax error');
    expect(await failure('CLIENT', 'NOSUCH')).toBe("ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.");
    expect(await failure('EXPIRE', 'k', '9223372036854775807')).toBe(
      "ERR invalid expire time in 'expire' command",
    );
  });

  test('tells clients what they ask at the start', async () => {
    expect(await redis.ping()).toBe('PONG');
    expect(await redis.ping('hello')).toBe('hello');
    expect(await redis.echo('hello')).toBe('hello');
    expect(await redis.info()).toMatch(/redis_version:\d/);
    expect(await redis.client('SETNAME', 'me')).toBe('OK');
    expect(await redis.client('GETNAME')).toBe('me');
    expect(await redis.client('ID')).toBeGreaterThan(0);
    expect(await redis.call('COMMAND', 'COUNT')).toBeGreaterThan(30);
    const described = (await redis.call('COMMAND')) as [string, number][]; // Of this shape by Redis's documentation.
    expect(described.find(([name]) => name === 'get')?.[1]).toBe(2);
  });
});

import { findRedisServers, type RunningRedis } from '../../support/redis-servers.js';
import { encode, openRespSocket, type RespSocket } from '../../support/resp-socket.js';

describe.each(await findRedisServers())('$name', ({ start }) => {
  let server: RunningRedis;
  let client: RespSocket;

  beforeAll(async () => {
    server = await start();
  });
  beforeEach(async () => {
    client = await openRespSocket(server.port);
  });
  afterEach(() => client.socket.destroy());
  afterAll(() => server.close());

  async function replies(expected: string): Promise<void> {
    expect(await client.received(expected.length)).toBe(expected);
  }
  const password = () => decodeURIComponent(new URL(server.url).password);

  test('does nothing for who has not given the password', async () => {
    client.send('GET', 'k');
    client.send('AUTH', 'wrong');
    client.send('AUTH', 'someone', password());
    client.send('SUBSCRIBE', 'c');
    await replies(
      '-NOAUTH Authentication required.\r\n' +
        '-WRONGPASS invalid username-password pair or user is disabled.\r\n'.repeat(2) +
        '-NOAUTH Authentication required.\r\n',
    );
  });

  test('takes the password alone or with the default user', async () => {
    client.send('AUTH', password());
    client.send('AUTH', 'default', password());
    client.send('PING');
    await replies('+OK\r\n+OK\r\n+PONG\r\n');
  });

  test('understands requests however they are cut', async () => {
    const bytes = Buffer.concat([
      encode(['AUTH', password()]),
      encode(['SET', 'cut', Buffer.from('\r\n$5\r\n')]),
      encode(['GET', 'cut']),
    ]);
    client.socket.setNoDelay(true);
    for (const byte of bytes) {
      client.raw(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await replies('+OK\r\n+OK\r\n$6\r\n\r\n$5\r\n\r\n');
  });

  test('allows a subscriber few commands', async () => {
    client.send('AUTH', password());
    client.send('SUBSCRIBE', 'c');
    client.send('GET', 'k');
    client.send('PING');
    client.send('UNSUBSCRIBE');
    client.send('UNSUBSCRIBE');
    client.send('PING');
    await replies(
      '+OK\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n' +
        "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n" +
        '*2\r\n$4\r\npong\r\n$0\r\n\r\n' +
        '*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n' +
        '*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n' +
        '+PONG\r\n',
    );
  });

  test('says goodbye and hangs up', async () => {
    client.send('QUIT');
    await client.closed;
    expect(await client.received(5)).toBe('+OK\r\n');
  });

  test('hangs up on who does not speak the protocol', async () => {
    client.raw('*1\r\n!3\r\nabc\r\n');
    await client.closed;
    expect(await client.received(1)).toMatch(/^-ERR Protocol error/);
  });
});

import { tmpdir } from 'node:os';
import { findCommands } from '../../src/embedded/commands.js';
import { detectIsolation } from '../../src/embedded/isolation.js';
import { startRealRedis } from '../../src/embedded/redis/real-server.js';
import { startRespServer } from '../../src/embedded/redis/server.js';
import { makeRecordingLog } from './recording-log.js';

export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface TestRedis {
  readonly name: string;
  /** On a free port, or on the one of a server that was closed. */
  readonly start: (port?: number) => Promise<RunningRedis>;
}

const password = 'a-password-of-tests';

/** Our own server always; a real one too where the machine has it. */
export async function findRedisServers(): Promise<TestRedis[]> {
  const commands = await findCommands(['redis-server', 'valkey-server', 'setpriv', 'unshare']);
  const serverPath = commands['redis-server'] ?? commands['valkey-server'];
  const isolation = await detectIsolation(commands);
  const log = makeRecordingLog();
  const ours: TestRedis = {
    name: 'the built-in server',
    start: (port) => startRespServer({ password, log, ...(port === undefined ? {} : { port }) }),
  };
  if (serverPath === undefined) return [ours];
  const real: TestRedis = {
    name: 'a real redis-server',
    start: (port) =>
      startRealRedis({
        serverPath,
        password,
        isolation,
        dataDir: tmpdir(),
        log,
        ...(port === undefined ? {} : { port }),
      }),
  };
  return [ours, real];
}

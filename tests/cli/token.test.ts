import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { ensureCredentials } from '../../src/embedded/credentials.js';
import { jwtSecret, makeSignIn } from '../support/sign-in.js';

const run = promisify(execFile);
let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'askfile-token-'))));
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** As npm runs it, with these settings and nothing else of the environment. */
async function runToken(args: string[], env: Record<string, string> = {}) {
  const settings = { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, ...env };
  const command = ['--import', 'tsx', 'src/cli/token.ts', ...args];
  try {
    return { code: 0, ...(await run(process.execPath, command, { env: settings })) };
  } catch (error) {
    // execFile rejects with what the process printed beside its exit code.
    return error as { code: number; stdout: string; stderr: string };
  }
}

const who = ['--sub', 'alice', '--org', 'acme'];

test('prints a token that signs in, and nothing else', async () => {
  const auth = { jwtSecret, issuer: 'idp', audience: 'askfile' };
  const env = { AUTH_JWT_SECRET: jwtSecret, AUTH_ISSUER: 'idp', AUTH_AUDIENCE: 'askfile' };
  const { stdout, stderr } = await runToken(
    [...who, '--role', 'admin', '--name', 'Alice', '--ttl', '2h'],
    env,
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const viewer = await makeSignIn(auth).authenticate(stdout);
  expect(viewer).toMatchObject({ kind: 'USER', id: 'alice', orgRole: 'ADMIN', name: 'Alice' });
  const { exp = 0, iat = 0 } = decodeJwt(stdout.trim());
  expect(exp - iat).toBe(7200);
});

test('signs with the secret of the embedded service, once that has been started', async () => {
  const before = await runToken(who);
  expect(before).toMatchObject({ code: 1, stdout: '' });
  expect(before.stderr).toContain('Start the service once (npm start)');
  const credentials = await ensureCredentials(dataDir);
  const { stdout } = await runToken([...who, '--service-account']);
  const viewer = await makeSignIn({ jwtSecret: credentials.jwtSecret }).authenticate(stdout);
  expect(viewer).toMatchObject({ kind: 'SERVICE_ACCOUNT', id: 'alice', orgRole: null });
});

test('says what is wrong with its arguments', async () => {
  const env = { AUTH_JWT_SECRET: jwtSecret };
  const wrong = await runToken(['--org', 'acme', '--role', 'owner', '--ttl', 'soon'], env);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toBe(
    '--sub is needed\n--role is admin, builder, member or guest\n--ttl is a number of seconds, or such as 30m, 12h, 7d\n',
  );
  expect((await runToken([...who, '--ttl', '3651d'], env)).stderr).toBe('--ttl is 3650d at most\n');
  expect((await runToken(['--colour', 'red'], env)).code).toBe(1);
  expect((await runToken(who, { AUTH_JWKS_URL: 'http://127.0.0.1:1' })).stderr).toContain(
    'identity provider',
  );
  expect((await runToken(['--help'])).stdout).toContain('npm run -s token');
});

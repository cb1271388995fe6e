import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findCommands } from '../../../src/embedded/commands.js';
import { detectSandbox, type SandboxIsolation } from '../../../src/infra/sandbox/isolation.js';
import { runInSandbox, type SandboxLimits } from '../../../src/infra/sandbox/sandbox.js';
import { startHttpServer } from '../../support/http-server.js';
import { findProcessesOf } from '../../support/processes.js';
import { until } from '../../support/until.js';

const roomy: SandboxLimits = {
  memoryBytes: 2 ** 30,
  heapMegabytes: 128,
  cpuSeconds: 60,
  fileBytes: 2 ** 20,
  wallSeconds: 30,
  outputBytes: 2 ** 16,
};

const say = (expression: string) => `require('fs').writeFileSync(4, JSON.stringify(${expression}))`;
const hang = 'for (;;);';

let file: FileHandle;
const path = join(tmpdir(), `askfile-sandbox-${process.pid}`);
let runs = 0;
/** In the command line of what is run now, so that it can be found. */
const marker = () => `sandbox-test-${process.pid}-${runs}`;

beforeAll(async () => {
  file = await open(path, 'w+');
  await file.write('what is in the file');
});
afterAll(async () => {
  await file.close();
  await rm(path);
});
beforeEach(() => void (runs += 1));
afterEach(() => until(() => findProcessesOf(marker()).length === 0));

const detected = await detectSandbox(await findCommands(['setpriv', 'unshare']));
const bare = await detectSandbox({});

describe.each<[string, SandboxIsolation]>([
  ['as far apart as this machine allows', detected],
  ['without any help of the system', bare],
])('a child %s', (_, isolation) => {
  const run = (code: string, limits: Partial<SandboxLimits> = {}, signal = new AbortController().signal) =>
    runInSandbox(
      isolation,
      { entry: ['-e', code], argument: marker(), file: file.fd, limits: { ...roomy, ...limits } },
      signal,
    );

  test('reads the file, and is heard', async () => {
    const { status, ...rest } = await run(say("require('fs').readFileSync('/dev/fd/3', 'utf8')"));
    expect([status, 'output' in rest && String(rest.output)]).toEqual(['ANSWERED', '"what is in the file"']);
  });

  test('has nothing of this process’s environment', async () => {
    const outcome = await run(
      say('Object.keys(process.env).filter((name) => !/^(PWD|OLDPWD|SHLVL|_)$/.test(name))'),
    );
    expect(outcome).toEqual({ status: 'ANSWERED', output: Buffer.from('[]') });
  });

  test('goes behind whoever is answering', async () => {
    const outcome = await run(say("require('os').getPriority()"));
    expect(outcome).toEqual({ status: 'ANSWERED', output: Buffer.from('10') });
  });

  const autogroup = '/proc/self/autogroup';
  (existsSync(autogroup) ? test : test.skip)('goes behind other sessions of this machine', async () => {
    const outcome = await run(say(`require('fs').readFileSync('${autogroup}', 'utf8')`));
    expect('output' in outcome && String(outcome.output)).toMatch(/nice 10/);
  });

  test.each<[string, string, Partial<SandboxLimits>, string]>([
    ['hangs', hang, { wallSeconds: 1 }, 'TIME'],
    ['waits for ever', 'setInterval(() => {}, 1000)', { wallSeconds: 1 }, 'TIME'],
    [
      'hangs in what it started',
      `require('child_process').spawnSync(process.execPath, ['-e', '${hang}', '${'x'}'])`,
      { wallSeconds: 1 },
      'TIME',
    ],
    ['aborts', 'process.abort()', {}, 'EXIT'],
    ['throws', 'throw new Error()', {}, 'EXIT'],
    ['says that it failed', 'process.exit(3)', {}, 'EXIT'],
    ['fills its heap', 'const all = []; for (;;) all.push([...all])', { heapMegabytes: 32 }, 'EXIT'],
    ['takes the processor for itself', hang, { cpuSeconds: 1 }, 'EXIT'],
    ['says too much', "for (;;) require('fs').writeSync(4, 'x'.repeat(65536))", {}, 'OUTPUT'],
  ])('that %s is ended', async (_does, code, limits, cause) => {
    expect(await run(code, limits)).toMatchObject({ status: 'CRASHED', cause });
  });

  test('takes what it started with it', async () => {
    const code = `require('child_process').spawn(process.execPath, ['-e', '${hang}', '${marker()}'], { stdio: 'ignore' });
      setTimeout(() => { ${say('1')}; process.exit(0) }, 300)`;
    expect(await run(code)).toMatchObject({ status: 'ANSWERED' });
  });

  test('ends when it is told to', async () => {
    const stop = new AbortController();
    const outcome = run(hang, {}, stop.signal);
    await until(() => findProcessesOf(marker()).length > 0);
    stop.abort(new Error('told to'));
    await expect(outcome).rejects.toThrow('told to');
  });
});

describe('as far apart as this machine allows', () => {
  const run = (code: string, limits: Partial<SandboxLimits> = {}) =>
    runInSandbox(
      detected,
      { entry: ['-e', code], argument: marker(), file: file.fd, limits: { ...roomy, ...limits } },
      new AbortController().signal,
    );

  test('a child that takes memory past JavaScript’s own gets none', async () => {
    const code = `const all = []; for (let i = 0; i < 16; i += 1) all.push(Buffer.alloc(2 ** 24, 1)); ${say('all.length')}`;
    expect(await run(code)).toMatchObject({ status: 'ANSWERED' });
    expect(await run(code, { memoryBytes: 2 ** 28 })).toMatchObject({ status: 'CRASHED', cause: 'EXIT' });
  });

  test('a child that writes files without end is stopped', async () => {
    const code = `require('fs').writeFileSync('/tmp/${marker()}', Buffer.alloc(2 ** 22)); ${say('1')}`;
    expect(await run(code)).toMatchObject({ status: 'CRASHED', cause: 'EXIT' });
    await rm(`/tmp/${marker()}`, { force: true });
  });

  test('a child has no network, and sees nobody but itself, where namespaces are allowed', async () => {
    const server = await startHttpServer((_request, response) => response.end());
    const { port } = new URL(server.endpoint);
    const code = `const done = (reached) => ${say("{ reached, pids: require('fs').readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length }")};
      require('net').connect(${port}, '127.0.0.1').on('connect', () => { done(true); process.exit(0) }).on('error', () => { done(false); process.exit(0) })`;
    const outcome = await run(code);
    await server.close();
    const answer = JSON.parse(String('output' in outcome ? outcome.output : '')) as object;
    if (detected.isApart) expect(answer).toEqual({ reached: false, pids: 1 });
    else expect(answer).toMatchObject({ reached: true });
  });

  test('a child neither reads nor writes what is hidden from it, nor uncovers it, where namespaces are allowed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'askfile-secrets-'));
    await writeFile(join(folder, 'credentials.json'), 'CANARY');
    const commands = await findCommands(['setpriv', 'unshare']);
    // What is not there hides nothing, and hinders nobody.
    const isolation = await detectSandbox(commands, [folder, join(folder, 'nowhere')]);
    const code = `
      const { readFileSync, writeFileSync } = require('fs');
      const { spawnSync } = require('child_process');
      const attempt = (act) => { try { return String(act()) } catch (error) { return error.code } };
      const sh = (...command) => spawnSync(command[0], command.slice(1), { encoding: 'utf8' }).stdout ?? '';
      const path = ${JSON.stringify(join(folder, 'credentials.json'))};
      ${say(`{
        read: attempt(() => readFileSync(path)),
        wrote: attempt(() => writeFileSync(path + '.new', 'mine')),
        uncovered: sh('/bin/sh', '-c', 'umount "$0" 2>&1; cat "$0/credentials.json" 2>/dev/null', ${JSON.stringify(folder)}),
        apart: sh('unshare', '-U', '-r', '-m', '/bin/sh', '-c', 'umount "$0" 2>/dev/null; cat "$0/credentials.json" 2>/dev/null', ${JSON.stringify(folder)}),
      }`)}`;
    const outcome = await runInSandbox(
      isolation,
      { entry: ['-e', code], argument: marker(), file: file.fd, limits: roomy },
      new AbortController().signal,
    );
    const written = await readdir(folder);
    await rm(folder, { recursive: true });
    const answer = String('output' in outcome ? outcome.output : '');
    expect(isolation.isHiding).toBe(isolation.isApart);
    if (isolation.isHiding) {
      expect(JSON.parse(answer)).toMatchObject({ read: 'ENOENT', wrote: 'EROFS', apart: '' });
      expect(answer).not.toContain('CANARY');
      expect(written).toEqual(['credentials.json']);
    } else {
      expect(JSON.parse(answer)).toMatchObject({ read: 'CANARY' });
    }
  });

  test('a child ends with this process, however that ends', async () => {
    const script = fileURLToPath(new URL('../../support/sandbox-parent.ts', import.meta.url));
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const parent = spawn(process.execPath, ['--import', tsx, script, marker(), path], { stdio: 'ignore' });
    const ended = once(parent, 'exit');
    await until(() => findProcessesOf(marker()).length > 1);
    parent.kill('SIGKILL');
    await ended;
    // What is left of it is looked for after each test.
  });
});

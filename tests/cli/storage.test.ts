import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testStores } from '../support/stores.js';
import { toTable } from '../../src/cli/table.js';

const run = promisify(execFile);

/** Runs a tool as npm does, with these settings and nothing else of the environment. */
async function runTool(tool: 'storage-setup' | 'storage-check', env: Record<string, string>) {
  const settings = { PATH: process.env['PATH'] ?? '', ...env };
  try {
    const command = ['--import', 'tsx', `src/cli/${tool}.ts`];
    return { code: 0, ...(await run(process.execPath, command, { env: settings })) };
  } catch (error) {
    // execFile rejects with what the process printed beside its exit code.
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('both tools say that the embedded store needs no setup', async () => {
  for (const tool of ['storage-setup', 'storage-check'] as const) {
    const { code, stdout } = await runTool(tool, {});
    expect(code).toBe(0);
    expect(stdout).toContain('needs no setup');
  }
});

test('a wrong setting is named, and the exit code is 1', async () => {
  const { code, stderr } = await runTool('storage-check', { STORAGE_ENDPOINT: 'http://127.0.0.1:9' });
  expect(code).toBe(1);
  expect(stderr).toContain('STORAGE_BUCKET');
});

test('rows are printed as an aligned table; the exit code tells whether one FAILED', async () => {
  for (const testStore of testStores) {
    const opened = await testStore.open();
    const { config } = opened;
    const env = {
      STORAGE_ENDPOINT: config.endpoint,
      STORAGE_BUCKET: config.bucket,
      STORAGE_ACCESS_KEY_ID: config.accessKeyId,
      STORAGE_SECRET_KEY: config.secretKey,
      STORAGE_UPLOAD_ACCESS_KEY_ID: config.upload?.accessKeyId ?? '',
      STORAGE_UPLOAD_SECRET_KEY: config.upload?.secretKey ?? '',
      ALLOWED_ORIGINS: 'https://chat.example.com',
    };
    const setUp = await runTool('storage-setup', env);
    // Nor does the SDK advise anybody to upgrade their Node.
    expect(setUp).toMatchObject({ code: 0, stderr: '' });
    // Pages of others that upload are let in as the portal is.
    expect(setUp.stdout).toContain('CORS for http://localhost:4000, https://chat.example.com');
    const good = await runTool('storage-check', env);
    expect(good.stdout).toMatch(/^ok {2,}Bucket/);
    expect(good.code).toBe(0);
    const bad = await runTool('storage-check', { ...env, STORAGE_SECRET_KEY: 'not-the-secret' });
    expect(bad.stdout).toMatch(/^FAILED {2}Bucket/);
    expect(bad.code).toBe(1);
    await opened.close();
  }
});

test('toTable pads every column to its widest cell', () => {
  expect(
    toTable([
      ['a', 'bb', ''],
      ['ccc', 'd', 'e'],
    ]),
  ).toBe('a    bb\nccc  d   e');
});

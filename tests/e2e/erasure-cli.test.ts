import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Api } from '../support/api.js';
import { audited } from '../support/audit.js';
import { findText } from '../support/erasure.js';
import { agentUrn, answer, request, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { listKeys, rows } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let people: { admin: Api; alice: Api; agent: Api };

beforeEach(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROMPT_LIMIT_PER_USER: '1000' } });
  people = await seedHeart(service);
});

afterEach(async () => {
  await service.close();
  await backends.close();
});

const command = (args: readonly string[]) => ['--import', 'tsx', 'src/cli/admin.ts', 'erase', ...args];
const env = () => ({ PATH: process.env['PATH'] ?? '', ...backends.env });

async function run(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, command(args), { env: env() })).stdout;
}

test('prints how far it is, and is done when it ends', async () => {
  for (let n = 0; n < 2; n += 1) await answer(people.alice, (await request(people.agent)).id);
  const open = await request(people.agent);
  const printed = await run('--org', 'acme', '--agent', agentUrn);
  expect(printed.split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual([
    'files 2',
    'prompts 3',
    'memories 1',
    `Erased: ${agentUrn}`,
    '',
  ]);
  for (const text of [agentUrn, open.id]) {
    expect((await findText(backends, text)).filter((place) => !place.startsWith('audit_entries.'))).toEqual(
      [],
    );
  }
  const operator = { kind: 'SERVICE_ACCOUNT', id: 'askfile' };
  expect(await audited(people.admin, { subject: agentUrn, action: 'eraseAgent' })).toMatchObject([
    { actor: operator },
  ]);
  await expectInvariants(backends);
});

test('killed in the middle, it goes on when it is called again', async () => {
  for (let n = 0; n < 60; n += 1) await answer(people.alice, (await request(people.agent)).id);
  const args = ['--org', 'acme', '--user', 'alice'];
  const child = spawn(process.execPath, command(args), { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  // After the first batch of files.
  await once(createInterface({ input: child.stdout }), 'line');
  child.kill('SIGKILL');
  await ended;
  expect(await rows(backends, 'select kind, subject from erasures')).toEqual([
    { kind: 'USER', subject: 'alice' },
  ]);
  const { length: left } = await rows(backends, 'select from assets');
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(60);

  expect(await run(...args)).toMatch(/Erased: alice\n$/);
  expect((await findText(backends, 'alice')).filter((place) => !place.startsWith('audit_entries.'))).toEqual(
    [],
  );
  await expectInvariants(backends);
  expect(await listKeys(service)).toEqual([]);
});

test.each([
  [['--org', 'acme', '--user', 'nobody'], 'The person was not found.'],
  [['--org', 'nowhere', '--user', 'alice'], 'There is no organization nowhere.'],
  [['--org', 'acme'], 'npm run admin -- erase'],
  [['--org', 'acme', '--user', 'alice', '--agent', agentUrn], 'npm run admin -- erase'],
  [['--user', 'alice'], 'npm run admin -- erase'],
])(
  '%j is refused in words',
  async (args, words) => {
    await expect(run(...args)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(words) as unknown,
    });
    expect(await rows(backends, 'select from erasures')).toEqual([]);
  },
  60_000,
);

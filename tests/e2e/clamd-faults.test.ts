import { createHash } from 'node:crypto';
import { makeClamdScanner } from '../../src/infra/clamd/scanner.js';
import { makeFakeClamd } from '../support/fake-clamd.js';
import {
  answer,
  awaitResult,
  downloadMutation,
  pdf,
  request,
  scanned,
  seedHeart,
  type AssetFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { runAllJobs } from '../support/state.js';
import { makeTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { marker } from '../support/test-files.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
/** Where no real clamd is named by TEST_CLAMD_PORT. */
let fake: Awaited<ReturnType<typeof makeFakeClamd>> | undefined;
/** Before clamd. */
let proxy: TcpProxy;
let people: Awaited<ReturnType<typeof seedHeart>>;

beforeAll(async () => {
  backends = await openBackends();
  const realPort = process.env['TEST_CLAMD_PORT'];
  fake = realPort === undefined ? await makeFakeClamd() : undefined;
  proxy = await makeTcpProxy({ to: { host: '127.0.0.1', port: fake?.port ?? Number(realPort) } });
  // As the service would make it, and less patient with a clamd that says nothing.
  const scanner = makeClamdScanner({
    host: proxy.host,
    port: proxy.port,
    socket: null,
    connectTimeoutMs: 5_000,
    idleTimeoutMs: 1_000,
    totalTimeoutMs: 20_000,
    concurrency: 4,
  });
  service = await openService(backends, {
    env: { PROMPT_LIMIT_PER_USER: '1000' },
    adapt: (adapters) => ({ ...adapters, scanner }),
  });
  people = await seedHeart(service);
});

afterEach(async () => {
  fake?.behave({ kind: 'answer', text: 'stream: OK\0' });
  await proxy.heal();
  await expectInvariants(backends);
});

afterAll(async () => {
  await service.close();
  await proxy.close();
  await fake?.close();
  await backends.close();
});

const bytes = pdf('a long plan'.padEnd(300_000, '. '));
const sha256 = createHash('sha256').update(bytes).digest('hex');
/** `zINSTREAM`, its NUL, and the length of the first piece come before the file. */
const headBytes = 14;
const okBytes = 'stream: OK\0'.length;

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const range = (from: number, count: number) => upTo(count).map((index) => from + index);

const faults: readonly { name: string; cause(): void | Promise<void> }[] = [
  { name: 'refuses every connection', cause: () => proxy.refuse() },
  { name: 'resets every connection', cause: () => proxy.reset() },
  { name: 'takes connections, and reads and says nothing', cause: () => proxy.stall() },
  { name: 'takes every byte and closes without a word', cause: () => proxy.cutAfterBytes(0) },
  ...range(1, okBytes - 1).map((count) => ({
    name: `closes after ${count} of the ${okBytes} bytes of its answer`,
    cause: () => proxy.cutAfterBytes(count),
  })),
  ...[0, 5, headBytes - 4, headBytes, headBytes + 1, 150_000, headBytes + bytes.length].map((count) => ({
    name: `is cut off after ${count} bytes of what it is sent`,
    cause: () => proxy.cutAfterSentBytes(count),
  })),
];

const ask = async (sent = bytes): Promise<AssetFields> =>
  answer(people.alice, (await request(people.agent)).id, sent);

/** How often a scan was given up, to be run again. */
const countGivenUp = () =>
  service.log.lines.filter(
    ({ message, fields }) =>
      message === 'a job waits for what it depends on' && 'job' in fields && fields.job === 'scan-asset',
  ).length;

async function isGivenUp(times = 1): Promise<void> {
  const enough = countGivenUp() + times;
  await until(() => countGivenUp() >= enough);
}

/** A verdict is for good: without one now, there was none while the fault was there. */
async function expectPending({ id }: AssetFields): Promise<void> {
  const query = 'query($id: ID!) { asset(id: $id) { scanStatus sha256 } }';
  expect(await people.agent.get(query, { id })).toEqual({ asset: { scanStatus: 'PENDING', sha256: null } });
  expect((await people.agent.refusal(downloadMutation, { id })).code).toBe('SCAN_PENDING');
}

/** Back in health, with the pauses between two tries cut short. */
async function heal(): Promise<void> {
  await proxy.heal();
  await runAllJobs(backends, service);
}

test.each(faults)('a clamd that $name has cleared nothing; back again, it does', async ({ cause }) => {
  await cause();
  const [asset] = await Promise.all([ask(), isGivenUp()]);
  await expectPending(asset);
  await heal();
  expect(await scanned(people.agent, asset)).toMatchObject({ scanStatus: 'CLEAN', sha256 });
});

test('what it finds is blocked once it can say so whole, and cleared by nothing that it said before', async () => {
  fake?.behave({ kind: 'answer', text: 'stream: Local.Marker.Test FOUND\0' });
  proxy.cutAfterBytes(okBytes);
  const [asset] = await Promise.all([ask(pdf(marker.toString())), isGivenUp()]);
  await expectPending(asset);
  await heal();
  expect(await scanned(people.agent, asset)).toMatchObject({ scanStatus: 'BLOCKED' });
});

test('while it is away files are answered with all the same, and all are cleared when it is back', async () => {
  await proxy.refuse();
  const prompts = await Promise.all(upTo(5).map(() => request(people.agent)));
  const triedTwice = isGivenUp(2);
  const files = await Promise.all(prompts.map(({ id }) => answer(people.alice, id, bytes)));
  for (const [index, { id }] of prompts.entries()) {
    expect(await awaitResult(people.agent, id)).toMatchObject({
      outcome: 'UPLOADED',
      assets: [{ id: files[index]?.id, scanStatus: 'PENDING' }],
    });
  }
  await triedTwice;
  for (const file of files) await expectPending(file);
  await heal();
  for (const file of files) {
    expect(await scanned(people.agent, file)).toMatchObject({ scanStatus: 'CLEAN', sha256 });
  }
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgentClient, createPortalClient } from '../../src/client/index.js';
import { fileFromPath } from '../../src/client/node.js';
import { seedCast, type Cast } from '../support/cast.js';
import { agentUrn, pdf } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import { bigPdf, partsEnv } from '../support/parts.js';
import { chart } from '../support/replacing.js';
import type { TestBackends, TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace } from '../support/space-rows.js';
import { rows, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;
let folder: string;

afterAll(async () => {
  await expectInvariants(backends);
  await rm(folder, { recursive: true });
});
openForAll({ env: partsEnv }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
  folder = await mkdtemp(join(tmpdir(), 'askfile-client-'));
});

const agent = () => createAgentClient({ url: service.url, appKey: cast.agent.credential });
const portal = () => createPortalClient({ url: service.url, token: cast.alice.credential });
const image = () => new File([new Uint8Array(chart)], 'chart.png', { type: 'image/png' });

test('an agent stores what an execution generated, in one call, and gets an asset to cite', async () => {
  const { assets } = agent();
  const metadata = { model: 'flux', cost: 0.01 };
  const asset = await assets.store({ executionId: 'run-1', provider: 'fal', metadata, file: image() });
  expect(asset).toMatchObject({
    urn: `urn:askfile:space:${spaceId}:assets:${asset.id}`,
    filename: 'chart.png',
    mimeType: 'image/png',
    type: 'IMAGE',
    executionId: 'run-1',
    provider: 'fal',
    metadata,
    agentUrn,
  });
  const { url } = await assets.getSignedUrl(asset.id);
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(chart);
});

test('it goes where it is told to, from a Blob with a name', async () => {
  const space = (await givenSpace(backends, 'Speech')).id;
  const folderId = await givenFolder(backends, { id: space }, 'drafts');
  const asset = await agent().assets.store({
    executionId: 'run-2',
    file: new Blob(['hello'], { type: 'text/plain' }),
    filename: 'hello.txt',
    description: 'a greeting',
    spaceId: space,
    folderId,
  });
  expect(asset).toMatchObject({ filename: 'hello.txt', description: 'a greeting' });
  expect(asset.urn).toContain(space);
  expect(await rows(backends, 'select folder_id from assets where id = $1', [asset.id])).toEqual([
    { folder_id: folderId },
  ]);
});

test('a large file of the file system goes in parts', async () => {
  const bytes = bigPdf();
  const path = join(folder, 'plan.pdf');
  await writeFile(path, bytes);
  let told = 0;
  const asset = await agent().assets.store({
    executionId: 'run-3',
    file: await fileFromPath(path),
    onProgress: ({ sentBytes }) => (told = sentBytes),
  });
  expect(asset.sizeBytes).toBe(bytes.length);
  expect(told).toBe(bytes.length);
  expect(
    await rows(backends, 'select part_size_bytes is not null as parted from uploads where asset_id = $1', [
      asset.id,
    ]),
  ).toEqual([{ parted: true }]);
});

test('a person uploads, and replaces', async () => {
  const { assets } = portal();
  const file = new File([new Uint8Array(pdf())], 'plan.pdf', { type: 'application/pdf' });
  const asset = await assets.upload(file, { spaceId });
  expect(asset).toMatchObject({ filename: 'plan.pdf', executionId: null, agentUrn: null, metadata: {} });
  expect((await assets.upload(image(), { spaceId, replaceAssetId: asset.id })).id).toBe(asset.id);
  await until(async () => (await assets.get(asset.id))?.filename === 'chart.png');
});

test('the answer to a begin is lost: sent again, it takes no more room than it needs', async () => {
  const { used, reserved } = await usageOf(backends);
  const setQuota = (quotaBytes: number | null) =>
    cast.admin.get('mutation($to: SafeInt) { setStorageQuota(quotaBytes: $to) { quotaBytes } }', {
      to: quotaBytes,
    });
  await setQuota(used + reserved + chart.length);
  let lost = 0;
  const losing: typeof fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (typeof init?.body !== 'string' || !init.body.includes('"BeginUpload"') || lost > 0) return response;
    lost += 1;
    throw new TypeError('cut off');
  };
  const client = createAgentClient({ url: service.url, appKey: cast.agent.credential, fetch: losing });
  const asset = await client.assets.store({ executionId: 'run-4', file: image() });
  expect([lost, asset.sizeBytes]).toEqual([1, chart.length]);
  await setQuota(null);
});

test('an abort lets the upload go also through a short outage', async () => {
  let lost = 0;
  const losing: typeof fetch = (url, init) => {
    if (typeof init?.body !== 'string' || !init.body.includes('"AbortUpload"') || lost === 2)
      return fetch(url, init);
    lost += 1;
    return Promise.reject(new TypeError('cut off'));
  };
  const stop = new AbortController();
  const client = createPortalClient({
    url: service.url,
    token: cast.alice.credential,
    fetch: losing,
    retry: { minDelayMs: 20 },
  });
  const uploading = client.assets.upload(image(), { signal: stop.signal, onBegun: () => stop.abort() });
  await expect(uploading).rejects.toMatchObject({ name: 'AbortError' });
  expect(lost).toBe(2);
  expect(await rows(backends, `select from uploads where status = 'OPEN'`)).toEqual([]);
});

test('an abort lets the upload go, and a fault in a listener ends it', async () => {
  const stop = new AbortController();
  const uploading = portal().assets.upload(image(), { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(uploading).rejects.toMatchObject({ name: 'AbortError' });
  const failure = new Error('My own fault.');
  const failing = portal().assets.upload(image(), {
    onProgress: () => {
      throw failure;
    },
  });
  await expect(failing).rejects.toBe(failure);
  expect(await rows(backends, `select from uploads where status = 'OPEN'`)).toEqual([]);
});

test('what the service refuses is told by its code', async () => {
  const { assets } = agent();
  await expect(assets.store({ executionId: '', file: image() })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    extensions: { field: 'execution.executionId' },
  });
  await expect(assets.upload(image(), { spaceId: 'nothing' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

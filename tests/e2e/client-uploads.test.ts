import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAgentClient,
  createPortalClient,
  type UploadFileOptions,
  type UploadSource,
} from '../../src/client/index.js';
import { fileFromPath } from '../../src/client/node.js';
import { seedCast, type Cast } from '../support/cast.js';
import {
  agentUrn,
  awaitResult,
  begin,
  complete,
  fileOf,
  pdf,
  put,
  request,
  scanned,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { bigPdf, partsEnv } from '../support/parts.js';
import { chart } from '../support/replacing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace } from '../support/space-rows.js';
import { rows, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;
let folder: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: partsEnv });
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
  folder = await mkdtemp(join(tmpdir(), 'askfile-client-'));
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
  await rm(folder, { recursive: true });
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

describe('an upload that is cut off on the way', () => {
  /** Puts the first part, and never gets through with another. */
  async function cutOff(options: UploadFileOptions) {
    const path = join(folder, 'cut-off.pdf');
    await writeFile(path, bigPdf());
    const whole = await fileFromPath(path);
    const sent: number[] = [];
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const slice = (start: number, end: number): UploadSource => {
      const part = whole.slice?.(start, end) ?? whole;
      const send: UploadSource['send'] = async (request, how) => {
        if (start > 0) {
          await arrived;
          throw new Error('The line is dead.');
        }
        const answer = await part.send(request, how);
        arrive();
        return answer;
      };
      return { ...part, send };
    };
    const client = createPortalClient({
      url: service.url,
      token: cast.alice.credential,
      retry: { minDelayMs: 50, maxDelayMs: 100 },
    });
    let id = '';
    const uploading = client.assets.upload(
      { ...whole, slice },
      { onBegun: (begun) => (id = begun), ...options },
    );
    await expect(uploading).rejects.toMatchObject({ code: 'UPLOAD_FAILED' });
    const watched = (start: number, end: number): UploadSource => {
      sent.push(start);
      return whole.slice?.(start, end) ?? whole;
    };
    return { id, sent, source: { ...whole, slice: watched } };
  }
  const statusOf = async (id: string) =>
    (await rows<{ status: string }>(backends, 'select status from uploads where id = $1', [id]))[0]?.status;

  test('is let go', async () => {
    expect(await statusOf((await cutOff({})).id)).toBe('ABORTED');
  });

  test('is kept where that is wished for, and goes on where it was', async () => {
    const { id, sent, source } = await cutOff({ spaceId, keepWhenCutOff: true });
    expect(await statusOf(id)).toBe('OPEN');
    const begun: string[] = [];
    const onBegun = (uploadId: string) => begun.push(uploadId);
    const asset = await portal().assets.upload(source, { spaceId, resume: id, onBegun });
    expect(begun).toEqual([id]);
    expect(sent).not.toContain(0);
    expect(await scanned(cast.alice, asset)).toMatchObject({
      sha256: createHash('sha256').update(bigPdf()).digest('hex'),
    });
    expect((await portal().assets.upload(source, { spaceId, resume: id })).id).toBe(asset.id);
    await createPortalClient({ url: service.url, token: cast.admin.credential }).assets.purge(asset.id);
    expect((await portal().assets.upload(source, { spaceId, resume: id })).id).not.toBe(asset.id);
  });

  test('is let go by an abort, however far going on has come', async () => {
    const { id, source } = await cutOff({ spaceId, keepWhenCutOff: true });
    const stop = new AbortController();
    const uploading = portal().assets.upload(source, { spaceId, resume: id, signal: stop.signal });
    stop.abort();
    await expect(uploading).rejects.toMatchObject({ name: 'AbortError' });
    expect(await statusOf(id)).toBe('ABORTED');
  });

  test('goes on under a name that the service keeps otherwise', async () => {
    const filename = 'drafts/\u05d3\u05d5\u05d7\u200f\tof 2026.pdf';
    const { id, source } = await cutOff({ spaceId, filename, keepWhenCutOff: true });
    const begun: string[] = [];
    const onBegun = (uploadId: string) => begun.push(uploadId);
    const asset = await portal().assets.upload(source, { spaceId, filename, resume: id, onBegun });
    expect(begun).toEqual([id]);
    expect(asset.filename).toBe('\u05d3\u05d5\u05d7of 2026.pdf');
  });

  test('is let go and begun anew for another file, and when nobody knows it', async () => {
    const { id } = await cutOff({ spaceId, keepWhenCutOff: true });
    for (const resume of [id, 'unheard-of']) {
      const begun: string[] = [];
      await portal().assets.upload(image(), { resume, onBegun: (uploadId) => begun.push(uploadId) });
      expect(begun).toEqual([expect.not.stringContaining(resume)]);
      expect(await statusOf(id)).toBe('ABORTED');
    }
  });
});

test('one file that was complete, and not handed over yet with others that the prompt takes, is by going on', async () => {
  const { id } = await request(cast.agent, { maxFiles: 3 });
  const upload = await begin(cast.alice, id, fileOf(pdf()));
  await put(upload, pdf());
  const { id: assetId } = await complete(cast.alice, upload.id);
  const file = new File([new Uint8Array(pdf())], 'plan.pdf', { type: 'application/pdf' });
  for (let times = 0; times < 2; times += 1) {
    expect((await portal().answer(id, file, { resume: upload.id })).id).toBe(assetId);
    expect(await awaitResult(cast.agent, id)).toMatchObject({
      outcome: 'UPLOADED',
      assets: [{ id: assetId }],
    });
  }
});

test('what the service refuses is told by its code', async () => {
  const { assets } = agent();
  await expect(assets.store({ executionId: '', file: image() })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    extensions: { field: 'execution.executionId' },
  });
  await expect(assets.upload(image(), { spaceId: 'nothing' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

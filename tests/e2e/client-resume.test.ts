import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPortalClient, type UploadFileOptions, type UploadSource } from '../../src/client/index.js';
import { fileFromPath } from '../../src/client/node.js';
import { seedCast, type Cast } from '../support/cast.js';
import { awaitResult, begin, complete, fileOf, pdf, put, request, scanned } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import { bigPdf, partsEnv } from '../support/parts.js';
import { chart } from '../support/replacing.js';
import type { TestBackends, TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace } from '../support/space-rows.js';
import { rows } from '../support/state.js';

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

const portal = () => createPortalClient({ url: service.url, token: cast.alice.credential });
const image = () => new File([new Uint8Array(chart)], 'chart.png', { type: 'image/png' });

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

  test('is passed over where it is of another place, and is not let go', async () => {
    const { id, source } = await cutOff({ spaceId, keepWhenCutOff: true });
    const folderId = await givenFolder(backends, { id: spaceId }, 'elsewhere');
    const elsewhere = (await givenSpace(backends, 'Elsewhere')).id;
    const replaced = await portal().assets.upload(image(), { spaceId });
    const begun: string[] = [];
    const onBegun = (uploadId: string) => begun.push(uploadId);
    const places = [{ spaceId: elsewhere }, { spaceId, folderId }, { replaceAssetId: replaced.id }];
    for (const place of places) await portal().assets.upload(source, { ...place, resume: id, onBegun });
    await portal().assets.store({ executionId: 'run-5', file: source, resume: id, onBegun });
    expect(begun).toHaveLength(4);
    expect(begun).not.toContain(id);
    expect(await statusOf(id)).toBe('OPEN');
    const again: string[] = [];
    // Where no space is said, it is the Default one.
    await portal().assets.upload(source, { resume: id, onBegun: (uploadId) => again.push(uploadId) });
    expect(again).toEqual([id]);
  });

  test('goes on to the asset that it replaces, in whichever space that is', async () => {
    const elsewhere = (await givenSpace(backends, 'Replacing')).id;
    const replaced = await portal().assets.upload(image(), { spaceId: elsewhere });
    const { id, source } = await cutOff({ replaceAssetId: replaced.id, keepWhenCutOff: true });
    const begun: string[] = [];
    const asset = await portal().assets.upload(source, {
      replaceAssetId: replaced.id,
      resume: id,
      onBegun: (uploadId) => begun.push(uploadId),
    });
    expect([begun, asset.id]).toEqual([[id], replaced.id]);
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

test('what was complete for one place, or one prompt, is the answer to no other', async () => {
  let upload = '';
  const onBegun = (id: string) => (upload = id);
  const asset = await portal().assets.upload(image(), { spaceId, onBegun });
  const another = new File([new Uint8Array(pdf())], 'plan.pdf', { type: 'application/pdf' });
  const stored = await portal().assets.upload(another, { spaceId, resume: upload });
  expect(stored).toMatchObject({ filename: 'plan.pdf' });
  expect((await portal().assets.upload(image(), { spaceId, resume: upload })).id).toBe(asset.id);

  const [first, second] = [await request(cast.agent), await request(cast.agent)];
  const answered = await portal().answer(first.id, another, { onBegun });
  expect((await portal().answer(second.id, another, { resume: upload })).id).not.toBe(answered.id);
  expect((await portal().answer(first.id, another, { resume: upload })).id).toBe(answered.id);
  const third = await request(cast.agent);
  const waiting = await begin(cast.alice, third.id, fileOf(pdf()));
  const fourth = await request(cast.agent);
  await portal().answer(fourth.id, another, { resume: waiting.id });
  expect(await awaitResult(cast.agent, fourth.id)).toMatchObject({ outcome: 'UPLOADED' });
  expect(await portal().prompt(third.id)).toMatchObject({ status: 'UPLOADING' });
});

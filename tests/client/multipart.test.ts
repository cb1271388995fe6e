import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  createPauseSwitch,
  createPortalClient,
  type AnswerOptions,
  type UploadProgress,
} from '../../src/client/index.js';
import { fileFromPath, fileFromStream } from '../../src/client/node.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';
import { fakeAsset, type FakeUpload } from './support/fake-state.js';
import { startFakeStorage } from './support/fake-storage.js';

let service: FakeService;
let storage: Awaited<ReturnType<typeof startFakeStorage>>;
let folder: string;
let path: string;

/** Ten parts, the last of them small; no two alike. */
const partSizeBytes = 1000;
const bytes = Buffer.from(Array.from({ length: 9100 }, (_, index) => (index * 7 + (index >> 8)) % 256));
const everyPart = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

beforeEach(async () => {
  [service, storage] = await Promise.all([startFakeService(), startFakeStorage()]);
  Object.assign(service.settings, { storageUrl: storage.url, partSizeBytes });
  service.state.open();
  folder = await mkdtemp(join(tmpdir(), 'askfile-client-'));
  path = join(folder, 'plan.pdf');
  await writeFile(path, bytes);
});
afterEach(async () => {
  await Promise.all([service.close(), storage.close(), rm(folder, { recursive: true })]);
});

const portal = () =>
  createPortalClient({ url: service.url, token: 'jwt', retry: { minDelayMs: 2, maxDelayMs: 20 } });
const answer = async (options?: AnswerOptions) =>
  portal().answer('prompt-1', await fileFromPath(path), options);
const partOf = (url = '') => Number(/\/(\d+)\?/.exec(url)?.[1]);
const signedParts = () =>
  service.callsOf('PresignUploadParts').map(({ variables }) => variables['partNumbers'] as number[]);
const promptStatus = () => service.state.get('prompt-1').status;

/** Each part has come as it was cut, the last time that it came. */
function expectWhole(parts: readonly number[] = everyPart): void {
  const last = new Map(storage.puts.map((sent) => [partOf(sent.url), sent]));
  expect([...last.keys()].sort((a, b) => a - b)).toEqual(parts);
  for (const [part, { body, headers }] of last) {
    const expected = bytes.subarray((part - 1) * partSizeBytes, part * partSizeBytes);
    expect(body.equals(expected)).toBe(true);
    expect(headers['content-length']).toBe(String(expected.length));
    expect(headers['content-type']).toBeUndefined();
  }
}

test.each(['a path', 'a File', 'a stream', 'a stream that can be opened anywhere'])(
  'a large file goes in parts: %s',
  async (kind) => {
    const named = { filename: 'plan.pdf', sizeBytes: bytes.length };
    const open = () => Readable.from([bytes.subarray(0, 1500), bytes.subarray(1500)]);
    const openRange = (start: number, end: number) => Readable.from([bytes.subarray(start, end)]);
    const file =
      kind === 'a path'
        ? await fileFromPath(path)
        : kind === 'a File'
          ? new File([bytes], 'plan.pdf', { type: 'application/pdf' })
          : fileFromStream(open, kind === 'a stream' ? named : { ...named, openRange });
    const progress: UploadProgress[] = [];
    const begun: string[] = [];
    const asset = await portal().answer('prompt-1', file, {
      onProgress: (step) => progress.push(step),
      onBegun: (id) => begun.push(id),
    });
    expect(asset.id).toBe('asset-1');
    expect(storage.puts).toHaveLength(10);
    expectWhole();
    // Signed a few at a time, for the sake of the lease.
    expect(signedParts()).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], expect.arrayContaining([9, 10])]);
    expect(begun).toEqual(['upload-of-prompt-1']);
    expect(progress[0]).toEqual({ sentBytes: 0, totalBytes: bytes.length });
    expect(progress.at(-1)).toEqual({ sentBytes: bytes.length, totalBytes: bytes.length });
  },
);

test('four parts are on their way at once', async () => {
  storage.answerWith('hang', 'hang', 'hang', 'hang');
  const abort = new AbortController();
  const answered = answer({ signal: abort.signal });
  answered.catch(() => {});
  await until(() => storage.puts.length === 4);
  expect(storage.puts.map(({ url }) => partOf(url)).sort()).toEqual([1, 2, 3, 4]);
  abort.abort();
  await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
  expect(storage.puts).toHaveLength(4);
  expect(service.callsOf('AbortUpload')).toHaveLength(1);
  expect(promptStatus()).toBe('PENDING');
});

test('a part that fails is tried again by itself, with a request signed anew', async () => {
  storage.answerWith(503, 'drop', 403, 500);
  await answer();
  expectWhole();
  expect(signedParts().length).toBeGreaterThan(2);
});

test('after five attempts at one part it gives up, and the prompt is open again', async () => {
  storage.answerWith(...Array<number>(40).fill(503));
  await expect(answer()).rejects.toMatchObject({ code: 'UPLOAD_FAILED', extensions: { status: 503 } });
  expect(promptStatus()).toBe('PENDING');
});

test('a request whose time is over is not used', async () => {
  service.settings.partLifetimeMs = 1000;
  await answer();
  expectWhole();
  // Each part by itself: what was signed along with it is over when its turn comes.
  expect(signedParts().length).toBeGreaterThanOrEqual(7);
});

test('signing is tried again while the service is away; what it refuses ends the upload', async () => {
  service.fail('PresignUploadParts', 'drop', 503, { code: 'STORAGE_UNAVAILABLE' });
  await answer();
  expectWhole();
  service.state.change('prompt-1', { status: 'PENDING' });
  service.fail('PresignUploadParts', { code: 'UPLOAD_NOT_FOUND' });
  await expect(answer()).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
});

test('a pause cuts off what is on its way and keeps the upload; then it goes on where it was', async () => {
  const pause = createPauseSwitch();
  storage.answerWith(200, 200, 'hang', 'hang', 'hang', 'hang');
  let told: UploadProgress | undefined;
  const answered = answer({ pause, onProgress: (step) => (told = step) });
  await until(() => storage.puts.length === 6);
  const arrived = storage.puts.slice(0, 2).map(({ url }) => partOf(url));
  const before = signedParts().length;
  pause.pause();
  expect(pause.paused).toBe(true);
  await until(() => signedParts().length === before + 1);
  expect(storage.puts).toHaveLength(6);
  pause.resume();
  await answered;
  expectWhole();
  const again = storage.puts.slice(6).map(({ url }) => partOf(url));
  for (const part of arrived) expect(again).not.toContain(part);
  expect(told).toEqual({ sentBytes: bytes.length, totalBytes: bytes.length });
});

test('a paused upload may be aborted, and ends when the service says that it has', async () => {
  const pause = createPauseSwitch();
  pause.pause();
  const abort = new AbortController();
  const aborted = answer({ pause, signal: abort.signal });
  aborted.catch(() => {});
  await until(() => service.callsOf('BeginPromptUpload').length === 1);
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  service.fail('PresignUploadParts', { code: 'PROMPT_ALREADY_RESOLVED', extensions: { outcome: 'TIMEOUT' } });
  await expect(answer({ pause })).rejects.toMatchObject({ extensions: { outcome: 'TIMEOUT' } });
  expect(storage.puts).toHaveLength(0);
});

test('a small file is sent anew after a pause', async () => {
  service.settings.partSizeBytes = 1_000_000;
  const pause = createPauseSwitch();
  storage.answerWith('hang');
  const answered = answer({ pause });
  await until(() => storage.puts.length === 1);
  pause.pause();
  pause.resume();
  await answered;
  expect(storage.puts.at(-1)?.body.equals(bytes)).toBe(true);
});

describe('after a restart', () => {
  const withParts = (uploadedParts: number[]) => ({ partSizeBytes, partCount: 10, uploadedParts });

  /** An upload that was cut off, and its program with it. */
  function begun(given: Partial<FakeUpload> = {}): string {
    const id = 'upload-of-prompt-1';
    service.state.change('prompt-1', { status: 'UPLOADING' });
    service.state.uploads.set(id, {
      id,
      promptId: 'prompt-1',
      status: 'OPEN',
      filename: 'plan.pdf',
      sizeBytes: bytes.length,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      request: null,
      multipart: withParts([2, 5, 6]),
      asset: null,
      ...given,
    });
    return id;
  }

  test('an upload goes on with the parts that have not arrived', async () => {
    const progress: number[] = [];
    await answer({ resume: begun(), onProgress: ({ sentBytes }) => progress.push(sentBytes) });
    expect(service.callsOf('BeginPromptUpload')).toHaveLength(0);
    expectWhole([1, 3, 4, 7, 8, 9, 10]);
    expect(progress[0]).toBe(3000);
    expect(progress.at(-1)).toBe(bytes.length);
    expect(promptStatus()).toBe('UPLOADED');
  });

  test('one whose parts are all there is only completed', async () => {
    await answer({ resume: begun({ multipart: withParts(everyPart) }) });
    expect(storage.puts).toHaveLength(0);
    expect(service.callsOf('CompleteUpload')).toHaveLength(1);
  });

  test('one that was completed gives its asset', async () => {
    const id = begun({ status: 'COMPLETED', asset: fakeAsset('asset-9') });
    expect(await answer({ resume: id })).toMatchObject({ id: 'asset-9' });
    expect(service.calls).toHaveLength(1);
  });

  test.each<Partial<FakeUpload>>([
    { status: 'EXPIRED' },
    { sizeBytes: 4 },
    { filename: 'other.pdf' },
    { promptId: 'prompt-2' },
    { status: 'COMPLETED', asset: fakeAsset('asset-9'), sizeBytes: 4 },
    { status: 'COMPLETED', asset: fakeAsset('asset-9'), filename: 'other.pdf' },
    { status: 'COMPLETED', asset: fakeAsset('asset-9'), promptId: 'prompt-2' },
  ])(
    'one that has ended without a file, or was of another file or another prompt, is begun anew: %j',
    async (given) => {
      await answer({ resume: begun(given) });
      expect(service.callsOf('BeginPromptUpload')).toHaveLength(1);
      expectWhole();
    },
  );

  test('one that nobody knows any more is begun anew', async () => {
    await answer({ resume: 'none' });
    expectWhole();
  });
});

test('a file that became shorter or longer is not sent as if it had not', async () => {
  const source = await fileFromPath(path);
  await truncate(path, 5000);
  await expect(portal().answer('prompt-1', source)).rejects.toThrow(/no longer has the 9100 bytes/);
  await writeFile(path, Buffer.concat([bytes, bytes]));
  await expect(portal().answer('prompt-1', source)).rejects.toThrow(/no longer has the 9100 bytes/);
});

test('a source that cannot be cut is told so', async () => {
  const { slice: _, ...uncut } = await fileFromPath(path);
  await expect(portal().answer('prompt-1', uncut)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(promptStatus()).toBe('PENDING');
});

test('of several files each goes in parts, and a pause stops all of them', async () => {
  service.state.open({ id: 'several', minFiles: 2, maxFiles: 3 });
  const pause = createPauseSwitch();
  pause.pause();
  const progress: UploadProgress[] = [];
  const files = await Promise.all([path, path].map((each) => fileFromPath(each)));
  const answered = portal().answer('several', files, { pause, onProgress: (step) => progress.push(step) });
  answered.catch(() => {});
  await until(() => service.callsOf('BeginPromptUpload').length === 2);
  expect(storage.puts).toHaveLength(0);
  pause.resume();
  const assets = await answered;
  expect(storage.puts).toHaveLength(2 * everyPart.length);
  expectWhole();
  expect(progress.at(-1)).toEqual({ sentBytes: 2 * bytes.length, totalBytes: 2 * bytes.length });
  expect(service.state.get('several').assets.map(({ id }) => id)).toEqual(assets.map(({ id }) => id));
});

test.each([{ resume: 'upload-of-prompt-1' }, { onBegun: () => {} }])(
  'what is for one file is refused for a list: %p',
  async (options: object) => {
    const files = [await fileFromPath(path)];
    await expect(portal().answer('prompt-1', files, options)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect(service.calls).toHaveLength(0);
  },
);

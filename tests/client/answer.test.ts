import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createPortalClient, type UploadProgress } from '../../src/client/index.js';
import { fileFromPath, fileFromStream } from '../../src/client/node.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';
import { startFakeStorage } from './support/fake-storage.js';

let service: FakeService;
let storage: Awaited<ReturnType<typeof startFakeStorage>>;
let folder: string;
beforeEach(async () => {
  [service, storage] = await Promise.all([startFakeService(), startFakeStorage()]);
  service.settings.storageUrl = storage.url;
  service.state.open();
  folder = await mkdtemp(join(tmpdir(), 'askfile-client-'));
});
afterEach(async () => {
  await Promise.all([service.close(), storage.close(), rm(folder, { recursive: true })]);
});

const makePortal = () =>
  createPortalClient({ url: service.url, token: 'jwt', retry: { minDelayMs: 2, maxDelayMs: 20 } });

async function makeFile(name: string, sizeBytes: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.alloc(sizeBytes, 'x'));
  return path;
}

const promptStatus = () => service.state.get('prompt-1').status;

test('a file of the file system is put as it is, with exactly the headers that were signed', async () => {
  const path = await makeFile('plan.pdf', 300_000);
  const progress: UploadProgress[] = [];
  const asset = await makePortal().answer('prompt-1', await fileFromPath(path), {
    onProgress: (step) => progress.push(step),
    takeOver: true,
    description: 'the newest',
  });
  expect(asset.id).toBe('asset-1');
  expect(promptStatus()).toBe('UPLOADED');
  expect(service.callsOf('BeginPromptUpload')[0]?.variables).toEqual({
    promptId: 'prompt-1',
    takeOver: true,
    file: {
      filename: 'plan.pdf',
      mimeType: 'application/pdf',
      sizeBytes: 300_000,
      description: 'the newest',
    },
  });
  const [sent] = storage.puts;
  expect(sent).toMatchObject({ method: 'PUT', url: '/staging/1?signature=secret' });
  expect(sent?.headers).toMatchObject({ 'content-type': 'application/pdf', 'content-length': '300000' });
  expect(sent?.headers['transfer-encoding']).toBeUndefined();
  expect(sent?.body.equals(Buffer.alloc(300_000, 'x'))).toBe(true);
  expect(progress[0]).toEqual({ sentBytes: 0, totalBytes: 300_000 });
  expect(progress.at(-1)).toEqual({ sentBytes: 300_000, totalBytes: 300_000 });
  expect(progress.length).toBeGreaterThan(3);
});

test('a File says itself what it is; a Blob needs a name', async () => {
  const portal = makePortal();
  await expect(portal.answer('prompt-1', new Blob(['data']))).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
  });
  await portal.answer('prompt-1', new File(['data'], 'photo.png', { type: 'image/png' }));
  service.state.open();
  await portal.answer('prompt-2', new Blob(['data']), { filename: 'notes.TXT' });
  expect(storage.puts.map(({ headers }) => headers['content-type'])).toEqual(['image/png', 'text/plain']);
  expect(storage.puts.map(({ headers }) => headers['content-length'])).toEqual(['4', '4']);
});

test.each(['a stream', 'a Blob'])('%s is put again after storage failed for a while', async (kind) => {
  storage.answerWith(503, 'drop', 500, 429);
  const bytes = Buffer.alloc(200_000, 'y');
  let opened = 0;
  const open = () => {
    opened += 1;
    return Readable.from([bytes]);
  };
  const file =
    kind === 'a stream'
      ? fileFromStream(open, { filename: 'plan.pdf', sizeBytes: bytes.length })
      : new File([bytes], 'plan.pdf', { type: 'application/pdf' });
  await makePortal().answer('prompt-1', file);
  expect(storage.puts.at(-1)?.body.equals(bytes)).toBe(true);
  expect(new Set(storage.puts.map(({ url }) => url)).size).toBe(1);
  if (kind === 'a stream') expect(opened).toBe(5);
});

test('after five attempts it gives up, and the prompt is open again', async () => {
  storage.answerWith(503, 503, 503, 503, 503, 503);
  const path = await makeFile('plan.pdf', 10);
  const error: unknown = await makePortal()
    .answer('prompt-1', await fileFromPath(path))
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UPLOAD_FAILED', extensions: { status: 503 } });
  expect(storage.puts).toHaveLength(5);
  expect(promptStatus()).toBe('PENDING');
});

test('a refusal of storage is final, and tells neither URL nor key', async () => {
  storage.answerWith(403);
  const path = await makeFile('plan.pdf', 10);
  const error: unknown = await makePortal()
    .answer('prompt-1', await fileFromPath(path))
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UPLOAD_FAILED', extensions: { status: 403 } });
  expect(JSON.stringify({ ...(error as Error), message: String(error) })).not.toMatch(/signature|secret/);
  expect(storage.puts).toHaveLength(1);
  expect(promptStatus()).toBe('PENDING');
});

test.each([1_000_000, 3])(
  'the bytes of a File go by the fetch that was given: parts from %d bytes',
  async (partSizeBytes) => {
    service.settings.partSizeBytes = partSizeBytes;
    const methods: (string | undefined)[] = [];
    const counting: typeof fetch = (url, init) => {
      if (typeof url === 'string' && url.startsWith(storage.url)) methods.push(init?.method);
      return fetch(url, init);
    };
    const portal = createPortalClient({ url: service.url, token: 'jwt', fetch: counting });
    await portal.answer('prompt-1', new File(['data'], 'photo.png', { type: 'image/png' }));
    expect(methods).toEqual(storage.puts.map(() => 'PUT'));
    expect(methods).toHaveLength(partSizeBytes > 4 ? 1 : 2);
  },
);

test('completing is repeated when its answer was lost', async () => {
  service.fail('CompleteUpload', 'drop', { code: 'STORAGE_UNAVAILABLE' });
  const path = await makeFile('plan.pdf', 10);
  expect(await makePortal().answer('prompt-1', await fileFromPath(path))).toMatchObject({ id: 'asset-1' });
  expect(storage.puts).toHaveLength(1);
});

test.each(['UPLOAD_MISMATCH', 'PROMPT_ALREADY_RESOLVED'])(
  'a refused completion is told: %s',
  async (code) => {
    service.fail('CompleteUpload', { code, extensions: { outcome: 'TIMEOUT' } });
    const path = await makeFile('plan.pdf', 10);
    await expect(makePortal().answer('prompt-1', await fileFromPath(path))).rejects.toMatchObject({
      code,
      extensions: { outcome: 'TIMEOUT' },
    });
  },
);

test('a file that became shorter or longer is not sent as if it had not', async () => {
  const path = await makeFile('plan.pdf', 100);
  const source = await fileFromPath(path);
  await truncate(path, 50);
  await expect(makePortal().answer('prompt-1', source)).rejects.toThrow(/no longer has the 100 bytes/);
  await writeFile(path, Buffer.alloc(150));
  await expect(makePortal().answer('prompt-1', source)).rejects.toThrow(/no longer has the 100 bytes/);
  await rm(path);
  await expect(makePortal().answer('prompt-1', source)).rejects.toThrow(/can't be read/);
  expect(storage.puts).toHaveLength(0);
});

test('what is no file is refused before anything is asked', async () => {
  await expect(fileFromPath(folder)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  await expect(fileFromPath(join(folder, 'none.pdf'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each(['while the bytes are sent', 'while the upload is begun'])(
  'an abort lets go: %s',
  async (moment) => {
    storage.answerWith('hang');
    const abort = new AbortController();
    const path = await makeFile('plan.pdf', 10);
    const answered = makePortal().answer('prompt-1', await fileFromPath(path), { signal: abort.signal });
    answered.catch(() => {});
    const isBegun = () => service.callsOf('BeginPromptUpload').length === 1;
    await until(() => (moment.endsWith('sent') ? storage.puts.length === 1 : isBegun()));
    abort.abort();
    await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
    expect(service.callsOf('AbortUpload')).toHaveLength(1);
    expect(promptStatus()).toBe('PENDING');
  },
);

test('an abort lets go also through a short outage', async () => {
  service.fail('AbortUpload', 503, 502);
  const abort = new AbortController();
  const path = await makeFile('plan.pdf', 10);
  const answered = makePortal().answer('prompt-1', await fileFromPath(path), {
    signal: abort.signal,
    onBegun: () => abort.abort(),
  });
  await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
  expect(promptStatus()).toBe('PENDING');
});

test('a progress listener that throws ends the upload like an abort', async () => {
  const path = await makeFile('plan.pdf', 10);
  const onProgress = () => {
    throw new Error('my own fault');
  };
  await expect(makePortal().answer('prompt-1', await fileFromPath(path), { onProgress })).rejects.toThrow(
    'my own fault',
  );
  expect(promptStatus()).toBe('PENDING');
});

describe('in a browser', () => {
  const given = Object.getOwnPropertyDescriptor(globalThis, 'XMLHttpRequest');
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
    if (given) Object.defineProperty(globalThis, 'XMLHttpRequest', given);
  });

  test('bytes go by XMLHttpRequest, which tells progress and sets the length itself', async () => {
    const headers: Record<string, string> = {};
    const bodies: unknown[] = [];
    let attempts = 0;
    class FakeXhr {
      upload: { onprogress?: (event: { loaded: number }) => void } = {};
      status = 200;
      onload?: () => void;
      onerror?: () => void;
      onloadend?: () => void;
      open() {}
      abort() {}
      setRequestHeader(name: string, value: string) {
        headers[name] = value;
      }
      send(body: unknown) {
        bodies.push(body);
        attempts += 1;
        this.upload.onprogress?.({ loaded: 2 });
        if (attempts === 1) this.onerror?.();
        else this.onload?.();
        this.onloadend?.();
      }
    }
    Object.defineProperty(globalThis, 'XMLHttpRequest', { value: FakeXhr, configurable: true });
    const sent: number[] = [];
    const file = new File(['data'], 'photo.png', { type: 'image/png' });
    await makePortal().answer('prompt-1', file, { onProgress: ({ sentBytes }) => sent.push(sentBytes) });
    expect(headers).toEqual({ 'content-type': 'image/png' });
    expect(bodies).toEqual([file, file]);
    expect(sent).toEqual([0, 2, 0, 2, 4]);
  });
});

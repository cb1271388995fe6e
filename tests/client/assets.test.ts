import { createAgentClient, createPortalClient, type ListAssetsOptions } from '../../src/client/index.js';
import { startFakeService, type FakeService } from './support/fake-service.js';

let service: FakeService;
beforeEach(async () => {
  service = await startFakeService();
});
afterEach(() => service.close());

const makeAssets = () =>
  createAgentClient({ url: service.url, appKey: 'ak_1', retry: { minDelayMs: 2, maxDelayMs: 20 } }).assets;

test('listing walks through all pages, each fetched when it is needed', async () => {
  const ids: string[] = [];
  for await (const { id } of makeAssets().list({
    userId: 'alice',
    mimeType: 'application/pdf',
    pageSize: 2,
  })) {
    if (ids.length === 2) expect(service.calls).toHaveLength(2);
    ids.push(id);
  }
  expect(ids).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(service.calls.map(({ variables }) => variables['after'])).toEqual([null, 'b', 'd']);
  expect(service.calls[0]?.variables).toMatchObject({
    userId: 'alice',
    mimeType: 'application/pdf',
    first: 2,
  });
});

test.each<[ListAssetsOptions | undefined, object]>([
  [undefined, {}],
  [{ type: 'image' }, { type: 'IMAGE' }],
  [
    { type: 'VIDEO', provider: 'fal' },
    { type: 'VIDEO', provider: 'fal' },
  ],
  [{ executionId: 'run-1' }, { executionId: 'run-1' }],
  [
    { createdAfter: new Date(0), createdBefore: '2026-01-01T00:00:00Z' },
    { createdAfter: '1970-01-01T00:00:00.000Z', createdBefore: '2026-01-01T00:00:00Z' },
  ],
])('listing %j is of the spaces', async (options, filter) => {
  const ids: string[] = [];
  const portal = createPortalClient({ url: service.url, token: 'jwt' });
  for await (const { id } of portal.assets.list(options)) ids.push(id);
  expect(ids).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(service.calls).toMatchObject([{ name: 'Assets', variables: { filter, first: 20, after: null } }]);
});

test('listing the spaces goes page by page, too, in the order that is asked for', async () => {
  const pages = makeAssets().list({ search: 'plan', orderBy: 'NAME', pageSize: 3 });
  expect(await pages.next()).toMatchObject({ value: { id: 'a' } });
  expect(service.calls).toHaveLength(1);
  const rest: string[] = [];
  for await (const { id } of pages) rest.push(id);
  expect(rest).toEqual(['b', 'c', 'd', 'e']);
  expect(service.calls.map(({ variables }) => variables)).toEqual(
    [null, 'c'].map((after) => ({ filter: { search: 'plan' }, orderBy: 'NAME', first: 3, after })),
  );
});

test.each([
  { userId: 'alice', type: 'image' },
  { agentUrn: 'urn:agent:buno' },
  { userId: 'alice', search: 'plan', orderBy: 'LARGEST' },
] as const)('listing %j is of a memory', async (options) => {
  const portal = createPortalClient({ url: service.url, token: 'jwt' });
  expect(await portal.assets.list(options).next()).toMatchObject({ value: { id: 'a' } });
  expect(service.calls[0]).toMatchObject({
    name: 'AgentAssets',
    variables: { ...options, ...('type' in options && { type: 'IMAGE' }) },
  });
});

test.each(['spaceId', 'provider', 'createdAfter', 'mimetype'])(
  'a filter that memories do not have is refused before anything is asked: %s',
  async (field) => {
    const options = { userId: 'alice', search: 'plan', folderId: undefined, [field]: 'x' } as never; // As a program without types may pass it.
    await expect(makeAssets().list(options).next()).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      extensions: { field },
    });
    expect(service.calls).toHaveLength(0);
  },
);

test('listing ends with its signal', async () => {
  const stop = new AbortController();
  const pages = makeAssets().list({ pageSize: 1, signal: stop.signal });
  await pages.next();
  stop.abort(new Error('enough'));
  await expect(pages.next()).rejects.toThrow('enough');
});

test('listing ends where the loop is left', async () => {
  for await (const { id } of makeAssets().list({ userId: 'alice', pageSize: 2 })) {
    if (id === 'a') break;
  }
  expect(service.calls).toHaveLength(1);
});

test('an asset is found by id or by URN, and is undefined where there is none', async () => {
  const assets = makeAssets();
  expect(await assets.get('a')).toMatchObject({ id: 'a' });
  expect(await assets.get('urn:memory:1:assets:a')).toBeDefined();
  expect(service.calls[1]?.variables).toEqual({ urn: 'urn:memory:1:assets:a' });
  expect(await assets.get('none')).toBeUndefined();
});

test('a download URL is waited for while the scan is pending', async () => {
  service.fail('CreateDownloadUrl', { code: 'SCAN_PENDING' }, { code: 'SCAN_PENDING' }, 503);
  expect(await makeAssets().getDownloadUrl('a', { ttlSeconds: 60 })).toMatchObject({
    url: 'https://storage.test/1',
  });
  expect(service.calls.at(-1)?.variables).toEqual({ assetId: 'a', ttlSeconds: 60 });
});

test('SCAN_PENDING is thrown at once when nobody wants to wait, SCAN_BLOCKED always', async () => {
  service.fail('CreateDownloadUrl', { code: 'SCAN_PENDING' }, { code: 'SCAN_BLOCKED' });
  const assets = makeAssets();
  await expect(assets.getDownloadUrl('a', { waitForScanSeconds: 0 })).rejects.toMatchObject({
    code: 'SCAN_PENDING',
  });
  await expect(assets.getDownloadUrl('a')).rejects.toMatchObject({ code: 'SCAN_BLOCKED' });
  expect(service.calls).toHaveLength(2);
});

test('one or several are deleted, also when the first answer is lost; restored; purged', async () => {
  service.fail('DeleteAssets', 'drop');
  const assets = makeAssets();
  expect(await assets.delete('a')).toMatchObject([{ id: 'a', deletedAt: expect.any(String) as unknown }]);
  expect(service.calls.map(({ variables }) => variables)).toEqual([{ ids: ['a'] }, { ids: ['a'] }]);
  expect(await assets.delete(['a', 'b'])).toMatchObject([{ id: 'a' }, { id: 'b' }]);
  expect(await assets.restore('a')).toMatchObject({ id: 'a', deletedAt: null });
  await assets.purge('a');
  expect(service.calls.at(-1)).toMatchObject({ name: 'PurgeAsset', variables: { id: 'a' } });
  service.fail('RestoreAsset', { code: 'ASSET_BYTES_GONE' });
  await expect(assets.restore('a')).rejects.toMatchObject({ code: 'ASSET_BYTES_GONE' });
});

describe('downloading', () => {
  /** A client whose bytes come from `answer`; GraphQL goes to the fake service. */
  const withBytes = (answer: () => Response) =>
    createAgentClient({
      url: service.url,
      appKey: 'ak_1',
      retry: { minDelayMs: 2, maxDelayMs: 20 },
      fetch: (input, init) =>
        input === 'https://storage.test/1' ? Promise.resolve(answer()) : fetch(input, init),
    }).assets;

  function collect() {
    const chunks: Uint8Array[] = [];
    let end: unknown;
    const stream = new WritableStream<Uint8Array>({
      write: (chunk) => void chunks.push(chunk),
      close: () => void (end = 'closed'),
      abort: (reason) => void (end = reason),
    });
    return { stream, text: () => Buffer.concat(chunks).toString(), end: () => end };
  }

  test('streams the bytes and closes', async () => {
    service.fail('CreateDownloadUrl', { code: 'SCAN_PENDING' });
    const to = collect();
    await withBytes(() => new Response('the bytes')).download('a', to.stream);
    expect([to.text(), to.end()]).toEqual(['the bytes', 'closed']);
  });

  test('a refusal, or bytes that are cut short, is DOWNLOAD_FAILED and aborts what is written to', async () => {
    const refused = collect();
    await expect(
      withBytes(() => new Response('', { status: 404 })).download('a', refused.stream),
    ).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', extensions: { status: 404 } });
    expect(refused.end()).toMatchObject({ code: 'DOWNLOAD_FAILED' });

    const cut = collect();
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('cut'));
      },
    });
    await expect(withBytes(() => new Response(broken)).download('a', cut.stream)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
    });
    expect(cut.end()).toMatchObject({ message: 'cut' });
  });

  test('what the service refuses is thrown as it is; an abort rejects with its reason', async () => {
    service.fail('CreateDownloadUrl', { code: 'SCAN_BLOCKED' });
    await expect(withBytes(() => new Response('')).download('a', collect().stream)).rejects.toMatchObject({
      code: 'SCAN_BLOCKED',
    });
    const stop = new AbortController();
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('x')),
    });
    const to = collect();
    const downloading = withBytes(() => {
      queueMicrotask(() => stop.abort(new Error('enough')));
      return new Response(endless);
    }).download('a', to.stream, { signal: stop.signal });
    await expect(downloading).rejects.toThrow('enough');
    expect(to.end()).toMatchObject({ message: 'enough' });
  });
});

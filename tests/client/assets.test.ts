import { createAgentClient } from '../../src/client/index.js';
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

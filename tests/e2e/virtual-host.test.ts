import { sendDirect, uploadDirect } from '../support/direct.js';
import {
  answer,
  complete,
  downloadMutation,
  fileOf,
  pdf,
  request,
  scanned,
  seedHeart,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { resolveLocalhost } from '../support/localhost.js';
import { askToComplete, beginParted, bigPdf, partsEnv, presign, sendParts } from '../support/parts.js';
import { chart, download, replace, replaced } from '../support/replacing.js';
import { testStores } from '../support/stores.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';

/** The bucket is the first label of the host: `askfile.localhost`. */
let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
let bucketHost: string;
let stopResolving: () => void;

beforeAll(async () => {
  stopResolving = resolveLocalhost();
  // A real server would need a wildcard name of its own.
  backends = await openBackends(testStores[0]);
  const endpoint = new URL(backends.store.config.endpoint);
  endpoint.hostname = 'localhost';
  bucketHost = `${backends.store.config.bucket}.${endpoint.host}`;
  service = await openService(backends, {
    env: { ...partsEnv, STORAGE_ENDPOINT: endpoint.origin, STORAGE_FORCE_PATH_STYLE: 'false' },
  });
  people = await seedHeart(service);
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
  stopResolving();
});

test('a prompt is answered, verified, scanned and downloaded', async () => {
  const { agent, alice } = people;
  const asset = await scanned(agent, await answer(alice, (await request(agent)).id));
  expect(asset).toMatchObject({ scanStatus: 'CLEAN' });
  const { createDownloadUrl } = await agent.get<{ createDownloadUrl: { url: string } }>(
    downloadMutation,
    asset,
  );
  const led = await fetch(createDownloadUrl.url, { redirect: 'manual' });
  const location = new URL(led.headers.get('location') ?? '');
  expect(location.host).toBe(bucketHost);
  expect(location.pathname).not.toContain(backends.store.config.bucket);
  expect(Buffer.from(await (await fetch(location)).arrayBuffer())).toEqual(pdf());
});

test('URLs to put bytes, whole and in parts, name the bucket in the host', async () => {
  const { agent, alice } = people;
  const spaceId = (await defaultSpace(backends)).id;
  const whole = await sendDirect(alice, { spaceId });
  expect(new URL(whole.request.url).host).toBe(bucketHost);
  await complete(alice, whole.id);

  const big = bigPdf();
  const parted = await beginParted(alice, (await request(agent)).id, fileOf(big));
  const [first] = await presign(alice, parted.id, 1);
  expect(new URL(first?.request.url ?? '').host).toBe(bucketHost);
  await sendParts(alice, parted.id, big, 1, 2, 3);
  const { data } = await askToComplete(alice, parted.id);
  expect(await scanned(agent, data?.completeUpload ?? { id: '' })).toMatchObject({ scanStatus: 'CLEAN' });
});

test('bytes are replaced, and stream through the service', async () => {
  const { admin, alice } = people;
  const spaceId = (await defaultSpace(backends)).id;
  const before = await scanned(alice, await uploadDirect(alice, { spaceId }));
  await replace(admin, spaceId, before.id);
  expect(await download(alice, await replaced(alice, before))).toEqual(chart);

  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bigPdf())], { type: 'application/pdf' }), 'plan.pdf');
  const headers = { authorization: `Bearer ${alice.credential}` };
  const stored = await fetch(`${service.url}/v1/assets`, { method: 'POST', headers, body: form });
  expect(stored.status).toBe(201);
});

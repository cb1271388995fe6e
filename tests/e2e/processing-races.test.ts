import { Readable } from 'node:stream';
import type { Adapters } from '../../src/adapters.js';
import { makeApp } from '../../src/app.js';
import { newId } from '../../src/core/ids.js';
import type { Extraction, Extractor } from '../../src/domains/processing/extractor.js';
import type { Api } from '../support/api.js';
import { uploadDirect } from '../support/direct.js';
import { scanned, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { getProcessing, processed, upload, whenRead } from '../support/processing.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { replace, replaced } from '../support/replacing.js';
import { sample } from '../support/samples.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';
import { listKeys, rows, runAllJobs } from '../support/state.js';
import { deleteAssets, isGone, purge, restore } from '../support/trash.js';
import { until } from '../support/until.js';

/** What the next reading of a file ends in. */
let outcome: () => Promise<Extraction>;
let readings = 0;
/** How often storage will refuse a thumbnail. */
let putFaults = 0;
let backends: TestBackends;
let service: TestService;
let people: { admin: Api; alice: Api; agent: Api };

const webp = sample('webp');
const done = (thumbnail: Buffer | null = webp): Extraction => ({
  status: 'DONE',
  extract: { text: 'words', isTextCut: false, width: 2, height: 1, durationSeconds: null, thumbnail },
});
const crashed: Extraction = { status: 'CRASHED', reason: 'The file made its reader fail.' };

/** A reader that does as the test says, in place of a child. */
const extractor: Extractor = {
  async extract(bytes) {
    bytes.destroy();
    readings += 1;
    return outcome();
  },
};

function refusePut(): Error {
  putFaults -= 1;
  return new Error('storage refuses');
}

/** What is to be read again is due now; nothing else is, such as the clean-up after a reading that is under way. */
async function hurryReading(): Promise<void> {
  await rows(
    backends,
    `update pgboss.job set start_after = now() where name = 'process-asset' and state in ('created', 'retry')`,
  );
}

/** Waits until it is told to go on. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, {
    env: { PROCESSING: 'true' },
    adapt: (adapters: Adapters) => ({
      ...adapters,
      extractor,
      objects: {
        ...adapters.objects,
        put: (input) => (putFaults > 0 ? Promise.reject(refusePut()) : adapters.objects.put(input)),
      },
    }),
  });
  people = await seedHeart(service);
});
beforeEach(() => {
  readings = 0;
  outcome = () => Promise.resolve(done());
});
afterEach(() => expectInvariants(backends));
afterAll(async () => {
  await service.close();
  await backends.close();
});

const png = () => upload(people, 'shot.png', 'image/png', sample('png'));

test('what kills its reader three times is FAILED, and can be downloaded all the same', async () => {
  outcome = () => Promise.resolve(crashed);
  const asset = await png();
  expect(await processed(people.alice, asset)).toMatchObject({
    status: 'FAILED',
    error: 'The file made its reader fail.',
    text: null,
    hasThumbnail: false,
  });
  expect(readings).toBe(3);
  expect(await scanned(people.alice, asset)).toMatchObject({ scanStatus: 'CLEAN' });
});

test('a reader that died once may succeed the next time', async () => {
  outcome = () => Promise.resolve(readings === 1 ? crashed : done());
  expect(await processed(people.alice, await png())).toMatchObject({ status: 'DONE', text: 'words' });
});

test('a file that cannot be read is FAILED at once', async () => {
  outcome = () => Promise.resolve({ status: 'FAILED', reason: 'The picture is damaged.' });
  expect(await processed(people.alice, await png())).toMatchObject({
    status: 'FAILED',
    error: 'The picture is damaged.',
  });
  expect(readings).toBe(1);
});

test('a fault that is not the file’s counts for nothing', async () => {
  let faults = 5;
  outcome = () => (faults-- > 0 ? Promise.reject(new Error('the disk is full')) : Promise.resolve(done()));
  const asset = await png();
  await scanned(people.alice, asset);
  await until(async () => {
    await hurryReading();
    return (await getProcessing(people.alice, asset)).status !== 'PENDING';
  });
  expect(await getProcessing(people.alice, asset)).toMatchObject({ status: 'DONE', error: null });
});

test('storage that takes no thumbnail for a while fails no file', async () => {
  putFaults = 4;
  const asset = await png();
  await scanned(people.alice, asset);
  await until(async () => {
    await hurryReading();
    return (await getProcessing(people.alice, asset)).status !== 'PENDING';
  });
  expect(putFaults).toBe(0);
  expect(await getProcessing(people.alice, asset)).toMatchObject({ status: 'DONE', hasThumbnail: true });
});

test('an asset that is purged takes its thumbnail with it', async () => {
  const asset = await png();
  await processed(people.alice, asset);
  const keysOf = async () => (await listKeys(service)).filter((key) => key.includes(asset.id));
  expect(await keysOf()).toHaveLength(2);
  await purge(people.alice, asset.id);
  expect(await keysOf()).toEqual([]);
});

test('an asset that is purged while it is read leaves no thumbnail', async () => {
  const { opened, open } = gate();
  outcome = () => opened.then(() => done());
  const asset = await png();
  await scanned(people.alice, asset);
  await until(() => readings === 1);
  await purge(people.alice, asset.id);
  open();
  await whenRead(backends);
  await runAllJobs(backends, service);
  expect(await isGone(backends, asset.id)).toBe(true);
  expect((await listKeys(service)).filter((key) => key.includes(asset.id))).toEqual([]);
});

test('an asset that went through the trash while it was read is as any other', async () => {
  const { opened, open } = gate();
  outcome = () => opened.then(() => done());
  const asset = await png();
  await scanned(people.alice, asset);
  await until(() => readings === 1);
  await deleteAssets(people.alice, asset.id);
  await restore(people.alice, asset.id);
  open();
  expect(await processed(people.alice, asset)).toMatchObject({ status: 'DONE', hasThumbnail: true });
});

test('bytes that were replaced meanwhile keep nothing of the ones before', async () => {
  const { opened, open } = gate();
  outcome = () => (readings === 1 ? opened.then(() => done()) : Promise.resolve(done(null)));
  const spaceId = (await defaultSpace(backends)).id;
  const file = { filename: 'shot.webp', mimeType: 'image/webp', sizeBytes: webp.length };
  const asset = await scanned(people.admin, await uploadDirect(people.admin, { spaceId, file }, webp));
  await until(() => readings === 1);
  await replace(people.admin, spaceId, asset.id);
  await replaced(people.admin, asset);
  open();
  expect(await processed(people.admin, asset)).toMatchObject({ status: 'DONE', hasThumbnail: false });
  await whenRead(backends);
  expect(readings).toBe(2);
  expect(await getProcessing(people.admin, asset)).toMatchObject({ status: 'DONE', hasThumbnail: false });
  await runAllJobs(backends, service);
  expect(
    (await listKeys(service)).filter((key) => key.endsWith('.thumbnail.webp') && key.includes(asset.id)),
  ).toEqual([]);
});

test('storage that lost a thumbnail is noticed, and one that nobody knows is deleted', async () => {
  const [asset, other] = [await png(), await png()];
  await processed(people.alice, asset);
  await processed(people.alice, other);
  const [thumbnail = ''] = (await listKeys(service)).filter(
    (key) => key.includes(asset.id) && key.endsWith('.thumbnail.webp'),
  );
  const orphan = thumbnail.replace(/\w{27}\.thumbnail/, `${newId()}.thumbnail`);
  await service.adapters.objects.put({ key: orphan, contentType: 'image/webp', body: Readable.from([webp]) });
  await service.adapters.objects.delete(thumbnail);
  const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  const findings = [];
  for await (const finding of app.reconcile({ apply: true, olderThanSeconds: -60 })) findings.push(finding);
  app.close();
  expect(findings).toEqual(
    [
      { kind: 'ORPHAN', key: orphan },
      { kind: 'MISSING', key: thumbnail },
    ].sort((a, b) => (a.key < b.key ? -1 : 1)),
  );
  expect(await getProcessing(people.alice, asset)).toMatchObject({ status: 'DONE', hasThumbnail: false });
  expect(await getProcessing(people.alice, other)).toMatchObject({ hasThumbnail: true });
});

test('what is processed again forgets what was known, and its thumbnail', async () => {
  const asset = await png();
  await processed(people.alice, asset);
  outcome = () => Promise.resolve(done(null));
  const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  expect(await app.reprocess({ type: 'VIDEO' })).toBe(0);
  expect(await app.reprocess({ since: new Date(Date.now() + 3_600_000) })).toBe(0);
  expect(await app.reprocess({ type: 'IMAGE', since: new Date(0) })).toBeGreaterThan(0);
  app.close();
  await whenRead(backends);
  await runAllJobs(backends, service);
  expect(await getProcessing(people.alice, asset)).toMatchObject({ status: 'DONE', hasThumbnail: false });
  expect((await listKeys(service)).filter((key) => key.includes(`${asset.id}.`))).toHaveLength(1);
});

test('where processing is off, nothing is processed again, and what is known stays', async () => {
  const asset = await png();
  const known = await processed(people.alice, asset);
  expect(known).toMatchObject({ status: 'DONE', hasThumbnail: true });
  const off = { ...service.config, processing: { ...service.config.processing, isOn: false } };
  const app = makeApp(off, service.adapters, makeRecordingLog(), () => service.url);
  await expect(app.reprocess({})).rejects.toThrow('PROCESSING is false');
  app.close();
  await runAllJobs(backends, service);
  expect(await getProcessing(people.alice, asset)).toEqual(known);
});

test('what is known of a file that is no longer of a kind that is looked into stays', async () => {
  const asset = await png();
  const known = await processed(people.alice, asset);
  await rows(backends, `update assets set mime_type = 'application/zip' where id = $1`, [asset.id]);
  const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  await app.reprocess({});
  app.close();
  await whenRead(backends);
  expect(await getProcessing(people.alice, asset)).toEqual(known);
});

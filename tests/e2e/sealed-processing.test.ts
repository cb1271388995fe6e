import { Readable } from 'node:stream';
import { makeApp, type App } from '../../src/app.js';
import type { Extraction, Extractor } from '../../src/domains/processing/extractor.js';
import type { Api } from '../support/api.js';
import { anotherDevice, newDownloadUrl, scanned, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import {
  downloadThumbnail,
  getProcessing,
  processed,
  thumbnailMutation,
  upload,
  whenRead,
  type ProcessingFields,
} from '../support/processing.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { sample } from '../support/samples.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { listKeys, rows, runAllJobs } from '../support/state.js';
import { deleteAssets, purge } from '../support/trash.js';
import { until } from '../support/until.js';
import { encrypt, forgetAttempts, givenMemory, lock, lockedMessage, unlock } from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
let people: { admin: Api; alice: Api; agent: Api };
let urn: string;
/** Whatever is read waits for this. */
let reading: Promise<void>;
let readings: number;
/** Recordings that were sent away. */
let sent: number;

const found: Extraction = {
  status: 'DONE',
  extract: {
    text: 'to my niece Cordelia',
    isTextCut: false,
    width: 2,
    height: 1,
    durationSeconds: 3,
    thumbnail: sample('webp'),
  },
};

/** Reads the same in every file, in place of a child. */
const extractor: Extractor = {
  async extract(bytes) {
    bytes.destroy();
    readings += 1;
    await reading;
    return found;
  },
};

const transcriber = {
  maxSizeBytes: 2 ** 20,
  transcribe(bytes: Readable) {
    bytes.destroy();
    sent += 1;
    return Promise.resolve('said to my niece');
  },
};

const nothing: ProcessingFields = {
  status: 'NONE',
  error: null,
  text: null,
  width: null,
  height: null,
  durationSeconds: null,
  hasThumbnail: false,
};
const whole = {
  ...nothing,
  status: 'DONE',
  text: 'to my niece Cordelia',
  ...{ width: 2, height: 1, durationSeconds: 3, hasThumbnail: true },
};
/** What there is of the same in an encrypted memory. */
const textless = { ...whole, text: null };

beforeEach(async () => {
  [reading, readings, sent] = [Promise.resolve(), 0, 0];
  backends = await openBackends();
  service = await openService(backends, {
    env: { PROCESSING: 'true' },
    adapt: (adapters) => ({ ...adapters, extractor, transcriber }),
  });
  people = await seedHeart(service);
  urn = await givenMemory(people);
});
afterEach(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

const givenPicture = () => upload(people, 'cordelia.png', 'image/png', sample('png'));
const texts = () => rows(backends, 'select asset_id as id from asset_texts');
const keysOf = async ({ id }: { id: string }) =>
  (await listKeys(service))
    .filter((key) => key.includes(id))
    .map((key) => ({ key, isThumbnail: key.endsWith('.thumbnail.webp') }));

/** Both by name and by what is written in them. */
async function search(by: Api): Promise<unknown[]> {
  const query = 'query($search: String!) { assets(filter: { search: $search }) { nodes { id } } }';
  const pages = await Promise.all(
    ['cordelia', 'niece'].map((word) => by.get<{ assets: { nodes: unknown[] } }>(query, { search: word })),
  );
  return pages.flatMap(({ assets }) => assets.nodes);
}

async function withApp<T>(work: (app: App) => Promise<T>): Promise<T> {
  const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  try {
    return await work(app);
  } finally {
    app.close();
  }
}

test('of what is put into an encrypted memory sizes and a thumbnail are kept, and no text', async () => {
  await encrypt(people.alice, urn);
  const picture = await givenPicture();
  expect(await processed(people.alice, picture)).toEqual(textless);
  expect(await getProcessing(people.agent, picture)).toEqual(textless);
  const thumbnail = await downloadThumbnail(people.alice, picture);
  expect(thumbnail.headers.get('content-disposition')).toBe('inline; filename=cordelia.png.webp');
  expect(Buffer.from(await thumbnail.arrayBuffer()).equals(sample('webp'))).toBe(true);
  expect(await texts()).toEqual([]);
  for (const by of [people.alice, people.admin]) expect(await search(by)).toEqual([]);
});

test('no recording in an encrypted memory is sent to be transcribed', async () => {
  const file = await givenPicture();
  await scanned(people.alice, file);
  // No prompt takes recordings: as if one had.
  await rows(backends, `update assets set mime_type = 'audio/wav'`);
  const readAgain = () => withApp((app) => app.reprocess({}));
  await until(async () => (await readAgain()) === 1);
  expect(await processed(people.alice, file)).toMatchObject({
    text: 'to my niece Cordelia\n\nsaid to my niece',
  });
  await encrypt(people.alice, urn);
  expect(await readAgain()).toBe(1);
  expect(await processed(people.alice, file)).toEqual(textless);
  expect(sent).toBe(1);
});

test('locked, nothing that was found out is shown, however often it is asked, and no thumbnail is served', async () => {
  await encrypt(people.alice, urn);
  const picture = await givenPicture();
  await processed(people.alice, picture);
  const { createDownloadUrl: link } = await people.alice.get<{ createDownloadUrl: { url: string } }>(
    thumbnailMutation,
    picture,
  );
  const elsewhere = await anotherDevice(people.alice);
  expect(await getProcessing(elsewhere, picture)).toEqual(nothing);
  await lock(people.alice, urn);
  const locked = { code: 'MEMORY_LOCKED', memoryUrn: urn };
  for (const by of [people.alice, people.agent, elsewhere]) {
    // Compiled after the second time.
    for (let time = 0; time < 4; time += 1) expect(await getProcessing(by, picture)).toEqual(nothing);
    expect(await by.refusal(thumbnailMutation, picture)).toEqual(locked);
  }
  const refused = await fetch(link.url);
  expect([refused.status, await refused.json()]).toEqual([
    423,
    { error: { ...locked, message: lockedMessage } },
  ]);
  await forgetAttempts(backends);
  await unlock(people.alice, urn);
  expect(await getProcessing(people.alice, picture)).toEqual(textless);
  expect((await fetch(link.url)).headers.get('content-type')).toBe('image/webp');
});

test('what was written in files goes when their memory is encrypted', async () => {
  const picture = await givenPicture();
  expect(await processed(people.alice, picture)).toEqual(whole);
  expect(await texts()).toEqual([{ id: picture.id }]);
  await encrypt(people.alice, urn);
  await until(async () => (await texts()).length === 0);
  expect(await getProcessing(people.alice, picture)).toEqual(textless);
  // Read once more, by work that has no password.
  await lock(people.alice, urn);
  expect(await withApp((app) => app.reprocess({}))).toBe(1);
  await whenRead(backends);
  await forgetAttempts(backends);
  await unlock(people.alice, urn);
  expect(await getProcessing(people.alice, picture)).toEqual(textless);
  expect(readings).toBe(2);
  expect(await texts()).toEqual([]);
});

test('of what is read while its memory is encrypted and sealed, no text is kept, and all else is', async () => {
  let open = () => {};
  reading = new Promise((resolve) => (open = resolve));
  const picture = await givenPicture();
  await scanned(people.alice, picture);
  await until(() => readings === 1);
  await encrypt(people.alice, urn);
  const isSealed = 'select from assets where key_version = 1';
  await until(async () => (await rows(backends, isSealed)).length === 1);
  open();
  expect(await processed(people.alice, picture)).toEqual(textless);
  expect(await texts()).toEqual([]);
});

test('whoever purges it, without the password, takes the thumbnail with it', async () => {
  await encrypt(people.alice, urn);
  const picture = await givenPicture();
  await processed(people.alice, picture);
  await lock(people.alice, urn);
  expect((await keysOf(picture)).map(({ isThumbnail }) => isThumbnail).sort()).toEqual([false, true]);
  await deleteAssets(people.alice, picture.id);
  await purge(people.alice, picture.id);
  expect(await keysOf(picture)).toEqual([]);
});

test('compared with storage, a thumbnail is not taken for the bytes that are known by their stem', async () => {
  await encrypt(people.alice, urn);
  const pictures = [await givenPicture(), await givenPicture()];
  for (const picture of pictures) await processed(people.alice, picture);
  await lock(people.alice, urn);
  await whenRead(backends);
  await runAllJobs(backends, service);
  const reconcile = () =>
    withApp(async (app) => {
      const findings = [];
      for await (const finding of app.reconcile({ apply: true, olderThanSeconds: -60 }))
        findings.push(finding);
      return findings;
    });
  expect(await reconcile()).toEqual([]);
  const [picture = { id: '' }] = pictures;
  const { key = '' } = (await keysOf(picture)).find(({ isThumbnail }) => !isThumbnail) ?? {};
  const stem = key.replace(/\.png$/, '');
  await service.adapters.objects.delete(key);
  expect(await reconcile()).toEqual([{ kind: 'MISSING', key: stem }]);
  const body = Readable.from([sample('png')]);
  await service.adapters.objects.put({ key, contentType: 'image/png', body });
  expect(await reconcile()).toEqual([{ kind: 'FOUND', key: stem }]);
  await forgetAttempts(backends);
  await unlock(people.alice, urn);
  const [other = { id: '' }] = pictures.slice(1);
  for (const { id } of [picture, other]) {
    expect(await getProcessing(people.alice, { id })).toEqual(textless);
    expect((await fetch(await newDownloadUrl(people.alice, { id }))).headers.get('content-type')).toBe(
      'image/png',
    );
  }
});

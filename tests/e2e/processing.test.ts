import sharp from 'sharp';
import type { Api } from '../support/api.js';
import { makePdf, pdfText } from '../support/documents.js';
import { seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import {
  downloadThumbnail,
  processed,
  processingFields,
  thumbnailMutation,
  upload,
} from '../support/processing.js';
import { eicar } from '../support/test-files.js';
import { deleteAssets, restore } from '../support/trash.js';
import { until } from '../support/until.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService;
let people: { admin: Api; alice: Api; agent: Api };

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROCESSING: 'true' } });
  people = await seedHeart(service);
});
afterEach(() => expectInvariants(backends));
afterAll(async () => {
  await service.close();
  await backends.close();
});

test('a document’s text is there for whoever asks for it', async () => {
  const bytes = makePdf([pdfText('Three quarters of a million')]);
  const asset = await upload(people, 'plan.pdf', 'application/pdf', bytes);
  for (const viewer of [people.alice, people.agent]) {
    expect(await processed(viewer, asset)).toEqual({
      status: 'DONE',
      error: null,
      text: 'Three quarters of a million',
      width: null,
      height: null,
      durationSeconds: null,
      hasThumbnail: true,
    });
  }
  const response = await downloadThumbnail(people.alice, asset);
  expect(response.headers.get('content-disposition')).toBe('inline; filename=plan.pdf.webp');
  const thumbnail = Buffer.from(await response.arrayBuffer());
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 396, height: 512 });
});

test('a photo has its size as it is shown, and a thumbnail without what the camera noted', async () => {
  const bytes = await sharp({ create: { width: 1200, height: 800, channels: 3, background: 'teal' } })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Make: 'Camera' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
    .jpeg()
    .toBuffer();
  expect(bytes.includes('Camera')).toBe(true);
  const asset = await upload(people, 'photo.jpg', 'image/jpeg', bytes);
  expect(await processed(people.alice, asset)).toMatchObject({
    status: 'DONE',
    width: 800,
    height: 1200,
    hasThumbnail: true,
  });
  const response = await downloadThumbnail(people.alice, asset);
  expect(response.headers.get('content-type')).toBe('image/webp');
  expect(response.headers.get('content-disposition')).toBe('inline; filename=photo.jpg.webp');
  const thumbnail = Buffer.from(await response.arrayBuffer());
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 341, height: 512 });
  expect((await sharp(thumbnail).metadata()).exif).toBeUndefined();
});

test('whoever may delete but not read gets no text, no size and no thumbnail', async () => {
  const asset = await upload(people, 'secret.txt', 'text/plain', Buffer.from('A secret plan'));
  expect(await processed(people.alice, asset)).toMatchObject({ text: 'A secret plan' });
  expect(await people.alice.refusal(thumbnailMutation, asset)).toEqual({ code: 'NOT_FOUND' });
  const mutation = `mutation($ids: [ID!]!) { deleteAssets(ids: $ids) { processing { ${processingFields} } } }`;
  expect(await people.admin.get(mutation, { ids: [asset.id] })).toEqual({
    deleteAssets: [
      {
        processing: {
          status: 'NONE',
          error: null,
          text: null,
          width: null,
          height: null,
          durationSeconds: null,
          hasThumbnail: false,
        },
      },
    ],
  });
});

test('what is blocked is not processed', async () => {
  const blocked = await upload(people, 'note.txt', 'text/plain', eicar);
  expect(await processed(people.alice, blocked)).toMatchObject({ status: 'NONE', text: null });
});

test('its followers are told of the verdict, and again when it was looked into', async () => {
  const first = await upload(people, 'first.txt', 'text/plain', Buffer.from('First'));
  const { asset: found } = await people.alice.get<{ asset: { memoryUrn: string } }>(
    'query($id: ID!) { asset(id: $id) { memoryUrn } }',
    first,
  );
  await processed(people.alice, first);
  const events = people.alice.subscribe<{ assetEvents: Record<string, unknown> }>(
    `subscription($urn: ID!) { assetEvents(memoryUrn: $urn) { kind asset { scanStatus processing { text } } } }`,
    { urn: found.memoryUrn },
  );
  // Nothing says when it listens: something else is done until that arrives.
  const seen: unknown[] = [];
  const listening = (async () => {
    for (;;) {
      const event = (await events.next())?.assetEvents;
      seen.push(event);
      const isLast = JSON.stringify(event).includes('Second');
      if (event === undefined || isLast) return;
    }
  })();
  await until(async () => {
    if (seen.length > 0) return true;
    await deleteAssets(people.alice, first.id);
    await restore(people.alice, first.id);
    return seen.length > 0;
  });
  const second = await upload(people, 'second.txt', 'text/plain', Buffer.from('Second'));
  await processed(people.alice, second);
  await listening;
  await events.close();
  expect(seen.at(-1)).toEqual({
    kind: 'UPDATED',
    asset: { scanStatus: 'CLEAN', processing: { text: 'Second' } },
  });
});

test('how many were looked into, how long it took and how many wait is told by kind', async () => {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/^askfile_processing_seconds_count\{kind="PDF"\} [1-9]/m);
  expect(metrics).toMatch(/^# TYPE askfile_processing_failures_total counter$/m);
  expect(metrics).toMatch(/^# TYPE askfile_processing_pending gauge$/m);
});

test('a text of a million different words is kept and searched as far as can be', async () => {
  const words = Array.from({ length: 200_000 }, (_, index) => `a${index.toString(36)}-b${index}`).join(' ');
  const asset = await upload(people, 'words.txt', 'text/plain', Buffer.from(words));
  const { status, text } = await processed(people.alice, asset);
  expect([status, text?.endsWith('only its beginning is kept.]')]).toEqual(['DONE', true]);
});

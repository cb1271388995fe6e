import sharp from 'sharp';
import type { Api } from '../support/api.js';
import { makePdf, pdfText } from '../support/documents.js';
import { seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { downloadThumbnail, processed, thumbnailMutation, upload } from '../support/processing.js';
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
      hasThumbnail: false,
    });
  }
  expect(await people.alice.refusal(thumbnailMutation, asset)).toEqual({ code: 'NOT_FOUND' });
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

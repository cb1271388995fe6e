import sharp from 'sharp';
import { uploadDirect } from '../support/direct.js';
import { scanned, seedHeart } from '../support/heart.js';
import type { Api } from '../support/api.js';
import { expectInvariants } from '../support/invariants.js';
import { downloadThumbnail, processed } from '../support/processing.js';
import { replace, replaced } from '../support/replacing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';
import { listKeys, runAllJobs } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let ada: Api;
let spaceId: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROCESSING: 'true' } });
  ada = (await seedHeart(service)).admin;
  spaceId = (await defaultSpace(backends)).id;
});
afterEach(() => expectInvariants(backends));
afterAll(async () => {
  await service.close();
  await backends.close();
});

const toFile = (filename: string, mimeType: string, bytes: Buffer) => ({
  filename,
  mimeType,
  sizeBytes: bytes.length,
});

const picture = (width: number, height: number, background: string): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();

/** Looked into. */
async function givenPicture() {
  const bytes = await picture(1024, 512, 'teal');
  const asset = await uploadDirect(ada, { spaceId, file: toFile('a.png', 'image/png', bytes) }, bytes);
  expect(await processed(ada, asset)).toMatchObject({ width: 1024, height: 512, hasThumbnail: true });
  return scanned(ada, asset);
}

const thumbnailsOf = async ({ id }: { id: string }) =>
  (await listKeys(service)).filter((key) => key.includes(id) && key.endsWith('.thumbnail.webp'));

test('a picture in place of another has its own size and thumbnail, and the one before is deleted', async () => {
  const asset = await givenPicture();
  const [old = ''] = await thumbnailsOf(asset);
  const bytes = await picture(300, 600, 'orange');
  await replace(ada, spaceId, asset.id, bytes, toFile('b.png', 'image/png', bytes));
  await replaced(ada, asset);
  expect(await processed(ada, asset)).toMatchObject({ status: 'DONE', width: 300, height: 600 });
  const thumbnail = Buffer.from(await (await downloadThumbnail(ada, asset)).arrayBuffer());
  expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 256, height: 512 });
  await runAllJobs(backends, service);
  const left = await thumbnailsOf(asset);
  expect(left).toHaveLength(1);
  expect(left).not.toContain(old);
});

test('what is in place of a document is not found to say what that said', async () => {
  const words = Buffer.from('A marvellous plan');
  const file = toFile('plan.txt', 'text/plain', words);
  const asset = await scanned(ada, await uploadDirect(ada, { spaceId, file }, words));
  expect(await processed(ada, asset)).toMatchObject({ text: 'A marvellous plan' });
  const bytes = Buffer.from([0x50, 0x4b, 5, 6, ...Buffer.alloc(18)]);
  await replace(ada, spaceId, asset.id, bytes, toFile('empty.zip', 'application/zip', bytes));
  await replaced(ada, asset);
  expect(await processed(ada, asset)).toMatchObject({ status: 'NONE', text: null, hasThumbnail: false });
});

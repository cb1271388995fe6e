import { devices, type Page } from 'playwright-core';
import { defaultSpace } from '../support/space-rows.js';
import { makePdf, makeWav, pdfText } from '../support/documents.js';
import { createFolder } from '../support/spaces.js';
import { samples } from '../support/samples.js';
import { eventually, until } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { dialogOf } from './support/dialogs.js';
import { focused, tabTo } from './support/keyboard.js';
import { makePicture, note, store, storeProcessed } from './support/stored.js';
import { openStage, type Stage } from './support/stage.js';

const ada = { sub: 'ada', role: 'admin', name: 'Ada' } as const;
const poem = makePdf([pdfText('Shall I compare thee'), pdfText('to a summer day')]);

let stage: Stage;
let spaceId: string;
let folderId: string;
beforeAll(async () => {
  stage = await openStage({ env: { PROCESSING: 'true' } });
  ({ id: spaceId } = await defaultSpace(stage.backends));
  folderId = (await createFolder(stage.admin, spaceId, 'Gallery')).id;
  await createFolder(stage.admin, spaceId, 'Inner', folderId);
  const place = { spaceId, folderId };
  const bytes = await makePicture();
  for (const filename of ['sun.jpg', 'second.jpg']) {
    await storeProcessed(stage.admin, { ...place, filename, mimeType: 'image/jpeg', bytes });
  }
  const wav = { filename: 'song.wav', mimeType: 'audio/wav', bytes: makeWav(3) };
  await storeProcessed(stage.admin, { ...place, ...wav });
  await storeProcessed(stage.admin, {
    ...place,
    filename: 'poem.pdf',
    mimeType: 'application/pdf',
    bytes: poem,
  });
  await store(stage.admin, { ...place, ...note('words.txt', 'written by <b>hand</b>') });
  const zip = samples['zip'];
  if (zip === undefined) throw new Error('no sample');
  await store(stage.admin, { ...place, filename: 'bundle.zip', mimeType: 'application/zip', bytes: zip });
});
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const openGallery = async (options: object = {}) => {
  const page = await stage.openAs(ada, `/files/spaces/${spaceId}?folder=${folderId}`, options);
  await page.getByRole('grid', { name: 'Files' }).getByText('sun.jpg').waitFor();
  return page;
};
const row = (page: Page, name: string) =>
  page.getByRole('grid', { name: 'Files' }).getByRole('row', { name, exact: true });
const preview = (page: Page, name: string) => page.getByRole('dialog', { name });

async function openPreview(page: Page, name: string) {
  await row(page, name).getByText(name, { exact: true }).click();
  await page.getByRole('complementary', { name }).getByRole('button', { name: 'Preview' }).click();
  return preview(page, name);
}

test('pictures and PDFs have thumbnails in the list; pictures are looked at whole, one after the other', async () => {
  const page = await openGallery();
  await page.waitForFunction(() => document.querySelectorAll('.thumbnail img').length === 3);
  await row(page, 'song.wav').getByText('0:03').waitFor();
  const shown = await openPreview(page, 'sun.jpg');
  const widthOf = (name: string) =>
    preview(page, name)
      .locator('.preview-picture img')
      .evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        return image.naturalWidth;
      });
  expect(await widthOf('sun.jpg')).toBe(640);
  await shown.getByRole('button', { name: 'Previous: second.jpg' }).click();
  expect(await widthOf('second.jpg')).toBe(640);
  await page.keyboard.press('ArrowRight');
  expect(await widthOf('sun.jpg')).toBe(640);
  // What is looked at stands in the address, too.
  await page.reload();
  expect(await widthOf('sun.jpg')).toBe(640);
  await page.keyboard.press('Escape');
  await preview(page, 'sun.jpg').waitFor({ state: 'detached' });
  await page.getByRole('complementary', { name: 'sun.jpg' }).getByText('640 × 480 pixels').waitFor();
});

test('recordings are heard, and films are seen', async () => {
  const page = await openGallery();
  await openPreview(page, 'song.wav');
  const duration = page
    .locator('audio')
    .evaluate(
      (audio: HTMLAudioElement) =>
        new Promise((resolve) =>
          audio.readyState > 0
            ? resolve(audio.duration)
            : (audio.onloadedmetadata = () => resolve(audio.duration)),
        ),
    );
  expect(await duration).toBeCloseTo(3, 1);
  await page.keyboard.press('Escape');

  const bytes = Buffer.from(await recordFilm(page), 'base64');
  await store(stage.admin, { spaceId, folderId, filename: 'film.webm', mimeType: 'video/webm', bytes });
  await openPreview(page, 'film.webm');
  const width = page
    .locator('video')
    .evaluate(
      (video: HTMLVideoElement) =>
        new Promise((resolve) =>
          video.readyState > 0
            ? resolve(video.videoWidth)
            : (video.onloadedmetadata = () => resolve(video.videoWidth)),
        ),
    );
  expect(await width).toBe(64);
});

/** A second of a canvas, by the browser's own recorder; in base64. */
function recordFilm(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 48];
    const context = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 20; frame += 1) {
      context?.fillRect(frame, frame, 10, 10);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
}

test('a PDF is drawn page by page, and read aloud; what is written in it is folded into the details', async () => {
  const page = await openGallery();
  const shown = await openPreview(page, 'poem.pdf');
  const first = shown.getByRole('img', { name: 'Page 1 of 2' });
  await shown.getByText('Shall I compare thee').waitFor({ state: 'attached' });
  const isDrawn = await first.evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return pixels.some((value, index) => index % 4 === 0 && value < 100);
  });
  expect(isDrawn).toBe(true);
  await page.keyboard.press('Escape');
  const panel = page.getByRole('complementary', { name: 'poem.pdf' });
  await panel.getByRole('button', { name: 'What is written in it' }).click();
  await panel.getByText(/to a summer day/).waitFor();
});

test('text is shown as it is written, whatever it would be to a browser', async () => {
  const page = await openGallery();
  const shown = await openPreview(page, 'words.txt');
  await eventually(async () =>
    expect(await shown.getByRole('region', { name: 'words.txt' }).innerText()).toBe('written by <b>hand</b>'),
  );
});

test('what can’t be shown, or not be had, can be downloaded or tried again', async () => {
  const page = await openGallery();
  await openPreview(page, 'words.txt');
  await preview(page, 'words.txt')
    .getByRole('button', { name: /^(Previous|Next): bundle.zip/ })
    .click();
  await preview(page, 'bundle.zip').getByText('can’t be shown here').waitFor();
  const downloaded = page.waitForEvent('download');
  await preview(page, 'bundle.zip')
    .locator('.preview-body')
    .getByRole('button', { name: 'Download' })
    .click();
  expect((await downloaded).suggestedFilename()).toBe('bundle.zip');
  await page.keyboard.press('Escape');

  await page.route('**/d/**', (route) => route.abort());
  await openPreview(page, 'poem.pdf');
  const shown = preview(page, 'poem.pdf');
  await shown.getByRole('alert').getByText('The file did not come whole').waitFor();
  await page.unroute('**/d/**');
  await shown.getByRole('button', { name: 'Try again' }).click();
  await shown.getByRole('img', { name: 'Page 1 of 2' }).waitFor();
});

test('the keyboard alone does everything, and the focus is never lost', async () => {
  await store(stage.admin, { spaceId, folderId, ...note('keys.txt') });
  const page = await openGallery();
  await row(page, 'keys.txt').waitFor();
  await tabTo(page, 'Select all that are shown');
  await tabTo(page, /Inner/);
  await page.keyboard.press('ArrowDown');
  await until(async () => /keys\.txt/.test(await focused(page)));

  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.textContent === 'keys.txt');
  await tabTo(page, 'Preview');
  await page.keyboard.press('Enter');
  await preview(page, 'keys.txt').waitFor();
  await page.keyboard.press('Escape');
  await preview(page, 'keys.txt').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Preview');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'row');
  await eventually(async () => expect(await focused(page)).toMatch(/keys\.txt/));

  await page.keyboard.press('F2');
  await page.getByRole('dialog', { name: 'Rename file' }).waitFor();
  await page.keyboard.type('lock');
  await page.keyboard.press('Enter');
  await row(page, 'lock.txt').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'row');

  await page.keyboard.press('Space');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('Delete');
  await row(page, 'lock.txt').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'row');
  await page.keyboard.press('F6');
  await tabTo(page, 'Undo');
  await page.keyboard.press('Enter');
  await row(page, 'lock.txt').waitFor();
});

test('with the keyboard alone, rows are picked up by their handles and put into folders', async () => {
  await store(stage.admin, { spaceId, folderId, ...note('parcel.txt') });
  const page = await openGallery();
  await row(page, 'parcel.txt').waitFor();
  await row(page, 'parcel.txt').focus();
  await page.keyboard.press('ArrowRight');
  await until(async () => /^Drag/.test(await focused(page)));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /Inner/.test(document.activeElement?.getAttribute('aria-label') ?? ''));
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').filter({ hasText: 'parcel.txt moved to Inner' }).waitFor();
  await row(page, 'parcel.txt').waitFor({ state: 'detached' });
});

const { defaultBrowserType: _engine, ...phone } = devices['iPhone 13'];
const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['a phone, dark', { ...phone, colorScheme: 'dark' }],
  ['a narrow phone', { ...phone, viewport: { width: 360, height: 640 } }],
] as const;

test.each(looks)(
  'axe finds nothing in the way, and nothing stands out to the side, in %s',
  async (_name, look) => {
    const page = await stage.openAs(ada, '/files', look);
    await page.getByRole('link', { name: /Default/ }).waitFor();
    const check = async () => {
      expect(await findBarriers(page)).toEqual([]);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      expect(scrollWidth).toBe(clientWidth);
    };
    await check();
    await page.goto(`${page.url()}/spaces/${spaceId}?folder=${folderId}`);
    await row(page, 'sun.jpg').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.thumbnail img').length >= 2);
    await check();
    await page.getByRole('radio', { name: 'Grid' }).click();
    await row(page, 'sun.jpg').locator('.check').click();
    await check();
    await page.getByRole('button', { name: 'Move' }).click();
    await dialogOf(page).getByRole('row', { name: 'Gallery' }).waitFor();
    await check();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Select nothing' }).click();
    await page.getByRole('radio', { name: 'List' }).click();
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('dialog', { name: 'Filter' }).waitFor();
    await check();
    await page.keyboard.press('Escape');
    await row(page, 'poem.pdf').getByText('poem.pdf', { exact: true }).click();
    await page.getByText('Checked, and safe').waitFor();
    await check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Shall I compare thee').waitFor({ state: 'attached' });
    await check();
  },
);

test('text in the encoding of old programs is shown as it was written, too', async () => {
  const bytes = Buffer.concat([Buffer.from('Grüße aus Köln, 5 ', 'latin1'), Buffer.from([0x80])]);
  await store(stage.admin, { spaceId, folderId, ...note('old.txt'), bytes });
  const page = await openGallery();
  const shown = await openPreview(page, 'old.txt');
  await shown.getByRole('region', { name: 'old.txt' }).getByText('Grüße aus Köln, 5 €').waitFor();
});

test('keys in a row’s menu are not about what is selected', async () => {
  for (const name of ['meant.txt', 'chosen.txt'])
    await store(stage.admin, { spaceId, folderId, ...note(name) });
  const page = await openGallery();
  const acts: string[] = [];
  page.on('request', (request) => {
    const act = /"operationName":"(\w+)","query":"mutation/.exec(request.postData() ?? '')?.[1];
    // Pictures of files are had by mutations, too.
    if (act !== undefined && act !== 'Thumbnails') acts.push(act);
  });
  await row(page, 'chosen.txt').getByRole('checkbox').click({ force: true });
  await row(page, 'meant.txt').getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('F2');
  await page.keyboard.press('Delete');
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rename file' });
  await eventually(async () => expect(await dialog.getByRole('textbox').inputValue()).toBe('meant.txt'));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('1 selected').waitFor();
  expect(acts).toEqual([]);
});

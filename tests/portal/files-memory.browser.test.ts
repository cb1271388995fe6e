import { devices, type Page } from 'playwright-core';
import { answer, pdf, request, scanned } from '../support/heart.js';
import { eventually, until } from '../support/until.js';
import { encrypt, forgetAttempts } from '../support/vault.js';
import { processed } from '../support/processing.js';
import { findBarriers } from './support/barriers.js';
import { openStage, type Stage } from './support/stage.js';

let stage: Stage;
let memoryUrn: string;

beforeAll(async () => {
  stage = await openStage({ env: { PROCESSING: 'true' } });
  await give('minutes.txt', 'text/plain', Buffer.from('The lighthouse keeper asked for more oil.'));
  await give('b lease.pdf', 'application/pdf', pdf('a lease'));
  await give('A lease of the lighthouse.pdf', 'application/pdf', pdf('a longer lease than the other one'));
});
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

/** As Alice's answer to Buno. */
async function give(filename: string, mimeType: string, bytes: Buffer): Promise<void> {
  const { id } = await request(stage.agent, { allowedMimeTypes: [mimeType] });
  const asset = await answer(stage.alice, id, bytes, { filename, mimeType, sizeBytes: bytes.length });
  memoryUrn = asset.urn.replace(/:assets:.*/, '');
  await scanned(stage.alice, asset);
  await processed(stage.alice, asset);
}

async function openMemory(parameters = '', options: object = {}): Promise<Page> {
  const path = `/files/memories/${encodeURIComponent(memoryUrn)}${parameters}`;
  const page = await stage.openAs({ sub: 'alice', name: 'Alice' }, path, options);
  await page.getByRole('heading', { level: 1, name: 'Buno’s memory of you' }).waitFor();
  return page;
}

const listed = (page: Page) =>
  page.getByRole('grid', { name: 'Files' }).locator('.entry-name').allInnerTexts();
/** Until the list holds exactly these, in this order. */
const waitForList = (page: Page, ...names: string[]) =>
  until(async () => (await listed(page)).join('|') === names.join('|'));
const searchBox = (page: Page) => page.getByRole('searchbox', { name: 'Search this memory' });
/** Nothing is wider than the window, and nothing in the toolbar lies over its neighbour. */
const fits = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const tools = [...document.querySelectorAll('.toolbar-tools button, .toggles')].filter(
      (tool) => tool.parentElement?.closest('.toggles') === null,
    );
    const boxes = tools.map((tool) => tool.getBoundingClientRect());
    const isApart = boxes.every(
      ({ left, top }, at) =>
        at === 0 || left >= (boxes[at - 1]?.right ?? 0) || top >= (boxes[at - 1]?.bottom ?? 0),
    );
    return boxes.length === 3 && isApart && scrollWidth <= clientWidth;
  });

const [minutes, lease, long] = ['minutes.txt', 'b lease.pdf', 'A lease of the lighthouse.pdf'];

test('what is in a memory is searched, filtered and sorted as in a space, and stands in the address', async () => {
  const page = await openMemory();
  await waitForList(page, long, lease, minutes);
  await searchBox(page).fill('lighthouse');
  // One by its name, the other by what is written in it.
  await waitForList(page, long, minutes);
  await page.getByRole('button', { name: /Sort/ }).click();
  await page.getByRole('option', { name: 'Oldest first' }).click();
  await waitForList(page, minutes, long);
  expect(new URL(page.url()).search).toBe('?q=lighthouse&sort=oldest');
  await page.reload();
  await waitForList(page, minutes, long);
  await eventually(async () => expect(await searchBox(page).inputValue()).toBe('lighthouse'));
  expect(await findBarriers(page)).toEqual([]);

  await searchBox(page).fill('lighthouse submarine');
  await page.getByText('Nothing fits').waitFor();
  await page.getByText('what is written in documents').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await waitForList(page, minutes, lease, long);
  await eventually(async () => expect(await searchBox(page).inputValue()).toBe(''));
  await page.getByRole('button', { name: /Sort/ }).click();
  await page.getByRole('option', { name: 'By name' }).click();
  await waitForList(page, long, lease, minutes);
  await page.getByRole('button', { name: /Sort/ }).click();
  await page.getByRole('option', { name: 'Largest first' }).click();
  await waitForList(page, long, minutes, lease);
});

test('with the keyboard alone; and what comes while something is searched is there if it fits', async () => {
  const page = await openMemory('?sort=name');
  await waitForList(page, long, lease, minutes);
  await searchBox(page).focus();
  await page.keyboard.type('lease');
  await waitForList(page, long, lease);
  await give('c lease.pdf', 'application/pdf', pdf('the third'));
  await waitForList(page, long, lease, 'c lease.pdf');
  await page.keyboard.press('Escape');
  await waitForList(page, long, lease, 'c lease.pdf', minutes);
});

const { defaultBrowserType: _engine, ...phone } = devices['iPhone 13'];
const narrow = { ...phone, viewport: { width: 360, height: 640 }, colorScheme: 'dark' };

test('on a narrow phone nothing stands out to the side', async () => {
  const page = await openMemory('?q=lighthouse', narrow);
  await waitForList(page, long, minutes);
  await eventually(async () => expect(await fits(page)).toBe(true));
  expect(await findBarriers(page)).toEqual([]);
});

describe('encrypted', () => {
  beforeAll(async () => {
    await forgetAttempts(stage.backends);
    await encrypt(stage.alice, memoryUrn);
  });

  test.each([
    ['on a desk', {}],
    ['on a narrow phone', narrow],
  ])('it is not searched or sorted by name, and says why, %s', async (_where, options) => {
    const page = await openMemory('?sort=name&q=lighthouse&type=document', options);
    await page.getByText('Names are encrypted here').waitFor();
    await until(async () => (await listed(page)).length === 4);
    await eventually(async () => expect(await searchBox(page).count()).toBe(0));
    await page.getByRole('button', { name: /Sort/ }).click();
    const names = await page.getByRole('option').allInnerTexts();
    expect(names).toEqual(['Newest first', 'Oldest first', 'Largest first']);
    await page.getByRole('option', { name: 'Largest first' }).click();
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    await eventually(async () => expect(await fits(page)).toBe(true));
    expect(await findBarriers(page)).toEqual([]);
  });
});

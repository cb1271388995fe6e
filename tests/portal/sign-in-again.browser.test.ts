import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { defaultSpace } from '../support/space-rows.js';
import { token } from '../support/service.js';
import { rows } from '../support/state.js';
import { eventually, until } from '../support/until.js';
import { makeLargeFile, plan } from './support/files.js';
import { slowDown } from './support/slow-line.js';
import { card, openStage, pick, type Stage } from './support/stage.js';

const megabyte = 1024 * 1024;
const name = 'annual-report.pdf';
const prompt = 'your annual report';

let stage: Stage;
let spaceId: string;
let large: Awaited<ReturnType<typeof makeLargeFile>>;
beforeAll(async () => {
  stage = await openStage({ env: { PROMPT_MAX_SIZE_BYTES: String(100 * megabyte) } });
  ({ id: spaceId } = await defaultSpace(stage.backends));
  large = await makeLargeFile(80 * megabyte);
});
afterAll(async () => {
  await large?.remove();
  await stage?.close();
});
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const tray = (page: Page) => page.getByRole('region', { name: 'Uploads' });
const upload = (page: Page) => tray(page).getByRole('listitem').filter({ hasText: name });
const uploaded = (page: Page) =>
  tray(page)
    .getByText(/ uploaded$/)
    .first()
    .waitFor({ timeout: 120_000 });

/** Ada, who is sending a large file into the space; `begun` counts what was begun since. */
async function openSending() {
  const sid = randomUUID();
  const adasToken = () => token('ada', { role: 'admin', name: 'Ada', sid });
  const first = await adasToken();
  const page = await stage.open(`/files/spaces/${spaceId}#token=${first}`);
  let begun = 0;
  page.on('request', (request) => {
    if (request.postData()?.includes('mutation BeginUpload')) begun += 1;
  });
  await slowDown(page, 8 * megabyte);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await pick(page, page.getByRole('menuitem', { name: 'Files' }), large.path);
  await isSending(upload(page));
  return { page, first, adasToken, begun: () => begun };
}

async function isSending(at: ReturnType<typeof card>): Promise<void> {
  const bar = at.getByRole('progressbar');
  await until(async () => Number(await bar.getAttribute('aria-valuenow')) >= 5, 60_000);
}

/** As when its time is over: the service takes it for none. */
async function end(page: Page, ended: string): Promise<void> {
  await page.route('**/graphql', async (route) => {
    const headers = route.request().headers();
    const isOld = headers['authorization'] === `Bearer ${ended}`;
    await route.continue({ headers: { ...headers, ...(isOld && { authorization: 'Bearer over' }) } });
  });
}

const follow = (page: Page, link: string) => page.evaluate((hash) => (location.hash = hash), `token=${link}`);
const openUploads = () => rows(stage.backends, `select from uploads where status = 'OPEN'`);

test('a large upload outlasts the sign-in: it waits, says so, and goes on where it was', async () => {
  const { page, first, adasToken, begun } = await openSending();
  await end(page, first);
  await page.getByText('what you were sending goes on then', { exact: false }).waitFor({ timeout: 60_000 });
  await follow(page, await adasToken());
  await isSending(upload(page));
  await slowDown(page, -1);
  await uploaded(page);
  expect(begun()).toBe(1);
});

test('a new link of the same person changes nothing about what is being sent', async () => {
  const { page, adasToken, begun } = await openSending();
  const next = await adasToken();
  await follow(page, next);
  await until(async () => (await page.evaluate(() => sessionStorage.getItem('askfile.token'))) === next);
  await isSending(upload(page));
  await slowDown(page, -1);
  await uploaded(page);
  expect(begun()).toBe(1);
});

test('who stays in spite of a stranger’s link goes on sending; who goes on as them was asked', async () => {
  const { page, begun } = await openSending();
  const stranger = await token('mallory', { org: 'mallory inc', name: 'Mallory' });
  await follow(page, stranger);
  await page.getByRole('heading', { name: 'Continue as Mallory (mallory inc)?' }).waitFor();
  await page.getByText('1 file is on its way', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Stay Ada (acme)' }).click();
  await isSending(upload(page));
  expect(begun()).toBe(1);
  await follow(page, stranger);
  await page.getByRole('button', { name: 'Continue as Mallory (mallory inc)' }).click();
  await page.getByRole('button', { name: /Mallory\s+mallory inc/ }).waitFor();
  await eventually(async () => expect(await tray(page).count()).toBe(0));
  await until(async () => (await openUploads()).length === 0);
});

test('signing out while a file is being sent asks first', async () => {
  const { page } = await openSending();
  const signOut = async () => {
    await page.getByRole('button', { name: /account$/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
  };
  const dialog = page.getByRole('dialog', { name: 'Sign out while files are being sent?' });
  await signOut();
  await dialog.getByText('1 file is on its way', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Go on sending' }).click();
  await isSending(upload(page));
  await signOut();
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in from your platform' }).waitFor();
  await until(async () => (await openUploads()).length === 0);
});

test.each([
  ['the same session', true],
  ['another session', false],
])('an answer goes on after the sign-in has ended, as %s', async (_name, hasSameSid) => {
  const sid = randomUUID();
  const first = await token('alice', { name: 'Alice', sid });
  const page = await stage.open(`/#token=${first}`);
  const result = stage.ask(prompt);
  await slowDown(page, 8 * megabyte);
  await pick(page, card(page, prompt).getByRole('button', { name: 'Choose file' }), large.path);
  await card(page, prompt).getByRole('button', { name: 'Send to Buno' }).click();
  await isSending(card(page, prompt));
  await end(page, first);
  await page.getByText('what you were sending goes on then', { exact: false }).waitFor({ timeout: 60_000 });
  await follow(page, await token('alice', { name: 'Alice', ...(hasSameSid && { sid }) }));
  await slowDown(page, -1);
  await page.getByText('Sent to Buno').waitFor({ timeout: 60_000 });
  expect(await result).toMatchObject({ outcome: 'UPLOADED', asset: { sizeBytes: large.sizeBytes } });
});

test('a link that is good for nothing signs nobody out', async () => {
  const page = await stage.openAsAlice();
  const useless = page.waitForResponse(
    (response) => response.request().headers()['authorization'] === 'Bearer none',
  );
  await follow(page, 'none');
  expect((await useless).status()).toBe(401);
  await page.reload();
  await page.getByRole('button', { name: /Alice\s+acme/ }).waitFor();
});

test('a duplicated tab leaves what the first one is sending for a request to it', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask(prompt);
  await slowDown(page, 8 * megabyte);
  await pick(page, card(page, prompt).getByRole('button', { name: 'Choose file' }), large.path);
  await card(page, prompt).getByRole('button', { name: 'Send to Buno' }).click();
  await isSending(card(page, prompt));
  const duplicated = page.context().waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const copy = await duplicated;
  await card(copy, prompt).getByText('You are sending a file from another tab.').waitFor();
  await slowDown(page, -1);
  await page.getByText('Sent to Buno').waitFor({ timeout: 60_000 });
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('a duplicated tab does not offer to cancel what the first one is sending into a space', async () => {
  const { page } = await openSending();
  const duplicated = page.context().waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const copy = await duplicated;
  // Longer than it takes to find out: other files are sent from there meanwhile, and are all that is shown.
  await copy.getByRole('button', { name: 'Upload', exact: true }).click();
  await pick(copy, copy.getByRole('menuitem', { name: 'Files' }), plan);
  await tray(copy).getByRole('heading', { name: '1 file uploaded' }).waitFor();
  await slowDown(page, -1);
  await uploaded(page);
  await tray(copy).getByRole('heading', { name: '1 file uploaded' }).waitFor();
  await eventually(async () => expect(await tray(copy).getByText('nterrupted').count()).toBe(0));
});

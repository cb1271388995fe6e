import type { Page } from 'playwright-core';
import { scanned } from '../support/heart.js';
import { eventually, until } from '../support/until.js';
import { makeLargeFile } from './support/files.js';
import { slowDown } from './support/slow-line.js';
import { card, openStage, pick, type Stage } from './support/stage.js';

const megabyte = 1024 * 1024;
const prompt = 'your annual report';

let stage: Stage;
let large: Awaited<ReturnType<typeof makeLargeFile>>;
beforeAll(async () => {
  stage = await openStage({ env: { PROMPT_MAX_SIZE_BYTES: String(200 * megabyte) } });
  large = await makeLargeFile(200 * megabyte);
});
afterAll(async () => {
  await large?.remove();
  await stage?.close();
});
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const bar = (page: Page) => card(page, prompt).getByRole('progressbar');
const percent = async (page: Page) => Number(await bar(page).getAttribute('aria-valuenow'));

test('200 MB: progress, a pause, a reload in the middle, and on from where it was', async () => {
  const page = await stage.openAsAlice();
  await slowDown(page, 24 * megabyte);
  const result = stage.ask(prompt);
  await pick(page, card(page, prompt).getByRole('button', { name: 'Choose file' }), large.path);
  await card(page, prompt).getByText('200 MB', { exact: true }).waitFor();
  await card(page, prompt).getByRole('button', { name: 'Send to Buno' }).click();

  await card(page, prompt)
    .getByText(/MB of 200 MB · .* [KM]B\/s · .* left/)
    .waitFor();
  await until(async () => (await percent(page)) >= 15, 40_000);

  await card(page, prompt).getByRole('button', { name: 'Pause' }).click();
  await card(page, prompt)
    .getByText(/^Paused · /)
    .waitFor();
  const atPause = await percent(page);
  await card(page, prompt).getByRole('button', { name: 'Go on' }).click();
  await until(async () => (await percent(page)) > Math.max(atPause, 45), 40_000);

  // The browser asks whether to leave; this person means it.
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await card(page, prompt).getByText('Sending was interrupted.').waitFor();
  await card(page, prompt)
    .getByText('Choose annual-report.pdf (200 MB) again, and it goes on where it was.')
    .waitFor();
  const puts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') puts.push(request.url());
  });
  await slowDown(page, -1);
  await pick(page, card(page, prompt).getByRole('button', { name: 'Choose it again' }), large.path);
  await page.getByText('Sent to Buno').waitFor({ timeout: 60_000 });

  const parts = Math.ceil(large.sizeBytes / (8 * megabyte));
  expect(puts.length).toBeGreaterThan(0);
  expect(puts.length).toBeLessThan(parts);
  const answer = await result;
  if (answer.outcome !== 'UPLOADED') throw new Error(answer.outcome);
  expect(await scanned(stage.agent, answer.asset)).toMatchObject({
    filename: 'annual-report.pdf',
    sizeBytes: large.sizeBytes,
    sha256: large.sha256,
    scanStatus: 'CLEAN',
  });
});

test('what was cancelled on the way stays chosen, and can be sent after all', async () => {
  const page = await stage.openAsAlice();
  await slowDown(page, 12 * megabyte);
  const result = stage.ask(prompt);
  await pick(page, card(page, prompt).getByRole('button', { name: 'Choose file' }), large.path);
  const sendButton = card(page, prompt).getByRole('button', { name: 'Send to Buno' });
  await sendButton.click();
  await until(async () => (await percent(page)) >= 5, 40_000);
  await card(page, prompt).getByRole('button', { name: 'Cancel' }).click();
  await sendButton.waitFor();
  await eventually(async () => expect(await bar(page).count()).toBe(0));
  await slowDown(page, -1);
  await sendButton.click();
  await page.getByText('Sent to Buno').waitFor({ timeout: 60_000 });
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('an upload is taken over from another device, which says so', async () => {
  const laptop = await stage.openAsAlice();
  await slowDown(laptop, 8 * megabyte);
  const phone = await stage.openAsAlice();
  const result = stage.ask(prompt);
  await pick(laptop, card(laptop, prompt).getByRole('button', { name: 'Choose file' }), large.path);
  await card(laptop, prompt).getByRole('button', { name: 'Send to Buno' }).click();
  await until(async () => (await percent(laptop)) >= 2, 40_000);

  await card(phone, prompt).getByText('You are sending a file from another device.').waitFor();
  await slowDown(phone, 12 * megabyte);
  await pick(phone, card(phone, prompt).getByRole('button', { name: 'Send from here instead' }), large.path);
  await card(phone, prompt).getByText('This ends what another device is sending.').waitFor();
  await card(phone, prompt).getByRole('button', { name: 'Send to Buno' }).click();
  await until(async () => (await percent(phone)) >= 2, 40_000);
  await card(laptop, prompt)
    .getByText('You are sending a file from another device.')
    .waitFor({ timeout: 60_000 });
  await slowDown(phone, -1);
  await phone.getByText('Sent to Buno').waitFor({ timeout: 60_000 });
  await laptop.getByText('Answered on another device').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

import type { Page } from 'playwright-core';
import { pdf } from '../support/heart.js';
import { eventually } from '../support/until.js';
import { plan } from './support/files.js';
import { focused, tabTo } from './support/keyboard.js';
import { slowDown } from './support/slow-line.js';
import { card, openStage, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage({ demo: true })));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

test('signing in, answering and declining need no mouse, and the focus is never lost', async () => {
  const page = await stage.open('/');
  await page.getByRole('button', { name: /^Alice/ }).waitFor();
  await tabTo(page, /Alice\s+Member/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your requests' }).waitFor();

  // The first stop leads past what is the same on every page.
  await page.keyboard.press('Tab');
  await eventually(async () => expect(await focused(page)).toBe('Skip to the page'));
  await tabTo(page, 'Ask me for a file');
  await page.keyboard.press('Enter');
  await card(page).waitFor();

  const chosen = page.waitForEvent('filechooser');
  await tabTo(page, 'Choose file');
  await page.keyboard.press('Enter');
  await (await chosen).setFiles(plan);
  await card(page).getByText('plan.pdf').waitFor();
  await tabTo(page, 'Send to Buno');
  await page.keyboard.press('Enter');
  await page.getByText('Sent to Buno').waitFor();
  // The card is gone, and the focus with it: it is put where the news is.
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');

  await tabTo(page, 'Ask me for a file');
  await page.keyboard.press('Space');
  await card(page).waitFor();
  await tabTo(page, 'Decline');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Decline Buno’s request?' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Decline');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Why? (optional)').waitFor();
  await tabTo(page, 'Decline');
  await page.keyboard.press('Enter');
  await page.getByText('You declined').waitFor();
});

test('what is pressed in a card and goes with it leaves the keyboard in the card', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a larger plan');
  const its = card(page, 'a larger plan');
  await its.waitFor();
  const large = { ...plan, buffer: Buffer.concat([pdf(), Buffer.alloc(3 * 1024 * 1024, ' ')]) };
  const choose = async () => {
    const chosen = page.waitForEvent('filechooser');
    await tabTo(page, 'Choose file');
    await page.keyboard.press('Enter');
    await (await chosen).setFiles(large);
    await its.getByRole('button', { name: 'Send to Buno' }).waitFor();
    await isInCard(page);
  };
  await choose();
  await tabTo(page, 'Remove plan.pdf');
  await page.keyboard.press('Enter');
  await isInCard(page);
  await choose();
  await slowDown(page, 128 * 1024);
  await tabTo(page, 'Send to Buno');
  await page.keyboard.press('Enter');
  await its.getByRole('progressbar').waitFor();
  await isInCard(page);
  await tabTo(page, 'Cancel');
  await page.keyboard.press('Enter');
  await its.getByRole('button', { name: 'Send to Buno' }).waitFor();
  await isInCard(page);
  await slowDown(page, -1);
  await tabTo(page, 'Send to Buno');
  await page.keyboard.press('Enter');
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

async function isInCard(page: Page): Promise<void> {
  await page.waitForFunction(() => document.activeElement?.className === 'card-title');
}

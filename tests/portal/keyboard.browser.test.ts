import { plan } from './support/files.js';
import { focused, tabTo } from './support/keyboard.js';
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
  expect(await focused(page)).toBe('Skip to the page');
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

import type { Locator, Page } from 'playwright-core';
import { lockedMessage, password, forgetAttempts } from '../support/vault.js';
import { givenAsset } from '../support/trash.js';
import { eventually } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { plan } from './support/files.js';
import { card, openStage, pick, type Stage } from './support/stage.js';

let stage: Stage;
let memoryPath: string;
beforeAll(async () => {
  stage = await openStage();
  const { urn } = await givenAsset(stage);
  memoryPath = `/files/memories/${encodeURIComponent(urn.replace(/:assets:.*/, ''))}`;
});
afterAll(() => stage?.close());
beforeEach(() => forgetAttempts(stage.backends));
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

async function openMemory(options: object = {}): Promise<Page> {
  const page = await stage.openAs({ sub: 'alice', name: 'Alice' }, memoryPath, options);
  await page.getByRole('heading', { level: 1, name: 'Buno’s memory of you' }).waitFor();
  return page;
}

const named = (page: Page) => page.getByRole('row').filter({ hasText: 'plan.pdf' }).first();
const unlockDialog = (page: Page) => page.getByRole('dialog', { name: 'Unlock Buno’s memory' });

async function unlock(dialog: Locator, with_ = password): Promise<void> {
  await dialog.getByLabel('Password of this memory').fill(with_);
  await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
}

test('a memory is protected once its person has said that a lost password is lost', async () => {
  const page = await openMemory();
  await named(page).waitFor();
  await page.getByRole('button', { name: 'Protect with a password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Protect Buno’s memory with a password' });
  const protect = dialog.getByRole('button', { name: 'Protect it' });
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByLabel('Password again').fill('another');
  await dialog.getByText('This is not the same as above.').waitFor();
  await dialog.getByLabel('Password again').fill(password);
  await eventually(async () => expect(await protect.isDisabled()).toBe(true));
  await dialog.getByText('I understand that a lost password is lost').click();
  expect(await findBarriers(page)).toEqual([]);
  await protect.click();
  await page.getByRole('button', { name: 'Lock now' }).waitFor();
  await named(page).waitFor();
});

test('locked, it shows no names; the right password brings them back, a wrong one says so', async () => {
  const page = await openMemory();
  await page.getByText('This memory is locked').waitFor();
  await eventually(async () => expect(await named(page).count()).toBe(0));
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  const dialog = unlockDialog(page);
  await unlock(dialog, 'not the password');
  await dialog.getByText('This is not the password of this memory').waitFor();
  await unlock(dialog);
  await dialog.waitFor({ state: 'detached' });
  await named(page).waitFor();
  await page.getByRole('button', { name: 'Lock now' }).click();
  await page.getByText('This memory is locked').waitFor();
  await named(page).waitFor({ state: 'detached' });
});

test('a file for a locked memory waits for the password, and goes on with it', async () => {
  const page = await stage.openAsAlice({ ...{ viewport: { width: 390, height: 844 } }, colorScheme: 'dark' });
  const result = stage.ask('your insurance policy');
  const its = card(page, 'your insurance policy');
  await pick(page, its.getByRole('button', { name: /^Choose file/ }), plan);
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  const dialog = unlockDialog(page);
  await dialog.getByText(lockedMessage).waitFor();
  expect(await findBarriers(page)).toEqual([]);

  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await its.getByText('This memory is locked').waitFor();
  await its.getByRole('button', { name: 'Try again' }).click();
  await unlock(dialog);
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('what the agent has already is chosen by name once the memory is unlocked', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('your plan, again');
  const its = card(page, 'your plan, again');
  await its.getByRole('button', { name: /already/ }).click();
  const given = page.getByRole('dialog', { name: 'Files Buno has already' });
  await given.getByRole('button', { name: 'Unlock', exact: true }).click();
  await unlock(unlockDialog(page));
  await given.getByRole('option').filter({ hasText: 'plan.pdf' }).first().click();
  await given.getByRole('button', { name: 'Answer with this' }).click();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('another password locks it on other devices', async () => {
  const page = await openMemory();
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await unlock(unlockDialog(page));
  await page.getByRole('button', { name: 'Change the password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the password of Buno’s memory' });
  await dialog.getByLabel('Password now').fill(password);
  await dialog.getByLabel('New password', { exact: true }).fill('quite another password');
  await dialog.getByLabel('New password again').fill('quite another password');
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await named(page).waitFor();
  const other = await openMemory();
  await other.getByRole('button', { name: 'Unlock', exact: true }).click();
  await unlock(unlockDialog(other));
  await unlockDialog(other).getByText('This is not the password of this memory').waitFor();
  await unlock(unlockDialog(other), 'quite another password');
  await named(other).waitFor();
});

import { devices, type Page } from 'playwright-core';
import { uploadDirect } from '../support/direct.js';
import { defaultSpace, givenFolder } from '../support/space-rows.js';
import { fileOf, pdf, scanned } from '../support/heart.js';
import { deleteFolder } from '../support/spaces.js';
import { deleteAssets, findAsset, givenAsset, purge, restore } from '../support/trash.js';
import { eventually } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { tabTo } from './support/keyboard.js';
import { openStage, type Stage } from './support/stage.js';

const ada = { sub: 'ada', role: 'admin', name: 'Ada' } as const;

let stage: Stage;
let spaceId: string;
beforeAll(async () => {
  stage = await openStage();
  ({ id: spaceId } = await defaultSpace(stage.backends));
});
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

/** In the trash of the space, the last of them on top. */
async function givenTrash(...names: string[]): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const filename of names) ids[filename] = await givenTrashed(filename);
  return ids;
}

async function givenTrashed(filename: string, folderId?: string): Promise<string> {
  const file = { ...fileOf(pdf()), filename };
  const asset = await uploadDirect(stage.admin, {
    spaceId,
    file,
    ...(folderId !== undefined && { folderId }),
  });
  await scanned(stage.admin, asset);
  await deleteAssets(stage.admin, asset.id);
  return asset.id;
}

async function openTrash(options: object = {}): Promise<Page> {
  const page = await stage.openAs(ada, '/files/trash', options);
  await page.getByRole('heading', { level: 1, name: 'Trash' }).waitFor();
  return page;
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const isDeleted = async (id: string) => (await findAsset(stage.admin, id))?.deletedAt !== null;

test('what was deleted is found, with the time that is left, and taken back to its folder', async () => {
  const folderId = await givenFolder(stage.backends, { id: spaceId }, 'drafts');
  const id = await givenTrashed('draft.pdf', folderId);
  const page = await stage.openAs(ada, '/files');
  await page.getByRole('link', { name: 'Trash' }).click();
  await row(page, 'draft.pdf').getByText('24 hours left').waitFor();
  await row(page, 'draft.pdf').getByText('Default / drafts').waitFor();
  await page.getByRole('button', { name: 'Restore draft.pdf' }).click();
  await page.getByText('draft.pdf is back: Default / drafts').waitFor();
  await row(page, 'draft.pdf').waitFor({ state: 'detached' });
  expect(await isDeleted(id)).toBe(false);
  await page.getByText('The trash is empty').waitFor();
});

test('what was in a folder that is gone comes back to the root, and says so', async () => {
  const folderId = await givenFolder(stage.backends, { id: spaceId }, 'short-lived');
  const id = await givenTrashed('orphan.pdf', folderId);
  const page = await openTrash();
  await row(page, 'orphan.pdf').getByText('Default / short-lived').waitFor();
  await deleteFolder(stage.admin, folderId);
  await page.getByRole('button', { name: 'Restore orphan.pdf' }).click();
  await page.getByText('orphan.pdf is back, in the root of Default: its folder is gone').waitFor();
  expect(await isDeleted(id)).toBe(false);
});

test('a person’s memories have the same trash, and nobody else sees it', async () => {
  const asset = await givenAsset(stage);
  await deleteAssets(stage.alice, asset.id);
  const alice = await stage.openAs({ sub: 'alice', name: 'Alice' }, '/files/trash');
  await row(alice, asset.filename).getByText('What Buno keeps of you').waitFor();
  const admin = await openTrash();
  await admin.getByText('The trash is empty').waitFor();
  await alice.getByRole('button', { name: `Restore ${asset.filename}` }).click();
  await alice.getByText(`${asset.filename} is back: What Buno keeps of you`).waitFor();
});

test('several at once are restored, and deleted for good after a question', async () => {
  const ids = await givenTrash('one.pdf', 'two.pdf', 'three.pdf', 'four.pdf');
  const page = await openTrash();
  await row(page, 'one.pdf').waitFor();
  for (const name of ['one.pdf', 'two.pdf'])
    await row(page, name).getByRole('checkbox').click({ force: true });
  await page.getByText('2 selected').waitFor();
  const bar = page.getByRole('toolbar', { name: 'With what is selected' });
  await bar.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('2 files are back').waitFor();
  expect(await isDeleted(ids['one.pdf'] ?? '')).toBe(false);

  for (const name of ['three.pdf', 'four.pdf'])
    await row(page, name).getByRole('checkbox').click({ force: true });
  await bar.getByRole('button', { name: 'Delete for good' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 2 files for good?' });
  await dialog.getByRole('button', { name: 'Keep them' }).click();
  await dialog.waitFor({ state: 'detached' });
  await bar.getByRole('button', { name: 'Delete for good' }).click();
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('2 files are deleted for good').waitFor();
  await page.getByText('The trash is empty').waitFor();
  expect(await findAsset(stage.admin, ids['three.pdf'] ?? '')).toBeNull();
});

test('what has gone meanwhile says so, and leaves the list', async () => {
  const { 'late.pdf': id = '' } = await givenTrash('late.pdf');
  const page = await openTrash();
  await row(page, 'late.pdf').waitFor();
  // Right before it is restored.
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('RestoreFromTrash')) await purge(stage.admin, id);
    await route.continue();
  });
  await page.getByRole('button', { name: 'Restore late.pdf' }).click();
  await page.getByText('This file is gone for good').waitFor();
  await row(page, 'late.pdf').waitFor({ state: 'detached' });
});

test('what others delete, restore and delete for good is shown at once', async () => {
  const ids = await givenTrash('restored-elsewhere.pdf', 'purged-elsewhere.pdf');
  const page = await openTrash();
  await row(page, 'restored-elsewhere.pdf').waitFor();
  const deleted = await givenTrashed('deleted-elsewhere.pdf');
  await row(page, 'deleted-elsewhere.pdf').getByText('24 hours left').waitFor();
  await restore(stage.admin, ids['restored-elsewhere.pdf'] ?? '');
  await row(page, 'restored-elsewhere.pdf').waitFor({ state: 'detached' });
  await purge(stage.admin, ids['purged-elsewhere.pdf'] ?? '');
  await row(page, 'purged-elsewhere.pdf').waitFor({ state: 'detached' });
  await purge(stage.admin, deleted);
  await page.getByText('The trash is empty').waitFor();
});

test('the list goes on as one scrolls', async () => {
  const given = await Promise.all(
    Array.from({ length: 55 }, (_, index) =>
      uploadDirect(stage.admin, { spaceId, file: { ...fileOf(pdf()), filename: `many-${index}.pdf` } }),
    ),
  );
  const ids = given.map(({ id }) => id);
  await deleteAssets(stage.admin, ...ids);
  const page = await openTrash();
  const rowsOf = page.getByRole('row');
  await rowsOf.first().waitFor();
  await page.mouse.wheel(0, 20_000);
  await rowsOf.nth(54).waitFor();
  await eventually(async () => expect(await rowsOf.count()).toBe(55));
  await Promise.all(ids.map((id) => purge(stage.admin, id)));
});

test('the keyboard alone restores and deletes for good; the focus is never lost', async () => {
  await givenTrash('a.pdf', 'b.pdf');
  const page = await openTrash();
  await row(page, 'a.pdf').waitFor();
  await tabTo(page, /b\.pdf/);
  await page.keyboard.press('Space');
  const bar = page.getByRole('toolbar', { name: 'With what is selected' });
  await bar.waitFor();
  await tabTo(page, 'Delete for good');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Delete b.pdf for good?' }).waitFor();
  await tabTo(page, 'Delete for good');
  await page.keyboard.press('Enter');
  await page.getByText('b.pdf is deleted for good').waitFor();
  await bar.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement !== document.body);
  await page.getByRole('button', { name: 'Restore a.pdf' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('a.pdf is back: Default').waitFor();
  await page.waitForFunction(() => document.activeElement !== document.body);
});

const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['a phone, dark', { colorScheme: 'dark', ...devices['Pixel 7'], defaultBrowserType: undefined }],
  ['a narrow window', { viewport: { width: 360, height: 640 } }],
] as const;

test.each(looks)('axe finds nothing in the way of the trash, in %s', async (_name, look) => {
  const empty = await openTrash(look);
  await empty.getByText('The trash is empty').waitFor();
  expect(await findBarriers(empty)).toEqual([]);
  const name = `${'a long name '.repeat(15)}.pdf`;
  const { [name]: id = '' } = await givenTrash(name);
  const page = await openTrash(look);
  await row(page, 'a long name').getByRole('checkbox').click({ force: true });
  await page.getByText('1 selected').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
  await purge(stage.admin, id);
});

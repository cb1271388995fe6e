import type { Page } from 'playwright-core';
import { defaultSpace } from '../support/space-rows.js';
import { answer, pdf, request } from '../support/heart.js';
import { createFolder, findFolder } from '../support/spaces.js';
import { deleteAssets, findAsset } from '../support/trash.js';
import { rows } from '../support/state.js';
import { eicar } from '../support/test-files.js';
import { eventually, until } from '../support/until.js';
import { dialogOf } from './support/dialogs.js';
import { note, store } from './support/stored.js';
import { openStage, type Stage } from './support/stage.js';

const ada = { sub: 'ada', role: 'admin', name: 'Ada' } as const;
const gus = { sub: 'gus', role: 'guest', name: 'Gus' } as const;
const alice = { sub: 'alice', name: 'Alice' };

let stage: Stage;
let spaceId: string;
beforeAll(async () => {
  stage = await openStage();
  ({ id: spaceId } = await defaultSpace(stage.backends));
});
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

/** A folder of the test's own, with these notes in it, the last the newest. */
async function newFolder(name: string, ...filenames: string[]): Promise<string> {
  const { id } = await createFolder(stage.admin, spaceId, name);
  for (const filename of filenames) await storeNote(filename, id);
  return id;
}
const storeNote = (filename: string, folderId: string, text?: string) =>
  store(stage.admin, { spaceId, folderId, ...note(filename, text) });

const openFolder = async (folderId: string, parameters = '', who: Parameters<Stage['openAs']>[0] = ada) => {
  const page = await stage.openAs(who, `/files/spaces/${spaceId}?folder=${folderId}${parameters}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
};
const grid = (page: Page) => page.getByRole('grid', { name: 'Files' });
const row = (page: Page, name: string) => grid(page).getByRole('row', { name, exact: true });
const nameOf = (page: Page, name: string) => row(page, name).getByText(name, { exact: true });
const menu = async (page: Page, name: string, item: string) => {
  await row(page, name)
    .getByRole('button', { name: `More about ${name}` })
    .click();
  await page.getByRole('menuitem', { name: item }).click();
};
const selectAll = (page: Page) =>
  page.getByRole('checkbox', { name: 'Select all that are shown' }).locator('xpath=ancestor::label').click();
const toast = (page: Page, text: string) => page.getByRole('alertdialog').filter({ hasText: text });
const listed = (page: Page) => grid(page).locator('.entry-name').allInnerTexts();
/** Until the list holds exactly these, in this order. */
const waitForList = (page: Page, ...names: string[]) =>
  until(async () => (await listed(page)).join('|') === names.join('|'));
const details = (page: Page, name: string) => page.getByRole('complementary', { name });

test('spaces and memories are found; a place is the same after a reload, by going back and from a link', async () => {
  const { id } = await request(stage.agent, { prompt: 'your plan' });
  await answer(stage.alice, id, pdf(), {
    filename: 'my plan.pdf',
    mimeType: 'application/pdf',
    sizeBytes: pdf().length,
  });
  const inner = await createFolder(stage.admin, spaceId, 'Inner', await newFolder('Outer'));
  await storeNote('deep.txt', inner.id);

  const page = await stage.openAs(alice, '/files');
  await page.getByRole('link', { name: /Default You may see, add and change files/ }).click();
  await nameOf(page, 'Outer').click();
  await nameOf(page, 'Inner').click();
  await nameOf(page, 'deep.txt').click();
  await details(page, 'deep.txt').waitFor();
  const address = page.url();

  await page.reload();
  await details(page, 'deep.txt').getByText('Checked, and safe').waitFor();
  await page.goBack();
  await details(page, 'deep.txt').waitFor({ state: 'detached' });
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Outer' }).waitFor();
  await page
    .getByRole('navigation', { name: 'Where you are' })
    .getByRole('link', { name: 'Default' })
    .click();
  await page.getByRole('heading', { level: 1, name: 'Default' }).waitFor();
  await page.goto(address);
  await details(page, 'deep.txt').waitFor();

  await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Files' }).click();
  await page.getByRole('link', { name: /Buno/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Buno’s memory of you' }).waitFor();
  await waitForList(page, 'my plan.pdf');
});

test('what there is not, and what is not shared, is told alike', async () => {
  const page = await stage.openAs(alice, '/files/spaces/nowhere');
  await page.getByRole('heading', { name: 'This is not there' }).waitFor();
  await page.goto(new URL('/files/memories/urn:askfile:memory:none', page.url()).href);
  await page.getByRole('heading', { name: 'This is not there' }).waitFor();
  await page.getByRole('link', { name: 'All your files' }).click();
  await page.getByRole('heading', { name: 'Spaces' }).waitFor();
});

test('what is searched, filtered and sorted stands in the address, and goes when it is cleared', async () => {
  const folderId = await newFolder('Papers', 'b invoice.txt', 'a invoice.txt', 'letter.txt');
  await storeNote(
    'c invoice.txt',
    (await createFolder(stage.admin, spaceId, 'Old', folderId)).id,
    'a longer one',
  );
  await newFolder('Elsewhere', 'd invoice.txt');
  const page = await openFolder(folderId);
  await waitForList(page, 'Old', 'letter.txt', 'a invoice.txt', 'b invoice.txt');

  await page.getByRole('button', { name: /Sort/ }).click();
  await page.getByRole('option', { name: 'By name' }).click();
  await waitForList(page, 'Old', 'a invoice.txt', 'b invoice.txt', 'letter.txt');
  await page.getByRole('searchbox', { name: 'Search this folder' }).fill('invoice');
  await waitForList(page, 'a invoice.txt', 'b invoice.txt', 'c invoice.txt');
  await row(page, 'c invoice.txt').getByText('/Papers/Old', { exact: true }).waitFor();
  await page.getByText('In the whole space').click();
  await waitForList(page, 'a invoice.txt', 'b invoice.txt', 'c invoice.txt', 'd invoice.txt');

  await page.reload();
  await waitForList(page, 'a invoice.txt', 'b invoice.txt', 'c invoice.txt', 'd invoice.txt');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('button', { name: /Kind/ }).click();
  await page.getByRole('option', { name: 'Pictures' }).click();
  await page.getByText('Nothing fits').waitFor();
  expect(new URL(page.url()).search).toBe(`?folder=${folderId}&sort=name&q=invoice&in=space&type=image`);
  // Its first Escape would be the list's, while that is on its way out.
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Filter' }).waitFor({ state: 'detached' });
  await page.getByRole('row', { name: 'Pictures' }).getByRole('button').click();
  await waitForList(page, 'a invoice.txt', 'b invoice.txt', 'c invoice.txt', 'd invoice.txt');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await waitForList(page, 'Old', 'a invoice.txt', 'b invoice.txt', 'letter.txt');
});

test('a long list is read as it is walked through, and its layout is kept', async () => {
  const folderId = await newFolder('Many', 'first.txt');
  const copied = (await findByName('first.txt'))!;
  // Of rows alone: nobody asks for their bytes.
  await rows(
    stage.backends,
    `insert into assets (id, org_id, space_id, folder_id, filename, mime_type, size_bytes, type, scan_status, storage_key,
       etag, uploaded_by_kind, uploaded_by_id, created_at)
     select left(id, 22) || lpad(i::text, 5, '0'), org_id, space_id, folder_id, 'row ' || i || '.txt', mime_type, i, type,
       'CLEAN', storage_key || i, etag, uploaded_by_kind, uploaded_by_id, created_at - make_interval(secs => i)
     from assets, generate_series(1, 119) i where id = $1`,
    [copied],
  );
  const page = await openFolder(folderId);
  await page.getByText('50+ files').waitFor();
  await nameOf(page, 'row 49.txt').scrollIntoViewIfNeeded();
  await nameOf(page, 'row 60.txt').waitFor();
  await page.keyboard.press('End');
  await nameOf(page, 'row 99.txt').scrollIntoViewIfNeeded();
  await page.getByText('120 files').waitFor();
  await eventually(async () => expect(await listed(page)).toHaveLength(120));

  await page.getByRole('radio', { name: 'Grid' }).click();
  await page.reload();
  await eventually(async () =>
    expect(await page.getByRole('radio', { name: 'Grid' }).getAttribute('aria-checked')).toBe('true'),
  );
});

async function findByName(filename: string): Promise<string | undefined> {
  const found = await rows<{ id: string }>(stage.backends, 'select id from assets where filename = $1', [
    filename,
  ]);
  return found[0]?.id;
}

test('files are selected by clicks with Ctrl and Shift, deleted, and come back', async () => {
  const folderId = await newFolder('Pile', 'e.txt', 'd.txt', 'c.txt', 'b.txt', 'a.txt');
  const page = await openFolder(folderId);
  await nameOf(page, 'a.txt').click({ modifiers: ['Control'] });
  await page.getByText('1 selected').waitFor();
  await nameOf(page, 'd.txt').click({ modifiers: ['Shift'] });
  await page.getByText('4 selected').waitFor();
  await nameOf(page, 'c.txt').click({ modifiers: ['Control'] });
  await page.getByText('3 selected').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await waitForList(page, 'c.txt', 'e.txt');
  await toast(page, '3 files moved to the trash').getByRole('button', { name: 'Undo' }).click();
  await waitForList(page, 'a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt');
  await toast(page, '3 files restored').waitFor();

  await selectAll(page);
  await page.getByText('5 selected').waitFor();
  await page.getByRole('button', { name: 'Select nothing' }).click();
  await page.getByText('5 selected').waitFor({ state: 'detached' });
});

test('several files are downloaded one after another', async () => {
  const folderId = await newFolder('Takeaway', 'one.txt', 'two.txt');
  const page = await openFolder(folderId);
  const downloads: string[] = [];
  page.on('download', (download) => downloads.push(download.suggestedFilename()));
  await selectAll(page);
  await page.getByRole('button', { name: 'Download' }).click();
  await until(() => downloads.length === 2);
  expect(downloads.sort()).toEqual(['one.txt', 'two.txt']);
});

test('files and folders are renamed; what was typed survives a refusal', async () => {
  const folderId = await newFolder('Names', 'draft.txt');
  await createFolder(stage.admin, spaceId, 'taken', folderId);
  await createFolder(stage.admin, spaceId, 'free', folderId);
  const page = await openFolder(folderId);
  await menu(page, 'draft.txt', 'Rename');
  const dialog = dialogOf(page);
  // Only what stands before the ending is typed over.
  await page.keyboard.type('final');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await nameOf(page, 'final.txt').waitFor();

  await menu(page, 'free', 'Rename');
  await dialog.getByLabel('New name').fill('taken');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('There is a folder of that name already').waitFor();
  await eventually(async () => expect(await dialog.getByLabel('New name').inputValue()).toBe('taken'));
  await dialog.getByLabel('New name').fill('better');
  await page.keyboard.press('Enter');
  await waitForList(page, 'better', 'taken', 'final.txt');

  await page.getByRole('button', { name: 'New folder' }).click();
  await dialog.getByLabel('Name').fill('another');
  await page.keyboard.press('Enter');
  await waitForList(page, 'another', 'better', 'taken', 'final.txt');
});

test('files are moved by the dialog, into a folder that is made there, and moved back', async () => {
  const folderId = await newFolder('From', 'wanderer.txt');
  await createFolder(stage.admin, spaceId, 'Target', folderId);
  const page = await openFolder(folderId);
  await menu(page, 'wanderer.txt', 'Move to…');
  const dialog = page.getByRole('dialog', { name: 'Move wanderer.txt' });
  const folder = (name: string) => dialog.getByRole('row', { name, exact: true });
  await folder('From').getByRole('button').click();
  await folder('Target').click();
  await dialog.getByRole('button', { name: 'New folder' }).click();
  await page.getByRole('dialog', { name: 'New folder' }).getByLabel('Name').fill('Made here');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Move here' }).click();
  await toast(page, 'wanderer.txt moved to Made here').waitFor();
  await waitForList(page, 'Target');
  const made = await findFolder(stage.admin, { spaceId, path: '/From/Target/Made here' });
  expect(await folderOf('wanderer.txt')).toBe(made?.id);
  await toast(page, 'wanderer.txt moved').getByRole('button', { name: 'Undo' }).click();
  await waitForList(page, 'Target', 'wanderer.txt');
});

const folderOf = async (filename: string) => {
  const found = await rows<{ folder_id: string | null }>(
    stage.backends,
    'select folder_id from assets where filename = $1',
    [filename],
  );
  return found[0]?.folder_id;
};

test('files and folders are dragged onto folders, and back onto a step of the way', async () => {
  const folderId = await newFolder('Dragging', 'light.txt', 'heavy.txt');
  await createFolder(stage.admin, spaceId, 'Box', folderId);
  await createFolder(stage.admin, spaceId, 'Bag', folderId);
  const page = await openFolder(folderId);
  await nameOf(page, 'heavy.txt').click({ modifiers: ['Control'] });
  await nameOf(page, 'light.txt').click();
  await nameOf(page, 'light.txt').dragTo(nameOf(page, 'Box'));
  await waitForList(page, 'Bag', 'Box');
  await nameOf(page, 'Bag').dragTo(nameOf(page, 'Box'));
  await waitForList(page, 'Box');

  await nameOf(page, 'Box').click();
  await waitForList(page, 'Bag', 'heavy.txt', 'light.txt');
  const way = page.getByRole('navigation', { name: 'Where you are' });
  await nameOf(page, 'light.txt').dragTo(way.getByRole('link', { name: 'Dragging' }));
  await waitForList(page, 'Bag', 'heavy.txt');
  await until(async () => (await folderOf('light.txt')) === folderId);
});

test('a folder that is not empty goes only after a question', async () => {
  const folderId = await newFolder('Clearing');
  const full = await createFolder(stage.admin, spaceId, 'Full', folderId);
  await createFolder(stage.admin, spaceId, 'Empty', folderId);
  const { id } = await storeNote('within.txt', full.id);
  const page = await openFolder(folderId);
  await selectAll(page);
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete “Full” and all that is in it?' });
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await waitForList(page, 'Full');
  await menu(page, 'Full', 'Delete');
  await dialog.getByRole('button', { name: 'Delete all of it' }).click();
  await page.getByText('Nothing here yet').waitFor();
  expect((await findAsset(stage.admin, id))?.deletedAt).not.toBeNull();
});

test('what others do is shown at once: what comes, is checked, is blocked, is described, and goes', async () => {
  const folderId = await newFolder('Live', 'there.txt');
  const page = await openFolder(folderId);
  await waitForList(page, 'there.txt');
  const bad = await store(stage.admin, { spaceId, folderId, ...note('bad.txt'), bytes: eicar });
  await row(page, 'bad.txt').getByText('Blocked').waitFor();
  await waitForList(page, 'bad.txt', 'there.txt');
  await nameOf(page, 'bad.txt').click();
  await details(page, 'bad.txt')
    .getByText(/Blocked by the security check: .*eicar/i)
    .waitFor();
  await eventually(async () =>
    expect(await details(page, 'bad.txt').getByRole('button', { name: 'Preview' }).count()).toBe(0),
  );
  const describe = 'mutation($id: ID!) { describeAsset(id: $id, description: "Do not open") { id } }';
  await stage.admin.get(describe, { id: bad.id });
  await details(page, 'bad.txt').getByText('Do not open').waitFor();
  await deleteAssets(stage.admin, bad.id);
  await details(page, 'bad.txt').waitFor({ state: 'detached' });
  await waitForList(page, 'there.txt');
});

test('details say what a file is and where it comes from, are copied, and described', async () => {
  const folderId = await newFolder('Facts');
  const asset = await store(stage.admin, {
    spaceId,
    folderId,
    ...note('voice.txt', 'spoken'),
    execution: { executionId: 'exec-42', provider: 'elevenlabs', metadata: { model: 'v3', costUsd: 0.02 } },
  });
  const page = await openFolder(folderId, `&file=${asset.id}`);
  const panel = details(page, 'voice.txt');
  for (const words of [
    '6 bytes',
    'by Ada',
    '/Facts/voice.txt',
    asset.urn,
    asset.sha256 ?? '',
    'exec-42',
    '0.02',
  ]) {
    await panel.getByText(words, { exact: words !== 'by Ada' }).waitFor();
  }
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel.getByRole('button', { name: 'Copy the URN' }).click();
  await toast(page, 'URN copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(asset.urn);

  await panel.getByRole('button', { name: 'Add a description' }).click();
  await panel.getByLabel('Description').fill('Said by Buno');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Said by Buno').waitFor();
});

test('who may only look is offered nothing else', async () => {
  const folderId = await newFolder('Looking', 'look.txt');
  const page = await openFolder(folderId, '', gus);
  await row(page, 'look.txt').getByRole('button', { name: 'More about look.txt' }).click();
  await page.getByRole('menuitem').first().waitFor();
  await eventually(async () =>
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Details', 'Download', 'Copy URN']),
  );
  await page.keyboard.press('Escape');
  await eventually(async () =>
    expect(await page.getByRole('button', { name: 'New folder' }).count()).toBe(0),
  );
  await nameOf(page, 'look.txt').click({ modifiers: ['Control'] });
  const bar = page.getByRole('toolbar', { name: 'With what is selected' });
  await bar.waitFor();
  await eventually(async () =>
    expect(await bar.getByRole('button').allInnerTexts()).toEqual(['', 'Download']),
  );
});

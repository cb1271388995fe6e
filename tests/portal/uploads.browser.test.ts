import { join } from 'node:path';
import { devices, type Page } from 'playwright-core';
import { defaultSpace } from '../support/space-rows.js';
import { pdf, scanned } from '../support/heart.js';
import { createFolder, deleteFolder, findFolder } from '../support/spaces.js';
import { rows } from '../support/state.js';
import { eventually, until } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { dialogOf } from './support/dialogs.js';
import { dragOver, makeTree } from './support/drop.js';
import { makeLargeFile, picture, plan } from './support/files.js';
import { focused, tabTo } from './support/keyboard.js';
import { slowDown } from './support/slow-line.js';
import { openStage, pick, type GivenFile, type Stage } from './support/stage.js';

const megabyte = 1024 * 1024;
const ada = { sub: 'ada', role: 'admin', name: 'Ada' } as const;

let stage: Stage;
let spaceId: string;
beforeAll(async () => {
  stage = await openStage();
  ({ id: spaceId } = await defaultSpace(stage.backends));
});
afterAll(() => stage?.close());
afterEach(async () => {
  expect(await stage.closeWindows()).toEqual([]);
  await setQuota(null);
});

const openSpace = (options?: object) => stage.openAs(ada, `/files/spaces/${spaceId}`, options);
const tray = (page: Page) => page.getByRole('region', { name: 'Uploads' });
const upload = (page: Page, name: string) => tray(page).getByRole('listitem').filter({ hasText: name });
const listed = (page: Page, name: string) =>
  page.getByRole('grid', { name: 'Files' }).getByText(name, { exact: true });
const percent = async (page: Page, name: string) =>
  Number(await upload(page, name).getByRole('progressbar').getAttribute('aria-valuenow'));

async function setQuota(bytes: number | null): Promise<void> {
  const document = 'mutation($bytes: SafeInt) { setStorageQuota(quotaBytes: $bytes) { quotaBytes } }';
  await stage.admin.get(document, { bytes });
}

/** By the button and its menu. */
async function choose(page: Page, files: GivenFile | GivenFile[] | string): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await pick(page, page.getByRole('menuitem', { name: 'Files' }), files);
}

async function findAsset(filename: string): Promise<{ id: string; folder: string | null } | undefined> {
  const found = await rows<{ id: string; folder: string | null }>(
    stage.backends,
    `select a.id, f.name as folder from assets a left join folders f on f.id = a.folder_id
     where a.filename = $1 and a.space_id = $2 order by a.created_at desc`,
    [filename, spaceId],
  );
  return found[0];
}

test('files that are chosen appear in the list, and the tray stays from page to page', async () => {
  const page = await openSpace();
  await choose(page, [plan, picture('one.png')]);
  await tray(page).getByRole('heading', { name: '2 files uploaded' }).waitFor();
  await tray(page).getByRole('status').getByText('2 files uploaded.').waitFor();
  await listed(page, 'plan.pdf').waitFor();
  await listed(page, 'one.png').waitFor();
  await page.getByRole('link', { name: 'Files', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
  await upload(page, 'plan.pdf').getByText('in Default').waitFor();
  await tray(page).getByRole('button', { name: 'Hide the list of uploads' }).click();
  await upload(page, 'plan.pdf').waitFor({ state: 'detached' });
  await tray(page).getByRole('button', { name: 'Close the uploads' }).click();
  await tray(page).waitFor({ state: 'detached' });
});

test('a folder is dropped with all that is in it: each folder is made once, empty ones too', async () => {
  const page = await openSpace();
  await createFolder(stage.admin, spaceId, 'project');
  const tree = await makeTree({
    'project/read me.txt': 'hello',
    'project/.DS_Store': 'left by the system',
    'project/plans/2026/a.pdf': pdf('a'),
    'project/plans/2026/b.pdf': pdf('b'),
    'project/plans/c.pdf': pdf('c'),
    'project/nothing/': '',
    'loose.txt': 'alone',
  });
  const drag = await dragOver(page, page.getByRole('grid', { name: 'Files' }), [
    join(tree.root, 'project'),
    join(tree.root, 'loose.txt'),
  ]);
  await page.getByText('Drop to upload to Default').waitFor();
  await drag.drop();
  await tray(page).getByRole('heading', { name: '5 files and 1 folder uploaded' }).waitFor();
  await page.getByText('Drop to upload to Default').waitFor({ state: 'detached' });
  await listed(page, 'loose.txt').waitFor();
  await tree.remove();

  for (const path of ['/project/plans/2026', '/project/plans', '/project/nothing']) {
    expect(await findFolder(stage.admin, { spaceId, path })).toMatchObject({ path });
  }
  expect(await findAsset('a.pdf')).toMatchObject({ folder: '2026' });
  expect(await findAsset('c.pdf')).toMatchObject({ folder: 'plans' });
  expect(await findAsset('read me.txt')).toMatchObject({ folder: 'project' });
  expect(await findAsset('loose.txt')).toMatchObject({ folder: null });
  expect(await findAsset('.DS_Store')).toBeUndefined();
  const made = await rows(stage.backends, `select from folders where space_id = $1 and name = 'project'`, [
    spaceId,
  ]);
  expect(made).toHaveLength(1);
  // A drag that goes on elsewhere leaves no sign.
  const other = await dragOver(page, page.getByRole('grid', { name: 'Files' }), [tree.root]);
  await page.getByText('Drop to upload to Default').waitFor();
  await other.leave();
  await page.getByText('Drop to upload to Default').waitFor({ state: 'detached' });
});

test('a file is replaced from its details: until the new bytes are checked, the old ones are there', async () => {
  const page = await openSpace();
  await choose(page, { ...plan, name: 'old.pdf' });
  await listed(page, 'old.pdf').waitFor();
  const old = await findAsset('old.pdf');
  await page.goto(`${page.url().split('?')[0]}?file=${old?.id}`);
  const replace = page.getByRole('button', { name: 'Replace', exact: true });
  await pick(page, replace, { ...plan, name: 'new.pdf', buffer: pdf('a newer plan') });
  const dialog = page.getByRole('dialog', { name: 'Replace old.pdf?' });
  await dialog.getByText('Until then, and if the check blocks it, the file that is there now').waitFor();
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await upload(page, 'new.pdf').getByText('Takes the place of old.pdf once it has been checked').waitFor();
  await until(async () => (await findAsset('new.pdf'))?.id === old?.id);
  await listed(page, 'new.pdf').waitFor();
});

describe('a file of 200 MB', () => {
  let large: Awaited<ReturnType<typeof makeLargeFile>>;
  beforeAll(async () => (large = await makeLargeFile(200 * megabyte)));
  afterAll(() => large?.remove());
  const name = 'annual-report.pdf';

  test('shows its progress, is paused, and goes on after a reload with the parts that are missing', async () => {
    const page = await openSpace();
    await slowDown(page, 12 * megabyte);
    await choose(page, large.path);
    await upload(page, name)
      .getByText(/MB of 200 MB · .* [KM]B\/s · .* left/)
      .waitFor();
    await until(async () => (await percent(page, name)) >= 10, 60_000);
    await upload(page, name)
      .getByRole('button', { name: `Pause ${name}` })
      .click();
    await upload(page, name)
      .getByText(/^Paused · /)
      .waitFor();
    await upload(page, name)
      .getByRole('button', { name: `Go on with ${name}` })
      .click();
    await tray(page).getByRole('button', { name: 'Pause all uploads' }).click();
    await tray(page).getByRole('heading', { name: 'Paused: 1 file left' }).waitFor();
    await tray(page).getByRole('button', { name: 'Go on with all uploads' }).click();
    await until(async () => (await percent(page, name)) >= 40, 60_000);

    // The browser asks whether to leave; this person means it.
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await upload(page, name)
      .getByText(/^Interrupted at \d+ MB of 200 MB/)
      .waitFor();
    const again = upload(page, name).getByRole('button', { name: 'Choose it again' });
    await pick(page, again, { ...plan, name });
    await upload(page, name).getByText('That is another file, or it was changed since.').waitFor();
    const puts: string[] = [];
    page.on('request', (request) => void (request.method() === 'PUT' && puts.push(request.url())));
    await slowDown(page, -1);
    await pick(page, again, large.path);
    await tray(page).getByRole('heading', { name: '1 file uploaded' }).waitFor({ timeout: 200_000 });
    expect(puts.length).toBeGreaterThan(0);
    expect(puts.length).toBeLessThan(Math.ceil(large.sizeBytes / (8 * megabyte)));
    await listed(page, name).waitFor();
    const asset = await findAsset(name);
    expect(await scanned(stage.admin, { id: asset?.id ?? '' }, 60_000)).toMatchObject({
      sizeBytes: large.sizeBytes,
      sha256: large.sha256,
      scanStatus: 'CLEAN',
    });
  }, 400_000);

  test('waits while there is no network, and goes on by itself', async () => {
    const page = await openSpace();
    await slowDown(page, 12 * megabyte);
    await choose(page, large.path);
    await until(async () => (await percent(page, name)) >= 5, 60_000);
    await page.context().setOffline(true);
    await tray(page).getByRole('heading', { name: 'Waiting for the connection' }).waitFor();
    await upload(page, name)
      .getByText(/^Waiting for the connection · /)
      .waitFor();
    await page.context().setOffline(false);
    await tray(page).getByRole('heading', { name: 'Uploading: 1 file left' }).waitFor();
    await slowDown(page, -1);
    await tray(page).getByRole('heading', { name: '1 file uploaded' }).waitFor({ timeout: 200_000 });
  }, 400_000);

  test('is cancelled, and nothing stays reserved', async () => {
    const page = await openSpace();
    await slowDown(page, 12 * megabyte);
    await choose(page, large.path);
    await until(async () => (await percent(page, name)) >= 5, 60_000);
    await tray(page).getByRole('button', { name: 'Cancel all uploads' }).click();
    await dialogOf(page).getByRole('button', { name: 'Go on uploading' }).click();
    await upload(page, name)
      .getByRole('button', { name: `Cancel ${name}` })
      .click();
    await tray(page).waitFor({ state: 'detached' });
    const open = () => rows(stage.backends, `select from uploads where status = 'OPEN'`);
    await until(async () => (await open()).length === 0);
  });
});

test('what does not fit says so, stays, and is uploaded once there is room', async () => {
  const page = await openSpace();
  await setQuota(1);
  await choose(page, { ...plan, name: 'too-much.pdf' });
  await tray(page).getByRole('heading', { name: '1 file not uploaded' }).waitFor();
  await upload(page, 'too-much.pdf').getByText('Your organization has no space left').waitFor();
  await setQuota(null);
  await upload(page, 'too-much.pdf').getByRole('button', { name: 'Try too-much.pdf again' }).click();
  await tray(page).getByRole('heading', { name: '1 file uploaded' }).waitFor();
});

test('each of several refusals is told by its file', async () => {
  const folder = await createFolder(stage.admin, spaceId, 'refusals');
  const page = await stage.openAs(ada, `/files/spaces/${spaceId}?folder=${folder.id}`);
  await page.getByRole('heading', { name: 'refusals' }).waitFor();
  await choose(page, [
    { ...plan, name: 'wrong.pdf', buffer: Buffer.from('no PDF at all') },
    { ...plan, name: 'empty.pdf', buffer: Buffer.alloc(0) },
    { ...plan, name: 'right.pdf' },
  ]);
  await upload(page, 'wrong.pdf').getByText('The file is not what its name says').waitFor();
  await upload(page, 'empty.pdf').getByText('The file is empty').waitFor();
  await upload(page, 'right.pdf').getByText('in refusals').waitFor();
  await tray(page).getByRole('heading', { name: '2 files not uploaded' }).waitFor();
  // Right before it begins.
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('BeginUpload')) await deleteFolder(stage.admin, folder.id, true);
    await route.continue();
  });
  await choose(page, { ...plan, name: 'late.pdf' });
  await upload(page, 'late.pdf').getByText('The folder is gone').waitFor();
});

test('where one may not add files, none are offered to be, and none are taken', async () => {
  const guest = { sub: 'gus', role: 'guest', name: 'Gus' } as const;
  const page = await stage.openAs(guest, `/files/spaces/${spaceId}`);
  await page.getByRole('heading', { name: 'Default' }).waitFor();
  await eventually(async () =>
    expect(await page.getByRole('button', { name: 'Upload', exact: true }).count()).toBe(0),
  );
  const tree = await makeTree({ 'a.txt': 'a' });
  const drag = await dragOver(page, page.getByRole('grid', { name: 'Files' }), [join(tree.root, 'a.txt')]);
  await drag.drop();
  await page.getByRole('heading', { name: 'Default' }).waitFor();
  await eventually(async () => expect(await tray(page).count()).toBe(0));
  await tree.remove();
});

test('the keyboard alone uploads, looks after the uploads and closes them; the focus is never lost', async () => {
  const page = await openSpace();
  await page.getByRole('button', { name: 'Upload', exact: true }).waitFor();
  await tabTo(page, 'Upload');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'menuitem');
  const [dialog] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await dialog.setFiles([plan, { ...plan, name: 'empty.pdf', buffer: Buffer.alloc(0) }]);
  await tray(page).getByRole('heading', { name: '1 file not uploaded' }).waitFor();
  await tabTo(page, 'Hide plan.pdf');
  await page.keyboard.press('Enter');
  await upload(page, 'plan.pdf').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.id === 'uploads-title');
  await tabTo(page, 'Hide empty.pdf');
  await page.keyboard.press('Enter');
  await tray(page).waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.id === 'main');
  await eventually(async () => expect(await focused(page)).not.toBe(''));
});

const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['a phone, dark', { colorScheme: 'dark', ...devices['Pixel 7'], defaultBrowserType: undefined }],
  ['a narrow window', { viewport: { width: 360, height: 640 } }],
] as const;

test.each(looks)('axe finds nothing in the way of uploads, in %s', async (_name, look) => {
  const page = await openSpace(look);
  await choose(page, [plan, { ...plan, name: `${'a long name '.repeat(20)}.pdf`, buffer: Buffer.alloc(0) }]);
  await tray(page).getByRole('heading', { name: '1 file not uploaded' }).waitFor();
  await upload(page, 'plan.pdf').getByText('in Default').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
});

import { devices, type Page } from 'playwright-core';
import { makeApi } from '../support/api.js';
import { audited } from '../support/audit.js';
import { uploadDirect } from '../support/direct.js';
import { defaultSpace } from '../support/space-rows.js';
import { agentUrn, answer, begin, fileOf, pdf, request } from '../support/heart.js';
import { token } from '../support/service.js';
import { listSpaces } from '../support/spaces.js';
import { eventually, until } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { dialogOf } from './support/dialogs.js';
import { openStage, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await makeApi(stage.alice.url, await token('dora', { name: 'Dora Miller' })).get('{ viewer { id } }');
});
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const ada = { sub: 'ada', name: 'Ada', role: 'admin' } as const;
const tell = (page: Page, part: string) => page.locator('dt', { hasText: part }).locator('xpath=../dd');

const usage = '{ viewer { organization { storage { quotaBytes } } } }';

test('storage is shown as it is: what is used, on its way and free, by space and by type', async () => {
  const { id: spaceId } = await defaultSpace(stage.backends);
  const large = Buffer.concat([pdf(), Buffer.alloc(1024 ** 2, 'a')]);
  await uploadDirect(stage.alice, { spaceId }, large);
  await answer(stage.alice, (await request(stage.agent)).id);
  const held = await request(stage.agent);
  await begin(stage.alice, held.id, fileOf(Buffer.alloc(2 * 1024 ** 2)));

  const page = await stage.openAs(ada, '/admin/storage');
  await page.getByText('3 MB used, without a limit').waitFor();
  await page.getByText('Up to a limit').click();
  await page.getByRole('textbox', { name: 'Quota' }).fill('4');
  await page.getByRole('button', { name: /Unit of quota/ }).click();
  await page.getByRole('option', { name: 'MB' }).click();
  await page.getByRole('button', { name: 'Save quota' }).click();
  await page.getByText('3 MB of 4 MB used').waitFor();
  await eventually(async () => expect(await tell(page, 'On the way').textContent()).toBe('2 MB'));
  await eventually(async () => expect(await tell(page, 'Free').textContent()).toBe('1 MB'));
  expect(
    await page.getByRole('list', { name: 'Storage by space' }).getByRole('listitem').allTextContents(),
  ).toEqual(['Default1 MB · 1 file', 'What agents were given31 bytes · 1 file']);
  await eventually(async () =>
    expect(await page.getByRole('list', { name: 'Storage by type' }).textContent()).toBe(
      'Documents1 MB · 2 files',
    ),
  );

  await page.getByRole('textbox', { name: 'Quota' }).fill('2');
  await page.getByText('This is less than what is used: 3 MB.').waitFor();
  await page.getByRole('button', { name: 'Save quota' }).click();
  await page.getByText('Nothing more fits.').waitFor();
  expect(await stage.admin.get(usage)).toMatchObject({
    viewer: { organization: { storage: { quotaBytes: 2 * 1024 ** 2 } } },
  });
  await page.getByRole('textbox', { name: 'Quota' }).fill('-1');
  await page.getByRole('button', { name: 'Save quota' }).click();
  await page.getByText('Give 0 or more.').waitFor();
  await page.getByRole('textbox', { name: 'Quota' }).fill('99999999999999');
  await page.getByText('Give a smaller number.').waitFor();
  await page.getByText('No limit', { exact: true }).click();
  await page.getByRole('button', { name: 'Save quota' }).click();
  await page.getByText('3 MB used, without a limit').waitFor();
  await stage.agentClient.cancel(held.id);
});

test('a space, a role and a member decide at once what a person may see', async () => {
  const page = await stage.openAs(ada, '/admin/spaces');
  await page.getByRole('button', { name: 'Create a role' }).click();
  await dialogOf(page).getByRole('textbox', { name: 'Name' }).fill('Admin');
  await dialogOf(page).getByRole('button', { name: 'Create' }).click();
  await dialogOf(page).getByText('There is a role of this name already.').waitFor();
  await dialogOf(page).getByRole('textbox', { name: 'Name' }).fill('Kept out');
  await dialogOf(page).getByText('Read', { exact: true }).click();
  await dialogOf(page).getByText('does not see the space at all').waitFor();
  await dialogOf(page).getByRole('button', { name: 'Create' }).click();
  const roles = page.getByRole('list', { name: 'Roles' }).getByRole('listitem');
  await roles.filter({ hasText: 'Kept out' }).getByText('Nothing: keeps people out').waitFor();

  await page.getByRole('button', { name: 'Create a space' }).click();
  await dialogOf(page).getByRole('textbox', { name: 'Name' }).fill('Board');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Board' }).waitFor();
  const seen = async () =>
    (await listSpaces(stage.alice)).find(({ name }) => name === 'Board')?.viewerPermissions;
  expect(await seen()).toEqual(['ASSETS_READ', 'ASSETS_CREATE', 'ASSETS_UPDATE']);

  // By the keyboard alone: somebody is found by name, and gets another role than the first.
  const person = page.getByRole('combobox', { name: 'Person' });
  await person.focus();
  await page.keyboard.type('alic');
  await page.getByRole('option', { name: /^Alice/ }).waitFor();
  await until(async () => (await page.getByRole('option').count()) === 1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>('[role=combobox]')?.value === 'Alice',
  );
  await page.getByRole('button', { name: 'Give the role' }).press('Enter');
  await page.getByText('Alice is Guest here').waitFor();
  expect(await seen()).toEqual(['ASSETS_READ']);
  const role = page.getByRole('button', { name: /Role of Alice/ });
  await role.press('Enter');
  await page.getByRole('option', { name: 'Kept out' }).press('Enter');
  await page.getByText('Alice is Kept out here').waitFor();
  expect(await seen()).toBeUndefined();

  // An agent by its URN, and nobody unknown.
  await person.fill('nobody');
  await person.press('Tab');
  await page.getByRole('button', { name: 'Give the role' }).click();
  await page.getByText('Nobody of this id has signed in').waitFor();
  await eventually(async () => expect(await person.inputValue()).toBe('nobody'));
  await person.fill(agentUrn);
  await person.press('Tab');
  await page.getByRole('button', { name: 'Give the role' }).click();
  await page.getByText('Buno is Guest here').waitFor();

  await page.getByRole('button', { name: 'Take the role of Alice away' }).click();
  await dialogOf(page).getByRole('button', { name: 'Take it away' }).click();
  await page.getByText('Alice has the organization’s role again').waitFor();
  expect(await seen()).toHaveLength(3);
  const members = page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  await until(async () => (await members.count()) === 1);
});

test('an admin whom a space keeps out takes their own role there back', async () => {
  const page = await stage.openAs(ada, '/admin/spaces');
  await page.getByRole('link', { name: /^Default/ }).click();
  const person = page.getByRole('combobox', { name: 'Person' });
  await person.fill('ada');
  // Leaving it closes its list, which keeps everything else from whoever does not see.
  await person.press('Tab');
  await page.getByRole('button', { name: /^Guest/ }).click();
  await page.getByRole('option', { name: 'Kept out' }).click();
  await page.getByRole('button', { name: 'Give the role' }).click();
  await page.getByText('your role lets you do nothing in it').waitFor();
  await page.getByRole('link', { name: 'All spaces' }).click();
  await page.getByRole('button', { name: 'Take the role of the organization' }).click();
  await page.getByRole('link', { name: /^Default/ }).waitFor();
});

test('the audit log tells it all, by action and by subject, in an address that can be passed on', async () => {
  const page = await stage.openAs(ada, '/admin/audit');
  const entries = page.getByRole('list', { name: 'Entries' }).getByRole('listitem');
  await entries.filter({ hasText: 'Ada created a space' }).first().waitFor();
  await entries.filter({ hasText: 'Ada gave alice a role in a space' }).first().waitFor();
  await page.getByRole('button', { name: /What was done/ }).click();
  await page.getByRole('option', { name: 'Changed the quota' }).click();
  await entries.filter({ hasText: 'Ada lifted the quota' }).waitFor();
  const recorded = await audited(stage.admin, { action: 'setStorageQuota' });
  await page.waitForFunction(
    (count) => document.querySelectorAll('.audit-rows > li').length === count,
    recorded.length,
  );

  await entries.filter({ hasText: 'set the quota to 4 MB' }).getByRole('button').first().click();
  await page.getByText('4 MB (4,194,304 bytes)').waitFor();
  await page.getByRole('button', { name: 'Show all about this subject' }).click();
  expect(new URL(page.url()).searchParams.get('subject')).toBe(recorded[0]?.subject);
  await page.reload();
  await entries.first().waitFor();
  await eventually(async () => expect(await entries.count()).toBe(recorded.length));
  await eventually(async () =>
    expect(await page.getByLabel('To what').inputValue()).toBe(recorded[0]?.subject),
  );

  await page.getByLabel('To what').fill('nothing');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing like this is on record.').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await entries.filter({ hasText: 'registered an agent' }).first().waitFor();
  await page.goBack();
  await page.getByText('Nothing like this is on record.').waitFor();
});

test('long lists go on as they are scrolled', async () => {
  for (let n = 10; n < 70; n += 1) {
    const register = `mutation($urn: ID!) { registerAgent(urn: $urn, name: "Crowd") { urn } }`;
    await stage.admin.get(register, { urn: `urn:crowd:${n}` });
  }
  const page = await stage.openAs(ada, '/admin/agents');
  const agents = page.getByRole('list', { name: 'Agents' }).getByRole('listitem');
  await agents.filter({ hasText: 'urn:crowd:10' }).waitFor();
  await page.mouse.wheel(0, 100_000);
  await agents.filter({ hasText: 'urn:crowd:69' }).waitFor();
  await eventually(async () => expect(await agents.count()).toBe(61));
});

const looks = [
  ['light', 'light', { width: 1280, height: 860 }],
  ['dark', 'dark', { width: 1280, height: 860 }],
  ['a narrow phone, dark', 'dark', { width: 360, height: 740 }],
] as const;

test.each(looks)(
  'axe finds nothing in the way, and nothing is too wide, in %s',
  async (_name, colorScheme, viewport) => {
    const { defaultBrowserType: _engine, ...phone } = devices['Pixel 7'];
    const device = viewport.width < 500 ? phone : {};
    const page = await stage.openAs(ada, '/admin', {
      ...device,
      colorScheme,
      viewport,
    });
    await page.getByRole('heading', { name: 'Agents' }).waitFor();
    const { id: spaceId } = await defaultSpace(stage.backends);
    const shown: readonly (readonly [path: string, ready: string | RegExp])[] = [
      ['/admin/agents', 'May ask'],
      [`/admin/agents/${agentUrn}`, 'Never used'],
      ['/admin/storage', 'By type'],
      ['/admin/spaces', 'Kept out'],
      [`/admin/spaces/${spaceId}`, 'Roles in this space'],
      // Not the choice of acts, which has it with a capital letter.
      ['/admin/audit', /registered an agent/],
    ];
    await stage.admin.get('mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "unused") { secret } }', {
      urn: agentUrn,
    });
    for (const [path, ready] of shown) {
      await page.goto(new URL(path, page.url()).href);
      await page.getByText(ready).first().waitFor();
      expect({ path, found: await findBarriers(page) }).toEqual({ path, found: [] });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect({ path, width }).toEqual({ path, width: viewport.width });
    }
    await page.goto(new URL('/admin/spaces', page.url()).href);
    for (const name of ['Create a space', 'Create a role']) {
      await page.getByRole('button', { name }).click();
      await dialogOf(page).waitFor();
      expect({ name, found: await findBarriers(page) }).toEqual({ name, found: [] });
      await page.keyboard.press('Escape');
      await dialogOf(page).waitFor({ state: 'detached' });
    }
  },
);

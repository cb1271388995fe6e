import type { Page } from 'playwright-core';
import { makeApi } from '../support/api.js';
import { agentUrn, awaitResult, enable, request, requestUploadMutation } from '../support/heart.js';
import { eventually, until } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { dialogOf } from './support/dialogs.js';
import { tabTo } from './support/keyboard.js';
import { openStage, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage()));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const ada = { sub: 'ada', name: 'Ada', role: 'admin' } as const;
const bob = { sub: 'bob', name: 'Bob', role: 'builder' } as const;
const agentPath = `/admin/agents/${agentUrn}`;
const switchOf = (page: Page) =>
  page.getByRole('switch', { name: 'Allow this agent to ask users for uploads', exact: true });
const label = (page: Page) => page.getByText('Allow this agent to ask users for uploads', { exact: true });

/** Why the agent may not ask; undefined when it may. */
async function refusalOfAsking(input: object = {}): Promise<string | undefined> {
  const asked = { userId: 'alice', prompt: 'anything', ...input };
  const { data, errors } = await stage.agent.ask<{ requestUpload: { id: string } }>(requestUploadMutation, {
    input: asked,
  });
  if (data !== null) await stage.agentClient.cancel(data.requestUpload.id);
  return errors?.[0]?.extensions.code;
}

test('an admin’s click decides at once whether the agent may ask, and says so', async () => {
  const page = await stage.openAs(ada, agentPath);
  await switchOf(page).waitFor();
  await eventually(async () => expect(await switchOf(page).isChecked()).toBe(true));
  await label(page).click();
  await page.getByText('Saved: Buno may not ask any more.').waitFor();
  expect(await refusalOfAsking()).toBe('TOOL_NOT_ENABLED');
  await eventually(async () =>
    expect(await page.getByText('Its tools:').locator('..').textContent()).toContain('none'),
  );
  await label(page).click();
  await page.getByText('Saved: Buno may ask from now on.').waitFor();
  expect(await refusalOfAsking()).toBeUndefined();
  await page.reload();
  await switchOf(page).waitFor();
  await eventually(async () => expect(await switchOf(page).isChecked()).toBe(true));
});

test('what people are being asked is not ended without a question', async () => {
  const page = await stage.openAs(ada, agentPath);
  const { id } = await request(stage.agent, { prompt: 'an open thing' });
  await label(page).click();
  await dialogOf(page).getByText('1 request is open').waitFor();
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'detached' });
  await eventually(async () => expect(await switchOf(page).isChecked()).toBe(true));
  expect(await awaitResult(stage.agent, id)).toBeNull();

  await label(page).click();
  await dialogOf(page).getByRole('button', { name: 'Stop it from asking' }).click();
  await page.getByText('Saved: Buno may not ask any more.').waitFor();
  expect(await awaitResult(stage.agent, id)).toMatchObject({ outcome: 'DECLINED', reason: 'REVOKED' });
  await enable(stage.admin, true);
});

test('a builder sees agents and the switch; a click shows the refusal and goes back', async () => {
  const page = await stage.openAs(bob, '/admin');
  await page.getByRole('link', { name: /^Buno/ }).click();
  await switchOf(page).waitFor();
  await label(page).click();
  await page.getByRole('alert').getByText('Only an admin of your organization may change this').waitFor();
  await until(() => switchOf(page).isChecked());
  expect(await refusalOfAsking()).toBeUndefined();
  const pages = page.getByRole('navigation', { name: 'Admin' }).getByRole('link');
  await eventually(async () => expect(await pages.allTextContents()).toEqual(['Agents']));
  for (const name of ['Save policy', 'Create key', 'Register an agent'])
    await eventually(async () => expect(await page.getByRole('button', { name }).count()).toBe(0));
  await page.goto(new URL('/admin/audit', page.url()).href);
  await page.getByText('Only admins of your organization see this.').waitFor();
});

test('a member is not led here, and told so when coming by address', async () => {
  const page = await stage.openAs({ sub: 'alice', name: 'Alice' }, '/admin/agents');
  await page.getByText('This page is for the admins and builders').waitFor();
  const way = page.locator('main').getByRole('link', { name: 'Requests' });
  // Not the browser's own blue.
  await eventually(async () =>
    expect(await way.evaluate((link) => getComputedStyle(link).color)).not.toBe('rgb(0, 0, 238)'),
  );
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await eventually(async () => expect(await pages.getByRole('link', { name: 'Admin' }).count()).toBe(0));
  await eventually(async () => expect(await page.getByText('Buno').count()).toBe(0));
});

test('a policy is saved and enforced; what is too wide is refused where it was typed', async () => {
  const page = await stage.openAs(ada, agentPath);
  const size = page.getByRole('textbox', { name: 'Largest file' });
  const save = page.getByRole('button', { name: 'Save policy' });
  await page.getByText('Up to 50 MB on this service.').waitFor();
  await size.fill('51');
  await save.click();
  await page.getByText('At most 52428800 bytes are allowed here.').waitFor();
  await eventually(async () => expect(await size.getAttribute('aria-invalid')).toBe('true'));
  await eventually(async () => expect(await size.inputValue()).toBe('51'));

  await size.fill('much');
  await save.click();
  await page.getByText('Give a number.').waitFor();
  await size.fill('1,5');
  await page.getByLabel('Another type').fill('image/heic');
  await page.keyboard.press('Enter');
  await save.click();
  await page.getByRole('alert').getByText('image/heic is not allowed here.').waitFor();
  await page.getByRole('button', { name: 'Remove image/heic' }).click();
  await page.getByText('Pictures', { exact: true }).click();
  await page.getByText('PNG', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Time to answer' }).fill('2');
  await save.click();
  await page.getByText('Saved', { exact: true }).waitFor();

  await page.reload();
  await size.waitFor();
  await eventually(async () => expect(await size.inputValue()).toBe('1.5'));
  await eventually(async () =>
    expect(await page.getByRole('checkbox', { name: 'GIF' }).isChecked()).toBe(false),
  );
  await eventually(async () =>
    expect(await page.getByRole('checkbox', { name: 'PNG' }).isChecked()).toBe(true),
  );
  for (const input of [
    { maxSizeBytes: 2_000_000 },
    { allowedMimeTypes: ['image/gif'] },
    { timeoutSeconds: 121 },
  ])
    expect(await refusalOfAsking(input)).toBe('INVALID_CONSTRAINT');
  expect(await refusalOfAsking({ allowedMimeTypes: ['image/png'], timeoutSeconds: 120 })).toBeUndefined();

  await page.getByRole('button', { name: 'Set to the service’s limits' }).click();
  await save.click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(await refusalOfAsking({ maxSizeBytes: 50 * 1024 ** 2, timeoutSeconds: 300 })).toBeUndefined();
});

test('a key is shown once, works, and is shut out when it is revoked', async () => {
  const page = await stage.openAs(ada, agentPath, { permissions: ['clipboard-read', 'clipboard-write'] });
  const keys = page.getByRole('list', { name: 'App keys' }).getByRole('listitem');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByText('Give a name of 1 to 200 characters.').waitFor();
  await page.getByLabel('Name of a new key').fill('production');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByText('Copy “production” now.').waitFor();
  // Also of the button that is gone now.
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Copy the key' }).click();
  await page.getByText('Copied').waitFor({ state: 'attached' });
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  expect(secret).toMatch(/^ak_/);
  const runtime = makeApi(stage.agent.url, secret);
  expect(await runtime.get('{ viewer { name } }')).toEqual({ viewer: { name: 'Buno' } });

  await page.getByRole('button', { name: 'I have kept it' }).click();
  await keys.filter({ hasText: 'production' }).waitFor();
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  await keys.filter({ hasText: 'production' }).getByText('Last used').waitFor();
  await page.getByRole('button', { name: 'Revoke production' }).click();
  await dialogOf(page).getByRole('button', { name: 'Revoke' }).click();
  await keys.filter({ hasText: 'production' }).getByText('Revoked', { exact: true }).waitFor();
  expect(await runtime.refusal('{ viewer { name } }')).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('an agent is registered and set up without a mouse; a wrong URN is told at its field', async () => {
  const page = await stage.openAs(ada, '/admin/agents');
  await page.getByRole('link', { name: /^Buno/ }).waitFor();
  await tabTo(page, 'Register an agent');
  await page.keyboard.press('Enter');
  await dialogOf(page).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Odd / agent');
  await page.keyboard.press('Tab');
  await page.keyboard.type('no urn');
  await page.keyboard.press('Enter');
  await dialogOf(page).getByText('Give a URN such as urn:agent:research').waitFor();
  // The focus is still there, or was brought there.
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('urn:agent:odd/100%25');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Odd / agent' }).waitFor();
  await page.reload();
  await switchOf(page).waitFor();
  await eventually(async () => expect(await switchOf(page).isChecked()).toBe(false));
  await tabTo(page, 'Copy the URN');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.getByText('Saved: Odd / agent may ask from now on.').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'switch');
  await page.goBack();
  await page
    .getByRole('link', { name: /^Odd \/ agent/ })
    .getByText('May ask')
    .waitFor();
});

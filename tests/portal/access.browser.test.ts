import { devices } from 'playwright-core';
import { begin, fileOf, pdf, request } from '../support/heart.js';
import { eventually } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { dialogOf } from './support/dialogs.js';
import { plan, picture } from './support/files.js';
import { card, openStage, pick, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage({ demo: true })));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const looks = [
  ['light', 'light', undefined],
  ['dark', 'dark', undefined],
  ['a phone, dark', 'dark', devices['iPhone 13']],
] as const;

test.each(looks)('axe finds nothing in the way, in %s', async (_name, colorScheme, device) => {
  const { defaultBrowserType: _engine, ...options } = device ?? { defaultBrowserType: undefined };
  const page = await stage.open('/', { colorScheme, ...options });
  await page.getByRole('button', { name: /^Alice/ }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.context().close();

  const portal = await stage.openAsAlice({ colorScheme, ...options });
  await portal.getByText('Nothing is asked of you right now').waitFor();
  expect(await findBarriers(portal)).toEqual([]);

  const ids: string[] = [];
  const ask = async (prompt: string, how: object = {}) => {
    const { id } = await request(stage.agent, { prompt, ...how });
    ids.push(id);
    await card(portal, prompt).waitFor();
    return id;
  };
  await ask('a plain thing');
  await ask('a chosen thing', { maxFiles: 3, minFiles: 2, timeoutSeconds: 50 });
  const files = [plan, { ...plan, name: 'empty.pdf', buffer: Buffer.alloc(0) }, picture('one.png')];
  const choose = (prompt: string) => card(portal, prompt).getByRole('button', { name: /^Choose file/ });
  await pick(portal, choose('a chosen thing'), files);
  await begin(stage.alice, await ask('a thing that is on its way'), fileOf(pdf()));
  await card(portal, 'a thing that is on its way').getByText('from another device').waitFor();
  await ask('a refused thing', { allowedMimeTypes: ['application/pdf'] });
  await pick(portal, choose('a refused thing'), { ...plan, buffer: Buffer.from('text') });
  await card(portal, 'a refused thing').getByRole('button', { name: 'Send to Buno' }).click();
  await card(portal, 'a refused thing').getByRole('alert').waitFor();
  expect(await findBarriers(portal)).toEqual([]);

  const plain = card(portal, 'a plain thing');
  await plain.getByRole('button', { name: 'Decline' }).click();
  await dialogOf(portal).waitFor();
  expect(await findBarriers(portal)).toEqual([]);
  await portal.keyboard.press('Escape');
  await plain.getByRole('button', { name: /^Use a file/ }).click();
  await dialogOf(portal).waitFor();
  expect(await findBarriers(portal)).toEqual([]);
  await portal.keyboard.press('Escape');
  await portal.getByRole('button', { name: /account$/ }).click();
  await portal.getByRole('menu').waitFor();
  expect(await findBarriers(portal)).toEqual([]);
  await portal.keyboard.press('Escape');

  for (const id of ids) await stage.agentClient.cancel(id);
  await portal.getByText('Buno no longer needs this').first().waitFor();
  await portal.getByText('Nothing is asked of you right now').waitFor();
  expect(await findBarriers(portal)).toEqual([]);
  const { scrollWidth, clientWidth } = await portal.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
});

test('on a phone, the camera is at hand for a request that takes pictures, and the limits are on the input', async () => {
  const { defaultBrowserType: _engine, ...phone } = devices['Pixel 7'];
  const page = await stage.openAsAlice(phone);
  await request(stage.agent, { prompt: 'a photo of you', allowedMimeTypes: ['image/*'] });
  const { id } = await request(stage.agent, { prompt: 'a paper', allowedMimeTypes: ['application/pdf'] });
  const camera = (prompt: string) => card(page, prompt).getByRole('button', { name: 'Take a photo' });
  await card(page, 'a paper').waitFor();
  await eventually(async () => expect(await camera('a paper').count()).toBe(0));
  const inputs = card(page, 'a photo of you').locator('input[type=file]');
  await eventually(async () =>
    expect(await inputs.evaluateAll((all) => all.map((input) => input.getAttribute('capture')))).toEqual([
      null,
      'environment',
    ]),
  );
  const accepted = await inputs.evaluateAll((all) => all.map((input) => input.getAttribute('accept')));
  expect(accepted).toEqual(Array(2).fill('image/jpeg,image/png,image/gif,image/webp'));
  await pick(page, camera('a photo of you'), picture('selfie.png'));
  await card(page, 'a photo of you').getByRole('button', { name: 'Send to Buno' }).click();
  await page.getByText('Sent to Buno').waitFor();
  await stage.agentClient.cancel(id);
});

test('who comes by an address that leads nowhere is told so, and led on', async () => {
  const page = await stage.openAs({ sub: 'alice', name: 'Alice' }, '/nothing/of/this');
  await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.locator('main').getByRole('link', { name: 'Requests' }).click();
  await page.getByText('Nothing is asked of you right now').waitFor();
});

test('nothing is left in the way of what has been done', async () => {
  const page = await stage.openAsAlice();
  await request(stage.agent, { prompt: 'a thing nobody has' });
  await card(page, 'a thing nobody has').getByRole('button', { name: 'Decline' }).click();
  await dialogOf(page).getByRole('button', { name: 'Decline' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('You declined').waitFor();
  // What was announced stays for some seconds.
  expect(await findBarriers(page)).toEqual([]);
});

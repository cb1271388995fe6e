import type { Page } from 'playwright-core';
import { request } from '../support/heart.js';
import { eventually } from '../support/until.js';
import { plan } from './support/files.js';
import { card, openStage, pick, send, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage()));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const note = 'Reconnecting… You can go on; nothing is lost.';

test('a connection that is lost is noted quietly, and what happened meanwhile is told when it is back', async () => {
  const page = await stage.openAsAlice();
  const { id } = await request(stage.agent, { prompt: 'something before the tunnel' });
  await card(page, 'something before the tunnel').waitFor();

  await stage.connection.refuse();
  await page.getByText(note).waitFor();
  await stage.agentClient.cancel(id);
  await request(stage.agent, { prompt: 'something after the tunnel' });
  await eventually(async () =>
    expect(await card(page, 'something before the tunnel').isVisible()).toBe(true),
  );

  await stage.connection.heal();
  await card(page, 'something after the tunnel').waitFor({ timeout: 30_000 });
  await page.getByText('Buno no longer needs this').waitFor();
  await page.getByText(note).waitFor({ state: 'detached', timeout: 30_000 });
  await send(page, plan, 'something after the tunnel');
  await page.getByText('Sent to Buno').waitFor();
});

test('an answer that is sent while the service is away arrives once it is back', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a file in the tunnel');
  const its = card(page, 'a file in the tunnel');
  await pick(page, its.getByRole('button', { name: 'Choose file' }), plan);
  await stage.connection.refuse();
  await page.getByText(note).waitFor();
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await its.getByRole('progressbar').waitFor();
  await stage.connection.heal();
  await page.getByText('Sent to Buno').waitFor({ timeout: 30_000 });
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('a device without any network says so at once, keeps what was chosen, and sends it once it is back', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a file from the mountains');
  const its = card(page, 'a file from the mountains');
  await pick(page, its.getByRole('button', { name: 'Choose file' }), plan);
  await page.context().setOffline(true);
  await page.getByText(note).waitFor();
  await its.getByText('plan.pdf').waitFor();
  await page.context().setOffline(false);
  await page.getByText(note).waitFor({ state: 'detached', timeout: 30_000 });
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

describe('a page that is visited for the first time while the connection is lost', () => {
  const visit = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  const failed = (page: Page) => page.getByRole('heading', { name: 'This could not be loaded' });
  /** Ends once what was told before is gone: what is told from then on is told of this try. */
  const tryAgain = async (page: Page) => {
    const told = await failed(page).elementHandle();
    await page.getByRole('button', { name: 'Try again' }).click();
    await told?.waitForElementState('hidden');
  };
  /** Gone with a reload. */
  const mark = (page: Page) => page.evaluate(() => Object.assign(window, { isSame: true }));
  const isMarked = (page: Page) => page.evaluate(() => 'isSame' in window);

  test('is shown once the connection is back, without a reload', async () => {
    const page = await stage.openAsAlice();
    await mark(page);
    await page.context().setOffline(true);
    await visit(page, 'Files');
    await failed(page).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await failed(page).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('heading', { level: 1, name: 'Files' }).waitFor({ timeout: 30_000 });
    expect(await isMarked(page)).toBe(true);
  });

  test('is shown when it is visited again', async () => {
    const page = await stage.openAs({ sub: 'ada', name: 'Ada', role: 'admin' }, '/');
    await page.getByText('Nothing is asked of you right now').waitFor();
    await mark(page);
    await page.context().setOffline(true);
    await visit(page, 'Admin');
    await failed(page).waitFor();
    await visit(page, 'Requests');
    await page.getByText('Nothing is asked of you right now').waitFor();
    await page.context().setOffline(false);
    await page.getByText(note).waitFor({ state: 'detached', timeout: 30_000 });
    await visit(page, 'Admin');
    await page.getByRole('link', { name: /^Buno/ }).waitFor();
    expect(await isMarked(page)).toBe(true);
  });

  test('is shown when asked for again, where nothing has told of the loss', async () => {
    const page = await stage.openAsAlice();
    await mark(page);
    await page.route('**/static/files-page*', (route) => route.abort());
    await visit(page, 'Files');
    await failed(page).waitFor();
    await page.unroute('**/static/files-page*');
    await tryAgain(page);
    await page.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
    expect(await isMarked(page)).toBe(true);
  });

  test('is loaded whole where the service has no such part any more', async () => {
    const page = await stage.openAsAlice();
    await mark(page);
    await page.route('**/static/files-page*', (route) => route.fulfill({ status: 404 }));
    await visit(page, 'Files');
    await failed(page).waitFor();
    await tryAgain(page);
    await failed(page).waitFor();
    await page.unroute('**/static/files-page*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
    expect(await isMarked(page)).toBe(false);
  });
});

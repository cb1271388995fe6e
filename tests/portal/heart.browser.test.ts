import { createHash } from 'node:crypto';
import { request, scanned } from '../support/heart.js';
import { eventually } from '../support/until.js';
import { dialogOf } from './support/dialogs.js';
import { plan } from './support/files.js';
import { card, openStage, send, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage()));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

test('a request appears on every device, is answered on one, and is gone from all', async () => {
  const laptop = await stage.openAsAlice();
  const phone = await stage.openAsAlice({ viewport: { width: 390, height: 844 } });
  await laptop.getByText('Nothing is asked of you right now').waitFor();

  const result = stage.ask('a copy of your business plan');
  await Promise.all([card(laptop).waitFor(), card(phone).waitFor()]);
  const words = await card(laptop).innerText();
  expect(words).toContain('Buno is asking for:');
  expect(words).toContain('Agent of acme');
  expect(words).toContain('PDF, pictures, Word, Excel, PowerPoint or text · up to 50 MB');
  await eventually(async () =>
    expect(await card(laptop).getByRole('timer').innerText()).toMatch(/^[45]:\d\d\s+left$/),
  );

  await send(laptop, plan);
  await laptop.getByText('Sent to Buno').waitFor();
  await phone.getByText('Answered on another device').waitFor();
  await Promise.all([
    card(laptop).waitFor({ state: 'detached' }),
    card(phone).waitFor({ state: 'detached' }),
  ]);

  const answer = await result;
  if (answer.outcome !== 'UPLOADED') throw new Error(answer.outcome);
  expect(await scanned(stage.agent, answer.asset)).toMatchObject({
    filename: 'plan.pdf',
    scanStatus: 'CLEAN',
    sha256: createHash('sha256').update(plan.buffer).digest('hex'),
  });
});

test('who opens the page without having been sent by the platform is told where to come from', async () => {
  const sizes: Promise<number>[] = [];
  const page = await stage.open('/', {}, (opened) =>
    opened.on('requestfinished', (finished) => {
      sizes.push(finished.sizes().then(({ responseBodySize }) => responseBodySize));
    }),
  );
  await page.getByRole('heading', { name: 'Sign in from your platform' }).waitFor();
  await eventually(async () => expect(await page.getByRole('listitem').count()).toBe(0));
  // All that a first visit loads, compressed: a limit on what may be added.
  await page.evaluate(() => document.fonts.ready);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThan(300_000);
});

test('a no, and the reason for it, reach the agent', async () => {
  const page = await stage.openAsAlice();
  const other = await stage.openAsAlice();
  const result = stage.ask('your diary');
  await card(page, 'your diary').getByRole('button', { name: 'Decline' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('Why? (optional)').fill('that is mine alone');
  await dialog.getByRole('button', { name: 'Decline' }).click();
  await page.getByText('You declined').waitFor();
  await other.getByText('Declined on another device').waitFor();
  expect(await result).toMatchObject({ outcome: 'DECLINED', reason: 'USER', note: 'that is mine alone' });
});

test('what the agent takes back, and what nobody answers in time, goes with a word', async () => {
  const page = await stage.openAsAlice();
  const { id } = await request(stage.agent, { prompt: 'your passport' });
  await card(page, 'your passport').waitFor();
  await stage.agentClient.cancel(id);
  await page.getByText('Buno no longer needs this').waitFor();

  await request(stage.agent, { prompt: 'an answer at once', timeoutSeconds: 1 });
  await page.getByText('The time to answer is over').waitFor();
  await eventually(async () => expect(await page.getByRole('article').count()).toBe(0));
  await page.getByRole('button', { name: 'Hide: The time to answer is over' }).click();
  await page.getByText('The time to answer is over').waitFor({ state: 'detached' });
});

test('while the page is out of sight, its tab counts what is open and the browser tells of what comes', async () => {
  const page = await stage.openAsAlice();
  // Headless browsers show no notifications: what would be shown is kept.
  await page.evaluate(() => {
    const shown: string[] = [];
    class Notification {
      static permission = 'default';
      static requestPermission() {
        Notification.permission = 'granted';
        return Promise.resolve('granted');
      }
      constructor(title: string, { body }: { body: string }) {
        shown.push(`${title}: ${body}`);
      }
    }
    Object.assign(window, { Notification, shown });
  });
  await page.getByRole('button', { name: /^Notify me/ }).click();
  await page.getByRole('img', { name: 'Notifications are on' }).waitFor();

  const { id } = await request(stage.agent, { prompt: 'something while you look' });
  await card(page, 'something while you look').waitFor();
  expect(await page.title()).toBe('Askfile');

  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.waitForFunction(() => document.title === '(1) Askfile');
  const other = await request(stage.agent, { prompt: 'something in the background' });
  await page.waitForFunction(() => document.title === '(2) Askfile');
  // Put there above, which the window's type does not know.
  await eventually(async () =>
    expect(await page.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([
      'Buno is asking for a file: something in the background',
    ]),
  );
  await Promise.all([stage.agentClient.cancel(id), stage.agentClient.cancel(other.id)]);
  await page.waitForFunction(() => document.title === 'Askfile');
});

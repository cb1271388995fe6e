import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from '../support/heart.js';
import { token } from '../support/service.js';
import { eventually } from '../support/until.js';
import { plan } from './support/files.js';
import { card, openStage, send, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage({ demo: true })));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

test('the example of a chat is there to be tried', async () => {
  const page = await stage.open('/demo/chat');
  await page.getByRole('textbox', { name: 'Message' }).fill('your business plan');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await send(page, plan, 'your business plan');
  await page.getByText('📎 plan.pdf').waitFor();
});

test('in the demo one signs in as one of three people, and plays with an agent', async () => {
  const page = await stage.open('/');
  await page.getByText('This is a demo on your own machine.', { exact: false }).waitFor();
  await eventually(async () =>
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/Alice\s+Member/),
      expect.stringMatching(/Ada\s+Admin/),
      expect.stringMatching(/Bob\s+Builder/),
    ]),
  );
  await page.getByRole('button', { name: /^Bob/ }).click();
  const agent = page.getByRole('complementary', { name: 'The agent’s side' });
  await agent.getByText('Buno, a demo agent, asks Bob.').waitFor();
  await agent.getByRole('button', { name: 'Ask me for a file' }).click();
  await agent.getByText('PENDING').waitFor();
  await card(page).waitFor();

  // The agent waits on where it was, the person's list is complete.
  await page.reload();
  await agent.getByText('PENDING').waitFor();
  await send(page, plan);
  await agent.getByText('UPLOADED').waitFor();
  await agent.getByText('scanned, clean').waitFor();
  await agent.getByText(createHash('sha256').update(plan.buffer).digest('hex'), { exact: false }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    agent.getByRole('button', { name: 'Download as the agent' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('plan.pdf');
  expect(await readFile(await download.path())).toEqual(plan.buffer);

  await agent.getByText('In a hurry').click();
  await agent.getByRole('button', { name: 'Ask me for a file' }).click();
  await card(page, 'the signed contract').waitFor();
  await agent.getByRole('button', { name: 'Take it back' }).click();
  await agent.getByText('taken back').waitFor();
  await page.getByText('Buno no longer needs this').waitFor();

  await page.getByRole('button', { name: /account$/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: /^Ada/ }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /^Ada/ }).waitFor();
});

test('a link of the platform signs in, and its token leaves the address at once', async () => {
  const page = await stage.openAsAlice();
  expect(new URL(page.url()).hash).toBe('');
  await page.getByRole('button', { name: /Alice\s+acme/ }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /Alice\s+acme/ }).waitFor();
  await page.goBack();
  expect(page.url()).not.toContain('token');
});

test("a link never quietly signs in as somebody else: a stranger's would take one's files", async () => {
  const page = await stage.openAsAlice();
  const stranger = await token('mallory', { org: 'mallory inc', name: 'Mallory' });
  const follow = async () => {
    await page.goto(`${new URL(page.url()).origin}/?again#token=${stranger}`);
    await page.getByRole('heading', { name: 'Continue as Mallory (mallory inc)?' }).waitFor();
  };
  await follow();
  await page.getByRole('button', { name: 'Stay Alice (acme)' }).click();
  await page.getByRole('button', { name: /Alice\s+acme/ }).waitFor();
  // Now the page is open at that address already.
  await follow();
  await page.getByRole('button', { name: 'Continue as Mallory (mallory inc)' }).click();
  await page.getByRole('button', { name: /Mallory\s+mallory inc/ }).waitFor();
});

test('a sign-in that ends says so, and a fresh one goes on', async () => {
  const { id } = await request(stage.agent, { prompt: 'something that outlasts a sign-in' });
  const short = await token('alice', { name: 'Alice', expiresInSeconds: 1 });
  const page = await stage.open(`/#token=${short}`);
  await page.getByText('Your sign-in has ended.', { exact: false }).waitFor({ timeout: 40_000 });
  await page.goto(`${new URL(page.url()).origin}/?fresh#token=${await token('alice', { name: 'Alice' })}`);
  await card(page, 'something that outlasts a sign-in').waitFor();
  await stage.agentClient.cancel(id);
});

test('dark and light are as the system has them, until somebody chooses, and then stay so', async () => {
  const page = await stage.openAsAlice({ colorScheme: 'dark' });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  expect(light).not.toBe(dark);
  await page.getByRole('button', { name: 'Colours: like the system' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
  await eventually(async () => expect(await ground()).toBe(dark));
  await page.reload();
  await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
  await eventually(async () => expect(await ground()).toBe(dark));
});

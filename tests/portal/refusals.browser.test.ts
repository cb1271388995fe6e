import type { Page, Route } from 'playwright-core';
import type { AskfileErrorCode } from '../../src/client/index.js';
import { begin, enable, fileOf, pdf, request } from '../support/heart.js';
import { eventually, until } from '../support/until.js';
import { picture, plan } from './support/files.js';
import { card, openStage, pick, send, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage()));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

test('a file that cannot be sent is told before a byte leaves', async () => {
  const page = await stage.openAsAlice();
  const puts: string[] = [];
  page.on('request', (sent) => void (sent.method() === 'PUT' && puts.push(sent.url())));
  await request(stage.agent, {
    prompt: 'a small PDF',
    allowedMimeTypes: ['application/pdf'],
    maxSizeBytes: 1000,
  });
  const its = card(page, 'a small PDF');
  const sendButton = its.getByRole('button', { name: 'Send to Buno' });

  await pick(page, its.getByRole('button', { name: 'Choose file' }), picture('holiday.png'));
  await its.getByText("This kind of file can't be sent here, only PDF.").waitFor();
  await eventually(async () => expect(await sendButton.isDisabled()).toBe(true));

  const another = its.getByRole('button', { name: 'Choose another' });
  await pick(page, another, { ...plan, name: 'long.pdf', buffer: pdf('x'.repeat(2000)) });
  await its.getByText('This file is too large: up to 1000 bytes can be sent.').waitFor();
  await pick(page, another, { ...plan, name: 'empty.pdf', buffer: Buffer.alloc(0) });
  await its.getByText('This file is empty.').waitFor();
  expect(puts).toEqual([]);

  await pick(page, another, plan);
  await sendButton.click();
  await page.getByText('Sent to Buno').waitFor();
});

test('a file that is not what it says is refused by the service, and another one is taken', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a real PDF');
  await send(page, { ...plan, buffer: Buffer.from('no PDF at all, only text') }, 'a real PDF');
  const its = card(page, 'a real PDF');
  await its.getByRole('alert').getByText('This file is not what its name says').waitFor();
  await pick(page, its.getByRole('button', { name: 'Choose another' }), plan);
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('storage that is away is told, and trying again works once it is back', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a file through bad weather');
  const storage = new URL(stage.backends.store.config.publicUrl).origin;
  await page.route(`${storage}/**`, (route) =>
    route.request().method() === 'PUT' ? route.abort() : route.continue(),
  );
  await send(page, plan, 'a file through bad weather');
  const its = card(page, 'a file through bad weather');
  await its.getByText("The file didn't get through").waitFor({ timeout: 30_000 });
  await page.unroute(`${storage}/**`);
  await its.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('storage that the service cannot reach is told, the request stays open, and the same file is sent later', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a file for a full shelf');
  await page.clock.install();
  const asking = new Set<object>();
  page.on('request', (asked) => asked.url().endsWith('/graphql') && asking.add(asked));
  page.on('requestfinished', (asked) => asking.delete(asked));
  page.on('requestfailed', (asked) => asking.delete(asked));
  await stage.storage.refuse();
  await send(page, plan, 'a file for a full shelf');
  const its = card(page, 'a file for a full shelf');
  // The page goes on trying for a minute.
  await its.getByRole('progressbar').waitFor();
  const told = its.getByRole('alert').getByText('The file store is not available right now');
  while (!(await told.isVisible())) {
    // What waits for its answer is not to take that for too late.
    await until(() => asking.size === 0);
    await page.clock.runFor(1000);
  }
  await stage.storage.heal();
  await page.clock.resume();
  await its.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('what was begun on another device between choosing and sending is told, and can be taken over', async () => {
  const page = await stage.openAsAlice();
  const { id } = await request(stage.agent, { prompt: 'a contested file' });
  const its = card(page, 'a contested file');
  await pick(page, its.getByRole('button', { name: 'Choose file' }), plan);
  // This window does not hear of it.
  await page.route(
    '**/graphql',
    async (route) => {
      await begin(stage.alice, id, fileOf(pdf()));
      await route.continue();
    },
    { times: 1 },
  );
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await its.getByText('You are sending a file from another device.').waitFor();
  await its.getByRole('button', { name: 'Send from here instead' }).click();
  await page.getByText('Sent to Buno').waitFor();
});

test('a full organization is told, and the file is sent once there is space', async () => {
  const page = await stage.openAsAlice();
  const setQuota = (bytes: number | null) =>
    stage.admin.get('mutation($bytes: SafeInt) { setStorageQuota(quotaBytes: $bytes) { quotaBytes } }', {
      bytes,
    });
  await setQuota(1);
  const result = stage.ask('one file too many');
  const its = card(page, 'one file too many');
  await send(page, plan, 'one file too many');
  await its.getByRole('alert').getByText('Your organization has no space left').waitFor();
  await its.getByText('plan.pdf').waitFor();
  await setQuota(null);
  await pick(page, its.getByRole('button', { name: 'Choose another' }), plan);
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

test('what has ended between choosing and sending is told, and nothing is passed on', async () => {
  const page = await stage.openAsAlice();
  const { id } = await request(stage.agent, { prompt: 'a thing that is over' });
  const its = card(page, 'a thing that is over');
  await pick(page, its.getByRole('button', { name: 'Choose file' }), plan);
  await page.route(
    '**/graphql',
    async (route) => {
      await stage.agentClient.cancel(id);
      await route.continue();
    },
    { times: 1 },
  );
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await page.getByText('Buno no longer needs this').waitFor();
  await its.waitFor({ state: 'detached' });
});

test('when an admin switches asking off, the request goes with a word', async () => {
  const page = await stage.openAsAlice();
  await request(stage.agent, { prompt: 'something improper' });
  await card(page, 'something improper').waitFor();
  await enable(stage.admin, false);
  await page.getByText('Buno may no longer ask for files').waitFor();
  await enable(stage.admin, true);
});

/** What the service, or a proxy before it, may answer instead of taking a file, and what the person can do then. */
const refusals: readonly [AskfileErrorCode, title: string, button: string | null][] = [
  ['FILE_TOO_LARGE', 'This file is too large', 'Choose another'],
  ['MIME_TYPE_NOT_ALLOWED', "This kind of file can't be sent here", 'Choose another'],
  ['SCAN_BLOCKED', 'The security check has blocked this file', 'Choose another'],
  ['QUOTA_EXCEEDED', 'Your organization has no space left', 'Choose another'],
  ['UPLOAD_NOT_FOUND', 'Sending was stopped', 'Try again'],
  ['NOT_FOUND', 'This request is gone', null],
  ['PERMISSION_DENIED', 'You may not answer this', null],
  ['INTERNAL_SERVER_ERROR', 'Something went wrong on our side', 'Try again'],
];

test.each(refusals)('%s is told in words, with what can be done', async (code, title, button) => {
  const page = await stage.openAsAlice();
  const prompt = `a file that meets ${code}`;
  const { id } = await request(stage.agent, { prompt });
  await refuseToBegin(page, (route) =>
    route.fulfill({ json: { errors: [{ message: 'For machines.', extensions: { code } }] } }),
  );
  await send(page, plan, prompt);
  const its = card(page, prompt);
  await its.getByRole('alert').getByText(title).waitFor();
  await its.getByText('plan.pdf').waitFor();
  if (button === null) expect(await its.getByRole('button', { name: /again|another/ }).count()).toBe(0);
  else await its.getByRole('button', { name: button }).waitFor();
  await stage.agentClient.cancel(id);
});

test('a proxy that asks to slow down for long is told, and the same file is sent later', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('a file in a rush');
  const stopRefusing = await refuseToBegin(page, (route) =>
    route.fulfill({ status: 429, headers: { 'retry-after': '600' }, body: 'Too Many Requests' }),
  );
  await send(page, plan, 'a file in a rush');
  const its = card(page, 'a file in a rush');
  await its.getByRole('alert').getByText('That was a lot at once').waitFor();
  await stopRefusing();
  await its.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
});

/** Answers what begins the upload of this window; the function returned lets it pass again. */
async function refuseToBegin(
  page: Page,
  answer: (route: Route) => Promise<void>,
): Promise<() => Promise<void>> {
  const handler = (route: Route) =>
    route.request().postData()?.includes('beginPromptUpload') ? answer(route) : route.continue();
  await page.route('**/graphql', handler);
  return () => page.unroute('**/graphql', handler);
}

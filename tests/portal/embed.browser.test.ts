import { devices, type Page, type WebSocket } from 'playwright-core';
import { request } from '../support/heart.js';
import { eventually, until } from '../support/until.js';
import { findBarriers } from './support/barriers.js';
import { conversationOf, heard, listen, openChatStage, type ChatStage } from './support/chat.js';
import { dialogOf } from './support/dialogs.js';
import { picture, plan } from './support/files.js';
import { focused, tabTo } from './support/keyboard.js';
import { card, pick, send } from './support/stage.js';

/** Pages of the chat's server besides the example. */
const pages = {
  '/two.html': `<!doctype html><html lang="en"><title>Two conversations</title>
    <script src="http://localhost:4000/embed/askfile-prompts.js" defer></script><script src="chat-token.js" defer></script>
    <section id="one"><askfile-prompts url="http://localhost:4000" conversation-id="one"></askfile-prompts></section>
    <section id="two"><askfile-prompts url="http://localhost:4000" conversation-id="two"></askfile-prompts></section>`,
  // What is set before the element is known, and the script as a module.
  '/late.html': `<!doctype html><html lang="en"><title>Late</title><script src="chat-token.js" defer></script>
    <script type="module" src="http://localhost:4000/embed/askfile-prompts.js"></script>
    <askfile-prompts url="http://localhost:4000"></askfile-prompts>`,
  '/chat-token.js': `const token = () => (kept ??= fetch('token', { method: 'POST' }).then((r) => r.json())).then((t) => t.token);
    let kept; for (const one of document.querySelectorAll('askfile-prompts')) one.token = token;`,
};

let stage: ChatStage;
beforeAll(async () => (stage = await openChatStage({ pages })));
afterAll(() => stage?.close());
// Also that a policy as strict as can be has refused nothing.
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const widget = 'askfile-prompts';

test('a page of another origin shows what its conversation asks for, and is told of the answer', async () => {
  const page = await stage.openChat();
  await listen(page);
  await eventually(async () => expect(await page.locator(widget).boundingBox()).toMatchObject({ height: 0 }));
  await page.getByRole('textbox', { name: 'Message' }).fill('your business plan');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const its = card(page, 'your business plan');
  await its.getByText('Agent of acme').waitFor();
  const [appeared] = await heard(page, 'prompt');
  expect(appeared).toEqual({
    name: 'prompt',
    promptId: await its.getAttribute('data-prompt-id'),
    conversationId: expect.any(String) as string,
    agentUrn: 'urn:agent:buno',
    agentName: 'Buno',
    prompt: 'your business plan',
    expiresAt: expect.any(String) as string,
  });

  await send(page, plan, 'your business plan');
  await page.getByText('Sent to Buno').waitFor();
  await page.getByText('📎 plan.pdf').waitFor();
  expect((await heard(page, 'uploaded')).at(-1)).toEqual({
    name: 'uploaded',
    promptId: appeared?.['promptId'],
    conversationId: appeared?.['conversationId'],
    outcome: 'UPLOADED',
    assets: [
      {
        id: expect.any(String) as string,
        urn: expect.stringMatching(/^urn:/) as string,
        filename: 'plan.pdf',
        mimeType: 'application/pdf',
        sizeBytes: plan.buffer.length,
      },
    ],
  });
  // The news goes by itself, and nothing is left.
  await page.mouse.move(0, 0);
  await page.getByText('Sent to Buno').waitFor({ state: 'detached' });
  await eventually(async () => expect(await page.locator(widget).boundingBox()).toMatchObject({ height: 0 }));
});

test('who says no, who answers too late, and what is taken back are told apart', async () => {
  const page = await stage.openChat();
  await listen(page);
  const how = { conversationId: await conversationOf(page) };
  const refused = stage.ask('your diary', how);
  await card(page, 'your diary').getByRole('button', { name: 'Decline' }).click();
  const dialog = page.locator(widget).getByRole('dialog', { name: 'Decline Buno’s request?' });
  await dialog.getByLabel('Why? (optional)').fill('that is mine alone');
  await dialog.getByRole('button', { name: 'Decline' }).click();
  await page.getByText('All right, without it then.').waitFor();
  expect(await refused).toMatchObject({ outcome: 'DECLINED', note: 'that is mine alone' });

  await request(stage.agent, { prompt: 'an answer at once', timeoutSeconds: 1, ...how });
  await page.getByText('I could not wait any longer.').waitFor();
  const { id } = await request(stage.agent, { prompt: 'something needless', ...how });
  await card(page, 'something needless').waitFor();
  await stage.agentClient.cancel(id);
  await until(async () => (await heard(page, 'declined')).length === 6);
  expect((await heard(page, 'timeout')).filter(({ name }) => name !== 'prompt')).toMatchObject([
    { name: 'declined', outcome: 'DECLINED', reason: 'USER' },
    { name: 'timeout', outcome: 'TIMEOUT', reason: 'NO_ANSWER' },
    { name: 'declined', promptId: id, outcome: 'DECLINED', reason: 'AGENT_CANCELLED' },
  ]);
});

test('several files are gathered and previewed, and a refusal is told to the page, too', async () => {
  const page = await stage.openChat();
  await listen(page);
  const how = { conversationId: await conversationOf(page), minFiles: 2, maxFiles: 3 };
  const result = stage.ask('your receipts', how);
  const its = card(page, 'your receipts');
  const button = its.getByRole('button', { name: 'Send to Buno' });
  await pick(page, its.getByRole('button', { name: 'Choose files' }), [
    picture('one.png'),
    { ...plan, buffer: Buffer.from('no PDF at all') },
  ]);
  await its.locator('canvas').waitFor();
  await button.click();
  await its.getByRole('alert').getByText('This file is not what its name says').waitFor();
  await eventually(async () =>
    expect(await heard(page, 'error')).toMatchObject([
      { name: 'prompt' },
      { name: 'error', code: 'UPLOAD_MISMATCH', promptId: await its.getAttribute('data-prompt-id') },
    ]),
  );
  await pick(page, its.getByRole('button', { name: 'Choose others' }), [
    picture('one.png'),
    picture('two.png'),
  ]);
  await button.click();
  await page.getByText('📎 one.png, two.png').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED', assets: [{}, {}] });
});

test('only requests of its conversation are shown, which may be another one later', async () => {
  const page = await stage.openChat();
  const mine = await conversationOf(page);
  const other = await request(stage.agent, { prompt: 'a thing of elsewhere', conversationId: 'elsewhere' });
  const { id } = await request(stage.agent, { prompt: 'a thing of here', conversationId: mine });
  await card(page, 'a thing of here').waitFor();
  await eventually(async () => expect(await page.getByRole('article').count()).toBe(1));
  const show = (conversationId: string | null) =>
    page
      .locator(widget)
      .evaluate((element, id) => Object.assign(element, { conversationId: id }), conversationId);
  await show('elsewhere');
  await card(page, 'a thing of elsewhere').waitFor();
  await card(page, 'a thing of here').waitFor({ state: 'detached' });
  await show(null);
  await card(page, 'a thing of here').waitFor();
  await card(page, 'a thing of elsewhere').waitFor();
  await Promise.all([stage.agentClient.cancel(id), stage.agentClient.cancel(other.id)]);
});

test('a token that has expired is followed by the next one', async () => {
  stage.chat.tokenSeconds = 4;
  stage.chat.tokensGiven = 0;
  const page = await stage.openChat();
  await listen(page);
  const conversationId = await conversationOf(page);
  await until(() => Promise.resolve(stage.chat.tokensGiven >= 3), 40_000);
  const result = stage.ask('a file after all that time', { conversationId });
  await send(page, plan, 'a file after all that time');
  await page.getByText('📎 plan.pdf').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
  expect((await heard(page, 'uploaded')).map(({ name }) => name)).toEqual(['prompt', 'uploaded']);
  stage.chat.tokenSeconds = 3600;
});

test('a token that is refused is told once, and the next one works', async () => {
  const page = await stage.openChat();
  await listen(page);
  const conversationId = await conversationOf(page);
  await page.locator(widget).evaluate((element) => Object.assign(element, { token: 'nonsense' }));
  await eventually(async () =>
    expect(await heard(page, 'error')).toMatchObject([{ name: 'error', code: 'UNAUTHENTICATED' }]),
  );
  const { id } = await request(stage.agent, { prompt: 'a thing for who is signed in', conversationId });
  // The example's own function, which its script has left in the page's scope.
  await page.evaluate("document.querySelector('askfile-prompts').token = getToken");
  await card(page, 'a thing for who is signed in').waitFor();
  await page.locator(widget).evaluate((element) => Object.assign(element, { token: null }));
  await page.getByRole('article').waitFor({ state: 'detached' });
  await stage.agentClient.cancel(id);
});

/** The sockets of a page, as they are opened. */
function followSockets(page: Page): WebSocket[] {
  const sockets: WebSocket[] = [];
  page.on('websocket', (socket) => sockets.push(socket));
  return sockets;
}

test('what is removed closes its connection, what is only moved keeps it', async () => {
  const page = await stage.openChat();
  const conversationId = await conversationOf(page);
  const { id } = await request(stage.agent, { prompt: 'a thing to take along', conversationId });
  const its = card(page, 'a thing to take along');
  await its.waitFor();
  const sockets = followSockets(page);
  await page.reload();
  const again = await conversationOf(page);
  const other = await request(stage.agent, { prompt: 'a thing that stays', conversationId: again });
  await pick(page, card(page, 'a thing that stays').getByRole('button', { name: 'Choose file' }), plan);
  await page.evaluate(() => document.body.append(document.querySelector('askfile-prompts') ?? ''));
  await card(page, 'a thing that stays').getByText('plan.pdf').waitFor();
  expect(sockets.map((socket) => socket.isClosed())).toEqual([false]);

  const removed = await page.evaluateHandle(() => {
    const element = document.querySelector('askfile-prompts');
    element?.remove();
    return element;
  });
  await until(() => Promise.resolve(sockets.every((socket) => socket.isClosed())));
  await eventually(async () =>
    expect(await removed.evaluate((element) => element?.shadowRoot?.childElementCount)).toBe(0),
  );
  await page.evaluate((element) => document.body.append(element ?? ''), removed);
  await card(page, 'a thing that stays').waitFor();
  expect(sockets.map((socket) => socket.isClosed())).toEqual([true, false]);
  await Promise.all([stage.agentClient.cancel(id), stage.agentClient.cancel(other.id)]);
});

test('two of them on a page show each its own, over one connection', async () => {
  const page = await stage.openChat();
  const sockets = followSockets(page);
  await page.goto(new URL('/two.html', page.url()).href);
  const results = ['one', 'two'].map((conversationId) =>
    stage.ask(`a file for ${conversationId}`, { conversationId }),
  );
  for (const name of ['one', 'two']) {
    const section = page.locator(`#${name}`);
    await card(page, `a file for ${name}`).waitFor();
    await eventually(async () => expect(await section.getByRole('article').count()).toBe(1));
    await send(page, plan, `a file for ${name}`);
    await section.getByText('Sent to Buno').waitFor();
  }
  for (const result of results) expect(await result).toMatchObject({ outcome: 'UPLOADED' });
  expect(sockets).toHaveLength(1);
});

test('what a page has set before the script was there counts, and the script may be a module', async () => {
  const page = await stage.openChat({}, '/late.html');
  const { id } = await request(stage.agent, { prompt: 'a late thing' });
  await card(page, 'a late thing').waitFor();
  await stage.agentClient.cancel(id);
});

test('a page gives it colours, corners and styles of its own', async () => {
  const page = await stage.openChat({ colorScheme: 'light' });
  const { id } = await request(stage.agent, {
    prompt: 'a thing',
    conversationId: await conversationOf(page),
  });
  const its = card(page, 'a thing');
  const primary = its.getByRole('button', { name: 'Choose file' });
  await primary.waitFor();
  const look = (name: string) =>
    primary.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), name);
  await eventually(async () => expect(await look('background-color')).toBe('rgb(74, 63, 181)'));
  await eventually(async () => expect(await look('font-family')).toBe('system-ui, sans-serif'));
  await page.locator(widget).evaluate((element: HTMLElement) => {
    element.style.setProperty('--askfile-accent', 'rgb(1, 2, 3)');
    element.style.setProperty('--askfile-radius', '0px');
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('askfile-prompts::part(button) { text-transform: uppercase }');
    document.adoptedStyleSheets.push(sheet);
  });
  await until(async () => (await look('background-color')) === 'rgb(1, 2, 3)');
  await eventually(async () => expect(await look('border-radius')).toBe('0px'));
  await eventually(async () => expect(await look('text-transform')).toBe('uppercase'));

  const ground = () => its.evaluate((element) => getComputedStyle(element).backgroundColor);
  await eventually(async () => expect(await ground()).toBe('rgb(255, 255, 255)'));
  await page.locator(widget).evaluate((element) => element.setAttribute('theme', 'dark'));
  await eventually(async () => expect(await ground()).toBe('rgb(21, 28, 31)'));
  await stage.agentClient.cancel(id);
});

test('a file that is pasted goes to the request, unless it is pasted into a field of the page', async () => {
  const page = await stage.openChat();
  const how = { conversationId: await conversationOf(page) };
  const { id } = await request(stage.agent, { prompt: 'a thing to paste', ...how });
  await card(page, 'a thing to paste').waitFor();
  const paste = (into: string, name: string) =>
    page.locator(into).evaluate((element, name) => {
      const data = new DataTransfer();
      data.items.add(new File(['%PDF-1.7'], name, { type: 'application/pdf' }));
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      return element.dispatchEvent(event);
    }, name);
  expect(await paste('#text', 'for the chat.pdf')).toBe(true);
  expect(await paste('h1', 'for the request.pdf')).toBe(false);
  await card(page, 'a thing to paste').getByText('for the request.pdf').waitFor();
  await eventually(async () => expect(await page.getByText('for the chat.pdf').count()).toBe(0));
  await stage.agentClient.cancel(id);
});

test('dialogs are in front of the page, whatever the page does to what is around', async () => {
  const page = await stage.openChat();
  const { id } = await request(stage.agent, {
    prompt: 'a thing',
    conversationId: await conversationOf(page),
  });
  await page.evaluate(() => {
    const main = document.querySelector('main');
    if (main !== null) main.style.cssText = 'transform: scale(0.9); overflow: hidden; height: 500px';
  });
  await card(page, 'a thing')
    .getByRole('button', { name: /^Use a file/ })
    .click();
  await dialogOf(page.locator(widget)).waitFor();
  await eventually(async () =>
    expect(await page.locator(`${widget} .dialog-backdrop`).boundingBox()).toEqual({
      x: 0,
      y: 0,
      ...page.viewportSize(),
    }),
  );
  // Nothing of it is in the page itself.
  await eventually(async () =>
    expect(await page.evaluate(() => document.querySelectorAll('[role=dialog], style').length)).toBe(0),
  );
  await page.getByRole('button', { name: 'Cancel' }).click();
  await dialogOf(page.locator(widget)).waitFor({ state: 'detached' });
  await stage.agentClient.cancel(id);
});

test('the keyboard alone answers and declines, and comes out where it went in', async () => {
  const page = await stage.openChat();
  await tabTo(page, 'Message');
  await page.keyboard.type('your business plan');
  await page.keyboard.press('Enter');
  await card(page, 'your business plan').waitFor();
  const chosen = page.waitForEvent('filechooser');
  await tabTo(page, 'Choose file');
  await page.keyboard.press('Enter');
  await (await chosen).setFiles(plan);
  await card(page, 'your business plan').getByText('plan.pdf').waitFor();
  await tabTo(page, 'Send to Buno');
  await page.keyboard.press('Enter');
  // The card is gone, and the focus with it: it is put where the news is, which stays as long.
  await until(async () => (await focused(page)).startsWith('Sent to Buno'));
  await tabTo(page, 'Message');
  await page.getByText('Sent to Buno').waitFor({ state: 'detached' });

  await page.keyboard.type('your diary');
  await page.keyboard.press('Enter');
  await card(page, 'your diary').waitFor();
  await tabTo(page, 'Decline');
  await page.keyboard.press('Enter');
  const dialog = dialogOf(page);
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await until(async () => (await focused(page)) === 'Decline');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Why? (optional)').waitFor();
  await tabTo(page, 'Decline');
  await page.keyboard.press('Enter');
  await page.getByText('All right, without it then.').waitFor();
  await until(async () => (await focused(page)).startsWith('You declined'));
});

const looks = [
  ['light', 'light', undefined],
  ['a phone, dark', 'dark', devices['iPhone 13']],
] as const;

test.each(looks)('axe finds nothing in the way, in %s', async (_name, colorScheme, device) => {
  const { defaultBrowserType: _engine, ...options } = device ?? { defaultBrowserType: undefined };
  const page = await stage.openChat({ colorScheme, ...options });
  const how = { conversationId: await conversationOf(page) };
  const { id } = await request(stage.agent, { prompt: 'a thing', ...how });
  await card(page, 'a thing').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await pick(page, card(page, 'a thing').getByRole('button', { name: 'Choose file' }), picture('one.png'));
  await card(page, 'a thing').getByText('one.png').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await card(page, 'a thing').getByRole('button', { name: 'Decline' }).click();
  await dialogOf(page).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
  await stage.agentClient.cancel(id);
  await page.getByText('Buno no longer needs this').waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

import { devices, type Locator, type Page } from 'playwright-core';
import { makeApi } from '../support/api.js';
import { agentUrn, answer, enable, fileOf, newAgent, pdf, request } from '../support/heart.js';
import { token } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';
import { createFolder, createRole, createSpace, setMember } from '../support/spaces.js';
import { deleteAssets } from '../support/trash.js';
import { eventually } from '../support/until.js';
import { conversationOf, openChatStage, type ChatStage } from './support/chat.js';
import { dialogOf } from './support/dialogs.js';
import { plan } from './support/files.js';
import { findOverflow } from './support/overflow.js';
import { card, pick } from './support/stage.js';
import { note, store } from './support/stored.js';

/** One word of 100 letters, which is as long as names of people's making may be. */
const word = 'Rechtsschutzversicherungsgesellschaft_'.repeat(3).slice(0, 100);
const filename = `${word}${word.slice(0, 80)}.txt`;
const folderName = `${word}_folder`;
const prompt = `the signed version of ${filename}, all of it, with the annexes and the plan of the rooms`;
const wordyUrn = 'urn:agent:wordy';
const ada = { sub: 'ada', role: 'admin', name: word } as const;

let stage: ChatStage;
let spaceId: string;
beforeAll(async () => {
  stage = await openChatStage();
  const { admin, origin } = stage;
  ({ id: spaceId } = await defaultSpace(stage.backends));
  await admin.get('mutation($urn: ID!, $name: String!) { registerAgent(urn: $urn, name: $name) { urn } }', {
    urn: wordyUrn,
    name: word,
  });
  await enable(admin, true, wordyUrn);
  await makeApi(origin, await token('cora', { name: word })).get('{ viewer { id } }');
  await setMember(admin, spaceId, 'cora', (await createRole(admin, word, 'ASSETS_READ')).id);
  await createSpace(admin, word);
  const folder = await createFolder(admin, spaceId, folderName);
  await createFolder(admin, spaceId, 'inner', folder.id);
  await store(admin, { spaceId, ...note(filename) });
  const { id } = await store(admin, { spaceId, ...note(`trashed_${filename}`) });
  await deleteAssets(admin, id);
  const asked = await request(stage.agent);
  await answer(stage.alice, asked.id, pdf(), { ...fileOf(pdf()), filename: `${word}.pdf` });
});
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const { defaultBrowserType: _engine, ...phone } = devices['Pixel 7'];
const narrow = { ...phone, viewport: { width: 360, height: 740 } };
/** Phones, upright and on their side, a page at 200 %, and a desk; ever wider, as menus do not follow inwards. */
const sizes = [
  [360, 740],
  [640, 430],
  [740, 360],
  [1280, 860],
] as const;

const openFiles = async (): Promise<Page> => {
  const page = await stage.openAs(ada, `/files/spaces/${spaceId}`, narrow);
  await page.getByRole('row', { name: filename }).waitFor();
  return page;
};
const openDialog = async (row: string, item: string): Promise<Page> => {
  const page = await openFiles();
  const its = page.getByRole('row', { name: row, exact: true });
  await its.getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await dialogOf(page).waitFor();
  return page;
};
const openAdmin = async (path: string, heading: string | RegExp): Promise<Page> => {
  const page = await stage.openAs(ada, `/admin/${path}`, narrow);
  await page.getByRole('heading', { name: heading }).first().waitFor();
  return page;
};
const openTrash = async (): Promise<Page> => {
  const page = await stage.openAs(ada, '/files/trash', narrow);
  await page.getByRole('row').first().waitFor();
  return page;
};
let requests = 0;
/** A new one, and its card: those of tests before stay open. */
const openRequest = async (): Promise<{ page: Page; its: Locator }> => {
  const wordy = await newAgent(stage.admin, stage.origin, wordyUrn);
  const page = await stage.openAsAlice(narrow);
  const text = `${prompt} (${(requests += 1)})`;
  await request(wordy, { prompt: text });
  const its = card(page, text);
  await its.waitFor();
  return { page, its };
};

const places: Readonly<Record<string, () => Promise<Page>>> = {
  'the list of files': openFiles,
  async 'the pictures of files'() {
    const page = await openFiles();
    await page.getByRole('radio', { name: 'Grid' }).click();
    return page;
  },
  async 'what can be done with a file'() {
    const page = await openFiles();
    await page.getByRole('row', { name: filename }).getByRole('button', { name: /^More/ }).click();
    await page.getByRole('menu').waitFor();
    return page;
  },
  'moving a file': () => openDialog(filename, 'Move'),
  'renaming a file': () => openDialog(filename, 'Rename'),
  'deleting a folder': () => openDialog(folderName, 'Delete'),
  async 'the details of a file'() {
    const page = await openFiles();
    await page.getByRole('row', { name: filename }).getByText(filename, { exact: true }).click();
    await page.getByRole('button', { name: 'Preview' }).waitFor();
    return page;
  },
  async 'looking at a file'() {
    const page = await openFiles();
    await page.getByRole('row', { name: filename }).getByText(filename, { exact: true }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('region', { name: filename }).waitFor();
    return page;
  },
  async 'all places of files'() {
    const page = await stage.openAs(ada, '/files', narrow);
    await page.getByRole('link', { name: word }).waitFor();
    return page;
  },
  'the trash': openTrash,
  async 'deleting for good'() {
    const page = await openTrash();
    await page
      .getByRole('row')
      .first()
      .getByRole('button', { name: /for good$/ })
      .click();
    await dialogOf(page).waitFor();
    return page;
  },
  'an agent': () => openAdmin(`agents/${wordyUrn}`, word),
  async 'a new app key'() {
    const page = await openAdmin(`agents/${agentUrn}`, 'Buno');
    await page.getByRole('textbox', { name: 'Name of a new key' }).fill(word);
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('button', { name: 'I have kept it' }).waitFor();
    return page;
  },
  async 'revoking an app key'() {
    const page = await openAdmin(`agents/${agentUrn}`, 'Buno');
    await page
      .getByRole('button', { name: `Revoke ${word}` })
      .first()
      .click();
    await dialogOf(page).waitFor();
    return page;
  },
  'all agents': () => openAdmin('agents', 'Agents'),
  'all spaces': () => openAdmin('spaces', 'Roles'),
  async 'the members of a space'() {
    const page = await openAdmin(`spaces/${spaceId}`, 'Default');
    await page
      .getByRole('button', { name: /Role of/ })
      .first()
      .waitFor();
    return page;
  },
  'what is stored': () => openAdmin('storage', /by space/i),
  async 'what was done'() {
    const page = await openAdmin('audit', 'Audit');
    await page
      .getByRole('button', { name: /registered/i })
      .first()
      .waitFor();
    return page;
  },
  'a request': async () => (await openRequest()).page,
  async 'what is to be sent'() {
    const { page, its } = await openRequest();
    const file = { ...plan, name: `${word}.pdf` };
    await pick(page, its.getByRole('button', { name: 'Choose file' }), file);
    await its.getByRole('button', { name: /^Send to/ }).waitFor();
    return page;
  },
  async 'declining a request'() {
    const { page, its } = await openRequest();
    await its.getByRole('button', { name: 'Decline' }).click();
    await dialogOf(page).waitFor();
    return page;
  },
  async 'files that an agent has already'() {
    const page = await stage.openAsAlice(narrow);
    await request(stage.agent, { prompt: `${prompt} again` });
    const its = card(page, 'again');
    await its.getByRole('button', { name: /^Use a file/ }).click();
    await dialogOf(page).getByText(`${word}.pdf`).waitFor();
    return page;
  },
  async 'a request that has ended'() {
    const { page, its } = await openRequest();
    await its.getByRole('button', { name: 'Decline' }).click();
    await dialogOf(page).getByRole('button', { name: 'Decline' }).click();
    await page.getByRole('button', { name: /^Hide/ }).waitFor();
    return page;
  },
  async 'who is signed in'() {
    const page = await openFiles();
    await page.getByRole('button', { name: /account$/ }).click();
    await page.getByRole('menu').waitFor();
    return page;
  },
};

test.each(Object.entries(places))(
  '%s keeps within the window, however long the names are',
  async (_name, open) => {
    const page = await open();
    const found: string[] = [];
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      found.push(...(await findOverflow(page)).map((one) => `at ${width}: ${one}`));
    }
    expect(found).toEqual([]);
  },
);

test('what ends in a page of others makes nothing of it wider', async () => {
  const page = await stage.openChat();
  const conversationId = await conversationOf(page);
  const { id } = await request(stage.agent, { prompt, conversationId });
  await card(page, prompt).waitFor();
  expect(await findOverflow(page)).toEqual([]);
  await card(page, prompt).getByRole('button', { name: 'Decline' }).click();
  await dialogOf(page).waitFor();
  expect(await findOverflow(page)).toEqual([]);
  await stage.agentClient.cancel(id);
  await page.getByRole('button', { name: /^Hide/ }).waitFor();
  expect(await findOverflow(page)).toEqual([]);
});

test('a picture on a button keeps its shape beside long words', async () => {
  const { page, its } = await openRequest();
  const file = { ...plan, name: 'plan.pdf' };
  await pick(page, its.getByRole('button', { name: 'Choose file' }), file);
  const picture = its.getByRole('button', { name: /^Send to/ }).locator('svg');
  await eventually(async () => expect(await picture.boundingBox()).toMatchObject({ width: 18, height: 18 }));
});

test.each([360, 414, 600])('in a trash that is %d px wide, names take what room there is', async (width) => {
  const page = await openTrash();
  await page.setViewportSize({ width, height: 740 });
  const row = page.getByRole('row').first();
  const widthOf = async (part: Locator) => (await part.boundingBox())?.width ?? 0;
  // Beside the checkbox and two buttons, each as large as a thumb needs it.
  expect(await widthOf(row.locator('.entry-name'))).toBeGreaterThan((await widthOf(row)) - 175);
});

test.each(sizes)('what files are filtered by is within reach at %d × %d', async (width, height) => {
  const page = await openFiles();
  await page.setViewportSize({ width, height });
  await page.getByRole('button', { name: /^Filter/ }).click();
  const popover = page.getByRole('dialog', { name: 'Filter' });
  const provider = popover.getByRole('textbox', { name: /provider/ });
  await provider.scrollIntoViewIfNeeded();
  const [frame, field] = [await popover.boundingBox(), await provider.boundingBox()];
  const ends = [field, frame].map((box) => (box?.y ?? Infinity) + (box?.height ?? Infinity));
  // The field within the popover, and that within the window.
  expect([...ends, height]).toEqual([...ends, height].sort((a, b) => a - b));
  expect(await findOverflow(page)).toEqual([]);
});

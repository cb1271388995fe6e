import { join } from 'node:path';
import { answer, pdf, request, scanned } from '../support/heart.js';
import { eventually } from '../support/until.js';
import { dialogOf } from './support/dialogs.js';
import { dragOver, makeTree } from './support/drop.js';
import { picture, plan } from './support/files.js';
import { card, openStage, pick, type Stage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => (stage = await openStage()));
afterAll(() => stage?.close());
afterEach(async () => expect(await stage.closeWindows()).toEqual([]));

const receipts = { minFiles: 2, maxFiles: 3, allowedMimeTypes: ['image/*'] };

test('several files are gathered, counted, and handed over together', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('your receipts', receipts);
  const its = card(page, 'your receipts');
  await its.getByText('2 to 3 files · pictures · up to 50 MB each').waitFor();
  await pick(page, its.getByRole('button', { name: 'Choose files' }), picture('one.png'));
  await its.getByText('2 to 3 files are needed: 1 more.').waitFor();
  const send = its.getByRole('button', { name: 'Send to Buno' });
  await eventually(async () => expect(await send.isDisabled()).toBe(true));

  const add = its.getByRole('button', { name: 'Add files' });
  await pick(page, add, [picture('two.png'), picture('three.png'), picture('four.png')]);
  await its.getByText('Only 3 files can be sent: remove 1.').waitFor();
  await its.getByRole('button', { name: 'Remove two.png' }).click();
  await send.click();
  await page.getByText('Sent to Buno').waitFor();
  const { outcome, ...rest } = await result;
  expect(outcome).toBe('UPLOADED');
  expect(rest).toMatchObject({
    assets: [{ filename: 'one.png' }, { filename: 'three.png' }, { filename: 'four.png' }],
  });
});

test('what the agent has already is given again, without sending it', async () => {
  const earlier = await request(stage.agent, { prompt: 'a plan, a first time' });
  const asset = await answer(stage.alice, earlier.id, pdf('the plan of last year'));
  await scanned(stage.agent, asset);
  const page = await stage.openAsAlice();
  const result = stage.ask('the plan once more', { allowedMimeTypes: ['application/pdf'] });
  await card(page, 'the plan once more').getByRole('button', { name: 'Use a file Buno has already' }).click();
  const dialog = dialogOf(page);
  // The pictures of before are no PDF.
  await dialog.getByRole('option').first().waitFor();
  await eventually(async () =>
    expect(await dialog.getByRole('option').allInnerTexts()).toEqual([expect.stringContaining('plan.pdf')]),
  );
  await dialog.getByRole('option', { name: /plan\.pdf/ }).click();
  await dialog.getByRole('button', { name: 'Answer with this' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED', assets: [{ id: asset.id }] });
});

test('two files that are dropped on a request for one: the card says which is taken', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('one file, please');
  const its = card(page, 'one file, please');
  await its.waitFor();
  const tree = await makeTree({ 'first.pdf': pdf('1'), 'second.pdf': pdf('2') });
  const drag = await dragOver(page, its, [join(tree.root, 'first.pdf'), join(tree.root, 'second.pdf')]);
  await drag.drop();
  await its.getByText('Buno asks for one file: the other one was not taken.').waitFor();
  await eventually(async () =>
    expect(await its.getByRole('list', { name: 'Files to send' }).getByRole('listitem').count()).toBe(1),
  );
  // Another one in its place is what was meant.
  await pick(page, its.getByRole('button', { name: 'Choose another' }), plan);
  await its.getByText('plan.pdf').waitFor();
  await eventually(async () => expect(await its.getByText('asks for one file').count()).toBe(0));
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  expect(await result).toMatchObject({ outcome: 'UPLOADED' });
  await tree.remove();
});

test('a file is dropped on a request, or pasted', async () => {
  const page = await stage.openAsAlice();
  const result = stage.ask('anything that you drop');
  const its = card(page, 'anything that you drop');
  await its.waitFor();
  const transfer = await page.evaluateHandle(
    ({ name, type, text }) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name, { type }));
      return data;
    },
    { name: 'dropped.pdf', type: 'application/pdf', text: plan.buffer.toString() },
  );
  await its.dispatchEvent('dragenter', { dataTransfer: transfer });
  await eventually(async () => expect(await its.getAttribute('class')).toContain('card-drop'));
  await its.dispatchEvent('drop', { dataTransfer: transfer });
  await its.getByText('dropped.pdf').waitFor();
  await its.getByRole('button', { name: 'Remove dropped.pdf' }).click();

  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'pasted.pdf', { type: 'application/pdf' }));
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  }, plan.buffer.toString());
  await its.getByText('pasted.pdf').waitFor();
  await its.getByRole('button', { name: 'Send to Buno' }).click();
  await page.getByText('Sent to Buno').waitFor();
  expect(await result).toMatchObject({ outcome: 'UPLOADED', assets: [{ filename: 'pasted.pdf' }] });
});

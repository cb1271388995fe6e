import { request } from '../support/heart.js';
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
  expect(await card(page, 'something before the tunnel').isVisible()).toBe(true);

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

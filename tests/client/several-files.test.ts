import { createAgentClient, createPortalClient, type UploadProgress } from '../../src/client/index.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';
import { startFakeStorage } from './support/fake-storage.js';

let service: FakeService;
let storage: Awaited<ReturnType<typeof startFakeStorage>>;
beforeEach(async () => {
  [service, storage] = await Promise.all([startFakeService(), startFakeStorage()]);
  service.settings.storageUrl = storage.url;
  service.state.open({ minFiles: 2, maxFiles: 3 });
});
afterEach(async () => {
  await Promise.all([service.close(), storage.close()]);
});

const makePortal = () =>
  createPortalClient({ url: service.url, token: 'jwt', retry: { minDelayMs: 2, maxDelayMs: 20 } });
const makeFile = (name: string) => new File([name], name, { type: 'application/pdf' });
const files = ['a.pdf', 'b.pdf', 'c.pdf'].map(makeFile);
const prompt = () => service.state.get('prompt-1');

test('several files are begun in their order, sent, completed and then submitted', async () => {
  const progress: UploadProgress[] = [];
  const assets = await makePortal().answer('prompt-1', files, {
    onProgress: (step) => progress.push(step),
    takeOver: true,
    description: 'the year 2026',
  });
  expect(assets.map(({ id }) => id)).toEqual(prompt().assets.map(({ id }) => id));
  expect(prompt()).toMatchObject({ status: 'UPLOADED', uploads: [{}, {}, {}] });
  const begun = service.callsOf('BeginPromptUpload').map(({ variables }) => variables);
  expect(begun).toMatchObject([
    { takeOver: true, file: { filename: 'a.pdf', description: 'the year 2026' } },
    { takeOver: false, file: { filename: 'b.pdf' } },
    { takeOver: false, file: { filename: 'c.pdf' } },
  ]);
  expect(service.callsOf('CompleteUpload')).toHaveLength(3);
  expect(service.callsOf('SubmitPromptUploads')).toHaveLength(1);
  expect(service.callsOf('AbortUpload')).toHaveLength(0);
  expect(progress.every(({ totalBytes }) => totalBytes === 15)).toBe(true);
  expect(progress.at(-1)).toEqual({ sentBytes: 15, totalBytes: 15 });
});

test('if one of them fails, all are let go and none is handed over', async () => {
  storage.answerWith(403);
  await expect(makePortal().answer('prompt-1', files)).rejects.toMatchObject({ code: 'UPLOAD_FAILED' });
  expect(prompt()).toMatchObject({ status: 'PENDING', uploads: [], assets: [] });
  expect(service.callsOf('SubmitPromptUploads')).toHaveLength(0);
});

test.each([1, 0, 4])('too few or too many are refused before any is begun: %d', async (count) => {
  const given = [...files, makeFile('d.pdf')].slice(0, count);
  await expect(makePortal().answer('prompt-1', given)).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    extensions: { field: 'files', minFiles: 2, maxFiles: 3 },
  });
  expect(service.callsOf('BeginPromptUpload')).toHaveLength(0);
});

test('of two files for a prompt that takes one, none is handed over', async () => {
  const { id } = service.state.open();
  await expect(makePortal().answer(id, files.slice(1))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(service.state.get(id)).toMatchObject({ status: 'PENDING', assets: [] });
});

test.each(['its id', 'the prompt'])('one file answers a prompt that takes several, by %s', async (by) => {
  const { id } = service.state.open({ minFiles: 1, maxFiles: 3 });
  const portal = makePortal();
  const given = by === 'its id' ? id : await portal.prompt(id);
  const asset = await portal.answer(given ?? '', makeFile('a.pdf'));
  expect(service.state.get(id)).toMatchObject({ status: 'UPLOADED', assets: [{ id: asset.id }] });
  expect(service.callsOf('AbortUpload')).toHaveLength(0);
});

test('what a reloaded page or a lost answer has left behind is not handed over', async () => {
  prompt().uploads.push({ id: 'upload-77-of-prompt-1', status: 'COMPLETED' });
  service.fail('BeginPromptUpload', 'drop');
  const assets = await makePortal().answer('prompt-1', files.slice(0, 2));
  expect(assets).toHaveLength(2);
  expect(prompt().assets.map(({ id }) => id)).toEqual(assets.map(({ id }) => id));
});

test.each([3, 1])('what was left behind makes room, even all of it: %d', async (count) => {
  for (const n of [7, 8, 9].slice(-count)) {
    prompt().uploads.push({ id: `upload-${n}-of-prompt-1`, status: 'OPEN' });
  }
  // The prompt would take more, the quota does not.
  if (count === 1) service.fail('BeginPromptUpload', { code: 'QUOTA_EXCEEDED' });
  const assets = await makePortal().answer('prompt-1', files);
  expect(prompt().assets.map(({ id }) => id)).toEqual(assets.map(({ id }) => id));
});

test('submitting is repeated when its answer was lost', async () => {
  service.fail('SubmitPromptUploads', 'drop', { code: 'STORAGE_UNAVAILABLE' });
  expect(await makePortal().answer('prompt-1', files)).toHaveLength(3);
  expect(service.callsOf('SubmitPromptUploads')).toHaveLength(3);
  expect(service.callsOf('AbortUpload')).toHaveLength(0);
});

test('an abort lets all of them go', async () => {
  storage.answerWith('hang', 'hang', 'hang');
  const abort = new AbortController();
  const answered = makePortal().answer('prompt-1', files, { signal: abort.signal });
  answered.catch(() => {});
  await until(() => storage.puts.length === 3);
  abort.abort();
  await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
  expect(service.callsOf('AbortUpload')).toHaveLength(3);
  expect(prompt()).toMatchObject({ status: 'PENDING', uploads: [] });
});

test('a prompt is answered with assets by their ids', async () => {
  const answered = await makePortal().answerWithAssets('prompt-1', ['x', 'y']);
  expect(answered.status).toBe('UPLOADED');
  expect(service.callsOf('AnswerWithAssets')[0]?.variables).toEqual({
    promptId: 'prompt-1',
    assetIds: ['x', 'y'],
  });
});

test('an agent asks for several files, and gets all of them', async () => {
  const agent = createAgentClient({ url: service.url, appKey: 'ak_1' });
  const request = { userId: 'alice', prompt: 'your invoices', minFiles: 2, maxFiles: 5 };
  let answered: Promise<unknown> | undefined;
  const result = await agent.requestUpload(request, {
    onProgress: ({ id, minFiles, maxFiles }) => {
      expect({ minFiles, maxFiles }).toEqual({ minFiles: 2, maxFiles: 5 });
      answered ??= makePortal().answer(id, files);
    },
  });
  expect(result).toMatchObject({ outcome: 'UPLOADED', assets: [{}, {}, {}] });
  await answered;
});

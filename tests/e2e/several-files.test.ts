import type { Api } from '../support/api.js';
import {
  abortMutation,
  anotherDevice,
  awaitResult,
  begin,
  beginMutation,
  cancelMutation,
  complete,
  completeMutation,
  declineMutation,
  downloadMutation,
  enable,
  getPrompt,
  newDownloadUrl,
  pdf,
  progressSubscription,
  request,
  requestUploadMutation,
  scanned,
  seedHeart,
  type PromptFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import {
  completed,
  fileNamed,
  getSeveral,
  requestSeveral,
  sent,
  submit,
  submitMutation,
} from '../support/several.js';
import { endLease, movePrompt, putStaged, rows, usageOf } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
let agent: Api;
let alice: Api;
let elsewhere: Api;

openForAll({ env: { PROMPT_LIMIT_PER_USER: '1000' } }, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
  ({ agent, alice } = people);
  elsewhere = await anotherDevice(alice);
});

/** Whatever happened: what waits and what is open agrees with the counters and the bucket. */
afterEach(() => expectInvariants(backends));

async function listed(person: Api = alice): Promise<string[]> {
  const { agentAssets } = await person.get<{ agentAssets: { nodes: { id: string }[] } }>(
    '{ agentAssets(first: 100) { nodes { id } } }',
  );
  return agentAssets.nodes.map(({ id }) => id);
}

const statusesOf = async (id: string) => (await getSeveral(alice, id)).uploads.map(({ status }) => status);

describe('asking for several files', () => {
  const ask = (input: object) =>
    agent.refusal(requestUploadMutation, { input: { userId: 'alice', prompt: 'files', ...input } });

  test.each([
    [{ minFiles: 0 }, 'input.minFiles'],
    [{ minFiles: -1, maxFiles: 2 }, 'input.minFiles'],
    [{ minFiles: 2 }, 'input.maxFiles'],
    [{ minFiles: 3, maxFiles: 2 }, 'input.maxFiles'],
    [{ maxFiles: 0 }, 'input.maxFiles'],
    [{ maxFiles: 21 }, 'input.maxFiles'],
  ])('%j is refused: %s', async (counts, field) => {
    expect(await ask(counts)).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  test('one is the default, and twenty the most', async () => {
    for (const [counts, expected] of [
      [{}, { minFiles: 1, maxFiles: 1 }],
      [
        { minFiles: null, maxFiles: null },
        { minFiles: 1, maxFiles: 1 },
      ],
      [{ maxFiles: 20 }, { minFiles: 1, maxFiles: 20 }],
      [
        { minFiles: 20, maxFiles: 20 },
        { minFiles: 20, maxFiles: 20 },
      ],
    ]) {
      const { id } = await request(agent, counts);
      expect(await getSeveral(agent, id)).toMatchObject({ status: 'PENDING', ...expected });
    }
  });

  test('another number under the same key is another question', async () => {
    const key = { idempotencyKey: 'several' };
    const { id } = await requestSeveral(agent, key);
    expect((await requestSeveral(agent, key)).id).toBe(id);
    for (const counts of [{}, { minFiles: 1, maxFiles: 3 }, { minFiles: 2, maxFiles: 4 }]) {
      expect(await ask({ ...key, prompt: 'a copy of your business plan', ...counts })).toMatchObject({
        code: 'IDEMPOTENCY_CONFLICT',
      });
    }
  });
});

test('files wait, invisible as assets, until all of them are submitted at once and in order', async () => {
  const before = await usageOf(backends);
  const { id } = await requestSeveral(agent);
  const progress = agent.subscribe<{ uploadPromptProgress: PromptFields }>(progressSubscription, { id });
  expect((await progress.next())?.uploadPromptProgress.version).toBe(1);
  const known = await listed();
  const uploads = [];
  for (const name of ['c.pdf', 'a.pdf', 'b.pdf']) uploads.push(await sent(alice, id, name));
  // The order of their completion does not matter.
  const assets = await Promise.all([...uploads].reverse().map((upload) => complete(alice, upload.id)));
  assets.reverse();
  expect(assets).toMatchObject([{ filename: 'c.pdf' }, { filename: 'a.pdf' }, { filename: 'b.pdf' }]);
  expect(await complete(alice, uploads[1]?.id ?? '')).toEqual(assets[1]);

  const waiting = { status: 'UPLOADING', version: 7, assets: [] };
  // Not handed over yet.
  expect(await getSeveral(agent, id)).toMatchObject({ ...waiting, uploads: [] });
  const own = await getSeveral(alice, id);
  expect(own).toMatchObject(waiting);
  expect(own.uploads).toEqual(uploads.map((upload) => ({ id: upload.id, status: 'COMPLETED', asset: null })));
  expect(await listed()).toEqual(known);
  for (const asset of assets) {
    for (const viewer of [alice, agent]) {
      const query = 'query($id: ID, $urn: ID) { asset(id: $id, urn: $urn) { id } }';
      expect(await viewer.get(query, { id: asset.id })).toEqual({ asset: null });
      expect(await viewer.get(query, { urn: asset.urn })).toEqual({ asset: null });
      expect(await viewer.refusal(downloadMutation, { id: asset.id })).toMatchObject({ code: 'NOT_FOUND' });
    }
  }
  const sizeBytes = assets.reduce((sum, asset) => sum + asset.sizeBytes, 0);
  expect(await usageOf(backends)).toEqual({ used: before.used, reserved: before.reserved + sizeBytes });
  expect(await awaitResult(agent, id)).toBeNull();
  // Also the clean-up that was planned with each completion leaves them alone.
  await expectInvariants(backends);

  const submitted = await submit(alice, id);
  const ids = assets.map((asset) => asset.id);
  expect(submitted).toMatchObject({ status: 'UPLOADED', version: 8 });
  expect(submitted.assets.map((asset) => asset.id)).toEqual(ids);
  expect(submitted.uploads.map(({ asset }) => asset?.id)).toEqual(ids);
  expect((await awaitResult(agent, id))?.assets.map((asset) => asset.id)).toEqual(ids);
  expect(new Set(await listed())).toEqual(new Set([...known, ...ids]));
  expect(await usageOf(backends)).toEqual({ used: before.used + sizeBytes, reserved: before.reserved });
  expect((await submit(alice, id)).version).toBe(8);
  for (const asset of assets) {
    expect(await scanned(agent, asset)).toMatchObject({ scanStatus: 'CLEAN' });
    const downloaded = await fetch(await newDownloadUrl(agent, asset));
    expect(await downloaded.text()).toBe(pdf(asset.filename).toString());
    expect(await complete(alice, uploads[ids.indexOf(asset.id)]?.id ?? '')).toMatchObject({ id: asset.id });
  }
  let seen: PromptFields | undefined;
  for (let next = await progress.next(); next !== undefined; next = await progress.next()) {
    seen = next.uploadPromptProgress;
  }
  expect(seen).toMatchObject({ status: 'UPLOADED', version: 8 });
  await progress.close();
});

test('a prompt that takes at most one file is resolved by it, and submitting then is no mistake', async () => {
  const { id } = await request(agent, { minFiles: 1, maxFiles: 1 });
  const upload = await sent(alice, id);
  expect(await alice.refusal(submitMutation, { id })).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'promptId',
  });
  const asset = await complete(alice, upload.id);
  expect(await getPrompt(alice, id)).toMatchObject({ status: 'UPLOADED', version: 3 });
  expect(await submit(alice, id)).toMatchObject({ version: 3, assets: [{ id: asset.id }] });
});

describe('who holds it', () => {
  test('of many begins at once as many succeed as the prompt takes', async () => {
    const { id } = await requestSeveral(agent);
    const file = fileNamed('a.pdf', pdf());
    const answers = await Promise.all(times(12, () => alice.ask(beginMutation, { id, file })));
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(3);
    for (const { errors } of answers) {
      if (errors === undefined) continue;
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'file', maxFiles: 3 });
    }
    expect(await getSeveral(alice, id)).toMatchObject({ status: 'UPLOADING', version: 4 });
    expect(await statusesOf(id)).toEqual(['OPEN', 'OPEN', 'OPEN']);
    await alice.get(declineMutation, { id });
  });

  test('completed files count as well; one that is taken away makes room', async () => {
    const { id } = await requestSeveral(agent);
    const [first] = [await completed(alice, id), await completed(alice, id, 'b.pdf')];
    await sent(alice, id, 'c.pdf');
    const file = fileNamed('d.pdf', pdf());
    expect(await alice.refusal(beginMutation, { id, file })).toMatchObject({ count: 3 });
    expect(await alice.get(abortMutation, { id: first.upload.id })).toMatchObject({
      abortUpload: { status: 'ABORTED' },
    });
    expect(await alice.get(abortMutation, { id: first.upload.id })).toMatchObject({
      abortUpload: { status: 'ABORTED' },
    });
    expect(await alice.refusal(completeMutation, { id: first.upload.id })).toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
    await begin(alice, id, file);
    await alice.get(declineMutation, { id });
  });

  test('another session is refused, whatever it tries, and the files of the first live on', async () => {
    const { id } = await requestSeveral(agent);
    const { upload } = await completed(alice, id);
    const open = await sent(alice, id, 'b.pdf');
    const file = fileNamed('c.pdf', pdf());
    const held = { code: 'UPLOAD_IN_PROGRESS', promptId: id };
    expect(await elsewhere.refusal(beginMutation, { id, file })).toMatchObject(held);
    expect(await elsewhere.refusal(submitMutation, { id })).toMatchObject(held);
    expect(await elsewhere.refusal(completeMutation, { id: open.id })).toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(await statusesOf(id)).toEqual(['COMPLETED', 'OPEN']);
    await complete(alice, open.id);
    expect((await submit(alice, id)).uploads[0]?.id).toBe(upload.id);
  });

  test('a take-over kills all of the first, also what was complete', async () => {
    const { id } = await requestSeveral(agent);
    const { asset, upload } = await completed(alice, id);
    const open = await sent(alice, id, 'b.pdf');
    await begin(elsewhere, id, fileNamed('c.pdf', pdf()), true);
    expect(await statusesOf(id)).toEqual(['ABORTED', 'ABORTED', 'OPEN']);
    for (const lost of [upload, open]) {
      expect(await alice.refusal(completeMutation, { id: lost.id })).toMatchObject({
        code: 'UPLOAD_IN_PROGRESS',
      });
    }
    expect(await alice.refusal(submitMutation, { id })).toMatchObject({ code: 'UPLOAD_IN_PROGRESS' });
    // And back again: what was killed stays so.
    await begin(alice, id, fileNamed('d.pdf', pdf()), true);
    expect(await alice.refusal(completeMutation, { id: open.id })).toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
    await alice.get(declineMutation, { id });
    expect(await listed()).not.toContain(asset.id);
  });

  test('aborted one by one it stays held until the last, then waits for anybody', async () => {
    const { id } = await requestSeveral(agent);
    const uploads = [(await completed(alice, id)).upload, await sent(alice, id), await sent(alice, id)];
    for (const [index, upload] of uploads.entries()) {
      await alice.get(abortMutation, { id: upload.id });
      const status = index < 2 ? 'UPLOADING' : 'PENDING';
      expect(await getSeveral(alice, id)).toMatchObject({ status, version: 6 + index });
    }
    const { upload } = await completed(elsewhere, id);
    await alice.get(abortMutation, { id: upload.id });
    expect(await getSeveral(alice, id)).toMatchObject({ status: 'PENDING' });
  });

  test('leases that end let go one by one; after the deadline for begins the last ends it', async () => {
    const { id } = await requestSeveral(agent);
    const [first, second] = [await sent(alice, id), await sent(alice, id, 'b.pdf')];
    await endLease(backends, first.id);
    await ended(first.id);
    expect(await getSeveral(alice, id)).toMatchObject({ status: 'UPLOADING' });
    await movePrompt(backends, id, { expiresIn: -1 });
    await endLease(backends, second.id);
    await ended(second.id);
    expect(await getSeveral(alice, id)).toMatchObject({ status: 'TIMEOUT', reason: 'UPLOAD_INCOMPLETE' });
  });

  test('a lease that ends takes no completed file away, and it may be submitted after the time for begins', async () => {
    const { id } = await requestSeveral(agent, { minFiles: 1 });
    const { asset, upload } = await completed(alice, id);
    await endLease(backends, upload.id);
    const open = await sent(alice, id, 'b.pdf');
    await endLease(backends, open.id);
    await ended(open.id);
    await movePrompt(backends, id, { expiresIn: -1 });
    const file = fileNamed('c.pdf', pdf());
    expect(await alice.refusal(beginMutation, { id, file })).toMatchObject({ code: 'UPLOAD_IN_PROGRESS' });
    expect((await submit(alice, id)).assets.map(({ id: assetId }) => assetId)).toEqual([asset.id]);
  });

  test('a wrong file ends alone', async () => {
    const { id } = await requestSeveral(agent, { minFiles: 1 });
    const { asset } = await completed(alice, id);
    const wrong = await sent(alice, id, 'b.pdf');
    await putStaged(backends, wrong.id, Buffer.from('x'.repeat(pdf('b.pdf').length)));
    expect(await alice.refusal(completeMutation, { id: wrong.id })).toMatchObject({
      code: 'UPLOAD_MISMATCH',
    });
    expect(await getSeveral(alice, id)).toMatchObject({
      status: 'UPLOADING',
      uploads: [{ status: 'COMPLETED' }, { status: 'ABORTED' }],
    });
    expect(await submit(alice, id)).toMatchObject({ assets: [{ id: asset.id }] });
  });
});

describe('submitting', () => {
  test('is refused with the counts while there are too few files, or with those still open', async () => {
    const { id } = await requestSeveral(agent);
    const tooFew = { code: 'BAD_USER_INPUT', field: 'promptId', minFiles: 2, maxFiles: 3 };
    expect(await alice.refusal(submitMutation, { id })).toMatchObject({ ...tooFew, completed: 0 });
    await completed(alice, id);
    expect(await alice.refusal(submitMutation, { id })).toMatchObject({ ...tooFew, completed: 1 });
    const open = await sent(alice, id, 'b.pdf');
    await completed(alice, id, 'c.pdf');
    expect(await alice.refusal(submitMutation, { id })).toMatchObject({
      code: 'UPLOAD_IN_PROGRESS',
      open: 1,
    });
    expect(await getSeveral(alice, id)).toMatchObject({ status: 'UPLOADING', version: 6, assets: [] });
    await alice.get(abortMutation, { id: open.id });
    expect(await submit(alice, id)).toMatchObject({ status: 'UPLOADED', assets: [{}, {}] });
  });

  test('belongs to the person asked', async () => {
    const { id } = await requestSeveral(agent);
    await completed(alice, id);
    await completed(alice, id, 'b.pdf');
    expect(await agent.refusal(submitMutation, { id })).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await people.admin.refusal(submitMutation, { id })).toMatchObject({ code: 'NOT_FOUND' });
    const bob = await anotherDevice(alice, 'bob');
    const globex = await anotherDevice(alice, 'alice', 'globex');
    for (const other of [bob, globex]) {
      expect(await other.refusal(submitMutation, { id })).toMatchObject({ code: 'NOT_FOUND' });
    }
    await submit(alice, id);
    expect(await elsewhere.refusal(submitMutation, { id })).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'UPLOADED',
    });
    expect(await alice.refusal(declineMutation, { id })).toMatchObject({ outcome: 'UPLOADED' });
  });

  test('what has been handed over cannot be taken away', async () => {
    const { id } = await requestSeveral(agent, { minFiles: 1 });
    const { upload } = await completed(alice, id);
    await submit(alice, id);
    expect(await alice.refusal(abortMutation, { id: upload.id })).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'UPLOADED',
    });
  });
});

describe('a prompt that ends otherwise takes its files along', () => {
  const endings: readonly [string, object, (id: string) => Promise<unknown>][] = [
    ['declined', { outcome: 'DECLINED', reason: 'USER' }, (id) => elsewhere.get(declineMutation, { id })],
    [
      'cancelled',
      { outcome: 'DECLINED', reason: 'AGENT_CANCELLED' },
      (id) => agent.get(cancelMutation, { id }),
    ],
    ['switched off', { outcome: 'DECLINED', reason: 'REVOKED' }, () => enable(people.admin, false)],
    [
      'over time',
      { outcome: 'TIMEOUT', reason: 'UPLOAD_INCOMPLETE' },
      (id) => movePrompt(backends, id, { expiresIn: -1, hardExpiresIn: -1 }),
    ],
  ];

  test.each(endings)('%s', async (_, result, end) => {
    const before = await usageOf(backends);
    const known = await listed();
    const { id } = await requestSeveral(agent);
    const uploads = [(await completed(alice, id)).upload, (await completed(alice, id, 'b.pdf')).upload];
    uploads.push(await sent(alice, id, 'c.pdf'));
    await end(id);
    expect(await awaitResult(agent, id)).toMatchObject({ ...result, assets: [] });
    const { outcome } = result as { outcome: string };
    const lost = { code: 'PROMPT_ALREADY_RESOLVED', outcome };
    expect(await alice.refusal(submitMutation, { id })).toMatchObject(lost);
    for (const upload of uploads) {
      expect(await alice.refusal(completeMutation, { id: upload.id })).toMatchObject(lost);
    }
    expect(new Set(await statusesOf(id))).toEqual(new Set([outcome === 'TIMEOUT' ? 'EXPIRED' : 'ABORTED']));
    expect(await rows(backends, 'select from verified_files')).toEqual([]);
    expect(await usageOf(backends)).toEqual(before);
    expect(await listed()).toEqual(known);
    await enable(people.admin, true);
  });
});

async function ended(uploadId: string): Promise<void> {
  await until(async () => {
    const [upload] = await rows<{ status: string }>(backends, 'select status from uploads where id = $1', [
      uploadId,
    ]);
    return upload?.status === 'EXPIRED';
  });
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapters } from '../../src/adapters.js';
import { createPortalClient } from '../../src/client/index.js';
import { fileFromPath } from '../../src/client/node.js';
import { AppError } from '../../src/core/errors.js';
import { newId } from '../../src/core/ids.js';
import { parseOrgId } from '../../src/domains/storage/object-keys.js';
import type { MultipartUpload, ObjectStore } from '../../src/domains/storage/object-store.js';
import { makeAbortStrays } from '../../src/domains/uploads/abort-strays.js';
import { makeApi } from '../support/api.js';
import {
  abortMutation,
  anotherDevice,
  awaitResult,
  begin,
  complete,
  declineMutation,
  fileOf,
  getPrompt,
  newDownloadUrl,
  pdf,
  put,
  request,
  scanned,
  seedHeart,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import {
  askToComplete,
  beginParted,
  bigPdf,
  completePartsMutation,
  findUpload,
  partsEnv,
  partSizeBytes,
  presign,
  presignMutation,
  putPart,
  sendParts,
  slice,
} from '../support/parts.js';
import { requestSeveral } from '../support/several.js';
import { openForAll } from '../support/open-for-all.js';
import { openService, token, type TestBackends, type TestService } from '../support/service.js';
import { endLease, listKeys, rows } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
/** What storage does instead of its own, for one test. */
let instead: Partial<ObjectStore>;
let original: ObjectStore;

function adapt(adapters: Adapters): Adapters {
  original = adapters.objects;
  const objects: ObjectStore = {
    ...original,
    createMultipart: (input) => (instead.createMultipart ?? original.createMultipart)(input),
    completeMultipart: (upload, parts) =>
      (instead.completeMultipart ?? original.completeMultipart)(upload, parts),
    listParts: (upload) => (instead.listParts ?? original.listParts)(upload),
  };
  return { ...adapters, objects };
}

openForAll({ env: partsEnv, adapt }, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});
beforeEach(() => {
  instead = {};
});
const bytes = bigPdf();

async function start(file: object = fileOf(bytes)) {
  const prompt = await request(people.agent);
  return { prompt, upload: await beginParted(people.alice, prompt.id, file) };
}

async function listMultiparts(): Promise<MultipartUpload[]> {
  const found = [];
  for await (const upload of service.adapters.objects.listMultipartUploads('')) found.push(upload);
  return found;
}

test('a large file is planned in equal parts, comes in any order, and is verified and scanned whole', async () => {
  const { agent, alice } = people;
  const { prompt, upload } = await start();
  expect(upload).toMatchObject({
    status: 'OPEN',
    request: null,
    multipart: { partSizeBytes, partCount: 3, uploadedParts: [] },
  });
  const sent = await sendParts(alice, upload.id, bytes, 3, 1, 2);
  expect((await findUpload(alice, upload.id))?.multipart.uploadedParts).toEqual([1, 2, 3]);
  const { data } = await askToComplete(alice, upload.id, sent);
  expect(data?.completeUpload).toMatchObject({ filename: 'plan.pdf', sizeBytes: bytes.length });

  const asset = await scanned(agent, data?.completeUpload ?? { id: '' });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(asset).toMatchObject({ scanStatus: 'CLEAN', sha256 });
  expect(await awaitResult(agent, prompt.id)).toMatchObject({
    outcome: 'UPLOADED',
    assets: [{ id: asset.id }],
  });
  const download = await fetch(await newDownloadUrl(agent, asset));
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  await expectInvariants(backends);
});

test('a small file is put by one request, and has no parts', async () => {
  const { agent, alice } = people;
  const small = pdf();
  const upload = await begin(alice, (await request(agent)).id, fileOf(small));
  expect(await findUpload(alice, upload.id)).toMatchObject({ multipart: null });
  const refusal = await alice.refusal(presignMutation, { id: upload.id, parts: [1] });
  expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', field: 'uploadId' });
  const named = await alice.refusal(completePartsMutation, {
    id: upload.id,
    parts: [{ partNumber: 1, etag: 'x' }],
  });
  expect(named).toMatchObject({ code: 'BAD_USER_INPUT', field: 'parts' });
  await put(upload, small);
  await complete(alice, upload.id);
});

test('who completes before every part is there is told which are missing, and may go on', async () => {
  const { alice } = people;
  const { upload } = await start();
  const missing = async () => (await askToComplete(alice, upload.id)).errors?.[0]?.extensions;
  expect(await missing()).toMatchObject({ code: 'UPLOAD_NOT_FOUND', missingParts: [1, 2, 3] });
  await sendParts(alice, upload.id, bytes, 2);
  expect(await missing()).toMatchObject({ code: 'UPLOAD_NOT_FOUND', missingParts: [1, 3] });
  await sendParts(alice, upload.id, bytes, 1, 3);
  await complete(alice, upload.id);
  await expectInvariants(backends);
});

test('storage refuses a part of another length, and keeps nothing of it', async () => {
  const { alice } = people;
  const { upload } = await start();
  const [first, last] = await presign(alice, upload.id, 1, 3);
  if (first === undefined || last === undefined) throw new Error('Not signed.');
  const isRefused = async (body: Buffer, signed: typeof first) =>
    !(await putPart(signed, body).catch(() => ({ ok: false }))).ok;
  expect(await isRefused(slice(bytes, 1).subarray(1), first)).toBe(true);
  expect(await isRefused(slice(bytes, 3), first)).toBe(true);
  expect(await isRefused(Buffer.concat([slice(bytes, 3), Buffer.from('x')]), last)).toBe(true);
  expect((await findUpload(alice, upload.id))?.multipart.uploadedParts).toEqual([]);
  await alice.get(abortMutation, { id: upload.id });
});

test('a part of another length that storage took all the same ends the upload', async () => {
  const { alice } = people;
  const { prompt, upload } = await start();
  await sendParts(alice, upload.id, bytes, 1, 2, 3);
  instead.listParts = () =>
    Promise.resolve([1, 2, 3].map((partNumber) => ({ partNumber, sizeBytes: partSizeBytes, etag: '"x"' })));
  expect((await findUpload(alice, upload.id))?.multipart.uploadedParts).toEqual([1, 2]);
  const { errors } = await askToComplete(alice, upload.id);
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'UPLOAD_MISMATCH' } });
  expect(errors?.[0]?.message).toContain('Part 3');
  instead = {};
  expect(await getPrompt(alice, prompt.id)).toMatchObject({ status: 'PENDING' });
  await expectInvariants(backends);
});

test('a part that is replaced after it was looked at ends the upload', async () => {
  const { alice } = people;
  const { prompt, upload } = await start();
  await sendParts(alice, upload.id, bytes, 1, 2, 3);
  const [signed] = await presign(alice, upload.id, 3);
  instead.completeMultipart = async (multipart, parts) => {
    if (signed !== undefined) await putPart(signed, Buffer.alloc(slice(bytes, 3).length, 'x'));
    return original.completeMultipart(multipart, parts);
  };
  const { errors } = await askToComplete(alice, upload.id);
  expect(errors?.[0]?.extensions.code).toBe('UPLOAD_MISMATCH');
  expect(await getPrompt(alice, prompt.id)).toMatchObject({ status: 'PENDING' });
  expect(await findUpload(alice, upload.id)).toMatchObject({ status: 'ABORTED' });
  await expectInvariants(backends);
});

test('parts that were sent are compared with those that storage has', async () => {
  const { alice } = people;
  const { upload } = await start();
  const sent = await sendParts(alice, upload.id, bytes, 1, 2, 3);
  for (const parts of [[{ partNumber: 4, etag: 'x' }], [...sent, ...sent], [{ partNumber: 0, etag: 'x' }]]) {
    const refused = (await askToComplete(alice, upload.id, parts)).errors?.[0]?.extensions;
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: 'parts' });
  }
  const other = [{ partNumber: 2, etag: sent[0]?.etag ?? '' }];
  const { errors } = await askToComplete(alice, upload.id, other);
  expect(errors?.[0]?.extensions.code).toBe('UPLOAD_MISMATCH');
  await expectInvariants(backends);
});

test('the declared SHA-256 is that of the whole', async () => {
  const { alice } = people;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const right = await start({ ...fileOf(bytes), sha256 });
  await sendParts(alice, right.upload.id, bytes, 1, 2, 3);
  expect((await askToComplete(alice, right.upload.id)).errors).toBeUndefined();

  const wrong = await start({ ...fileOf(bytes), sha256: '0'.repeat(64) });
  await sendParts(alice, wrong.upload.id, bytes, 1, 2, 3);
  const { errors } = await askToComplete(alice, wrong.upload.id);
  expect(errors?.[0]?.extensions.code).toBe('UPLOAD_MISMATCH');
  expect(await getPrompt(alice, wrong.prompt.id)).toMatchObject({ status: 'PENDING' });
  await expectInvariants(backends);
});

test('a completion that is asked for ten times at once makes one asset', async () => {
  const { alice } = people;
  const { upload } = await start();
  await sendParts(alice, upload.id, bytes, 1, 2, 3);
  const assets = await Promise.all(Array.from({ length: 10 }, () => complete(alice, upload.id)));
  expect(new Set(assets.map(({ id }) => id)).size).toBe(1);
  await expectInvariants(backends);
});

test('a completion whose answer from storage was lost is taken up where it was', async () => {
  const { alice } = people;
  const { upload } = await start();
  await sendParts(alice, upload.id, bytes, 1, 2, 3);
  instead.completeMultipart = async (multipart, parts) => {
    await original.completeMultipart(multipart, parts);
    throw new AppError('STORAGE_UNAVAILABLE', 'lost');
  };
  const { errors } = await askToComplete(alice, upload.id);
  expect(errors?.[0]?.extensions.code).toBe('STORAGE_UNAVAILABLE');
  instead = {};
  // Nothing is left to send.
  expect((await findUpload(alice, upload.id))?.multipart.uploadedParts).toEqual([1, 2, 3]);
  await complete(alice, upload.id);
  await expectInvariants(backends);
});

test('a page that was reloaded goes on where it was, on another process as well', async () => {
  const { alice } = people;
  const { upload } = await start();
  await sendParts(alice, upload.id, bytes, 2);
  const other = await openService(backends, { env: partsEnv });
  const reloaded = makeApi(other.url, alice.credential);
  const found = await findUpload(reloaded, upload.id);
  expect(found).toMatchObject({ status: 'OPEN', multipart: { partCount: 3, uploadedParts: [2] } });
  await sendParts(reloaded, upload.id, bytes, 1, 3);
  await complete(reloaded, upload.id);
  await other.close();
  await expectInvariants(backends);
});

test('the client puts a file in parts, and goes on after a restart with what has not arrived', async () => {
  const { agent, alice } = people;
  const folder = await mkdtemp(join(tmpdir(), 'askfile-parts-'));
  const path = join(folder, 'plan.pdf');
  await writeFile(path, bytes);
  const portal = createPortalClient({ url: service.url, token: alice.credential });
  const whole = await portal.answer((await request(agent)).id, await fileFromPath(path));
  expect(await scanned(agent, whole)).toMatchObject({ scanStatus: 'CLEAN', sizeBytes: bytes.length });

  const { prompt, upload } = await start();
  await sendParts(alice, upload.id, bytes, 1, 2);
  const progress: number[] = [];
  const resumed = await portal.answer(prompt.id, await fileFromPath(path), {
    resume: upload.id,
    onProgress: ({ sentBytes }) => progress.push(sentBytes),
  });
  expect(progress[0]).toBe(2 * partSizeBytes);
  expect(resumed.id).toBe((await awaitResult(agent, prompt.id))?.assets[0]?.id);
  await rm(folder, { recursive: true });
  await expectInvariants(backends);
});

test('one of several files may go in parts: all are handed over together', async () => {
  const { agent, alice } = people;
  const { id } = await requestSeveral(agent);
  const portal = createPortalClient({ url: service.url, token: alice.credential });
  const files = [new File([new Uint8Array(bytes)], 'a.pdf', { type: 'application/pdf' })];
  files.push(new File([new Uint8Array(pdf())], 'b.pdf', { type: 'application/pdf' }));
  const assets = await portal.answer(id, files);
  const handedOver = (await awaitResult(agent, id))?.assets ?? [];
  expect(handedOver.map((asset) => asset.id)).toEqual(assets.map((asset) => asset.id));
  for (const asset of assets) expect(await scanned(agent, asset)).toMatchObject({ scanStatus: 'CLEAN' });
  await expectInvariants(backends);
});

test('what came in parts and waits for others is deleted when it is let go', async () => {
  const { agent, alice } = people;
  const { id } = await requestSeveral(agent);
  const upload = await beginParted(alice, id, fileOf(bytes));
  const sent = await sendParts(alice, upload.id, bytes, 1, 2, 3);
  const made = (await askToComplete(alice, upload.id, sent)).data?.completeUpload;
  expect((await askToComplete(alice, upload.id, sent)).data?.completeUpload.id).toBe(made?.id);
  expect((await getPrompt(alice, id)).status).toBe('UPLOADING');
  await alice.get(abortMutation, { id: upload.id });
  expect((await getPrompt(alice, id)).status).toBe('PENDING');
  await alice.get(declineMutation, { id });
  await expectInvariants(backends);
});

describe('nothing stays at storage', () => {
  const ends: Record<string, (begun: Awaited<ReturnType<typeof start>>) => Promise<unknown>> = {
    'is aborted': ({ upload }) => people.alice.get(abortMutation, { id: upload.id }),
    'gives way to another': ({ prompt }) => beginParted(people.alice, prompt.id, fileOf(bytes)),
    'ends with a decline': ({ prompt }) => people.alice.get(declineMutation, { id: prompt.id }),
    'ends with its lease': ({ upload }) => endLease(backends, upload.id),
  };

  test.each(Object.keys(ends))('when an upload %s', async (how) => {
    const { alice } = people;
    const begun = await start();
    await sendParts(alice, begun.upload.id, bytes, 1, 3);
    const own = (await listMultiparts()).map(({ multipartId }) => multipartId);
    expect(own).toHaveLength(1);
    const [late] = await presign(alice, begun.upload.id, 2);
    await ends[how]?.(begun);
    await until(async () => (await findUpload(alice, begun.upload.id))?.status !== 'OPEN');
    await until(async () => (await listMultiparts()).every(({ multipartId }) => !own.includes(multipartId)));
    if (late !== undefined) expect((await putPart(late, slice(bytes, 2))).status).toBe(404);
    const refused = await alice.refusal(presignMutation, { id: begun.upload.id, parts: [2] });
    expect(['UPLOAD_NOT_FOUND', 'PROMPT_ALREADY_RESOLVED', 'UPLOAD_IN_PROGRESS']).toContain(refused.code);
    await alice.ask(declineMutation, { id: begun.prompt.id });
    await expectInvariants(backends);
    expect((await listKeys(service)).filter((key) => key.startsWith('staging/'))).toEqual([]);
  });

  test('when a process dies before it has written down what it began there', async () => {
    const { alice } = people;
    const { upload } = await start();
    instead.createMultipart = async (input) => {
      await original.createMultipart(input);
      throw new AppError('STORAGE_UNAVAILABLE', 'lost');
    };
    const refused = await alice.refusal(presignMutation, { id: upload.id, parts: [1] });
    expect(refused.code).toBe('STORAGE_UNAVAILABLE');
    instead = {};
    await sendParts(alice, upload.id, bytes, 1, 2, 3);
    expect(await listMultiparts()).toHaveLength(2);
    await complete(alice, upload.id);
    await expectInvariants(backends);
    expect(await listMultiparts()).toEqual([]);
  });

  test('of what was begun there a day ago and belongs to nobody; what is open stays', async () => {
    const { alice } = people;
    const { upload } = await start();
    await sendParts(alice, upload.id, bytes, 1);
    const { objects } = service.adapters;
    const [ours] = await listMultiparts();
    const orgId = parseOrgId(ours?.key ?? '');
    const key = `${orgId}/memory/half-a-copy.pdf`;
    // As another installation in the same bucket would begin.
    const foreignKey = `${newId()}/memory/half-a-copy.pdf`;
    const contentType = 'application/pdf';
    await objects.createMultipart({ key, contentType });
    const foreign = {
      key: foreignKey,
      multipartId: await objects.createMultipart({ key: foreignKey, contentType }),
    };
    const accounts = { hasOrganization: (id: string) => Promise.resolve(id === orgId) };
    const abortStrays = makeAbortStrays({ db: backends.database.db, objects, accounts });
    await abortStrays(new Date());
    expect(await listMultiparts()).toHaveLength(3);
    await abortStrays(new Date(Date.now() + 25 * 3600 * 1000));
    const left = (await listMultiparts()).map((upload) => upload.key);
    expect(left).not.toContain(key);
    expect(left).toContain(foreignKey);
    await objects.abortMultipart(foreign);
    expect((await findUpload(alice, upload.id))?.multipart.uploadedParts).toEqual([1]);
    await alice.get(abortMutation, { id: upload.id });
    await expectInvariants(backends);
  });
});

test('many who begin the same upload at storage at once begin one', async () => {
  const { alice } = people;
  const { upload } = await start();
  const signed = await Promise.all(Array.from({ length: 8 }, () => presign(alice, upload.id, 1)));
  const ids = signed.map(([part]) => new URL(part?.request.url ?? '').searchParams.get('uploadId'));
  expect(new Set(ids).size).toBe(1);
  expect(await listMultiparts()).toHaveLength(1);
  await alice.get(abortMutation, { id: upload.id });
});

test('only the session that began it is given requests for parts, of the parts that there are', async () => {
  const { alice, agent } = people;
  const { upload } = await start();
  const elsewhere = await anotherDevice(alice);
  const bob = makeApi(service.url, await token('bob'));
  const refusal = async (viewer: typeof alice, parts: number[]) =>
    viewer.refusal(presignMutation, { id: upload.id, parts });
  expect(await refusal(elsewhere, [1])).toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(await refusal(bob, [1])).toMatchObject({ code: 'NOT_FOUND' });
  expect(await refusal(agent, [1])).toMatchObject({ code: 'NOT_FOUND' });
  for (const parts of [[], [0], [4], [-1], [1, 1], Array.from({ length: 101 }, (_, index) => index)]) {
    expect(await refusal(alice, parts)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'partNumbers' });
  }
  expect(await listMultiparts()).toEqual([]);
  await alice.get(abortMutation, { id: upload.id });
});

test('asking for parts extends the lease, but not past the deadline of the prompt, nor once it is over', async () => {
  const { agent, alice } = people;
  const prompt = await request(agent, { timeoutSeconds: 200 });
  const upload = await beginParted(alice, prompt.id, fileOf(bytes));
  await rows(backends, `update uploads set expires_at = now() + interval '9 seconds' where id = $1`, [
    upload.id,
  ]);
  const [small] = await presign(alice, upload.id, 3);
  const secondsLeft = (at = '') => (Date.parse(at) - Date.now()) / 1000;
  // 60 seconds at least.
  expect(secondsLeft(small?.request.expiresAt)).toBeGreaterThan(50);
  expect(secondsLeft(small?.request.expiresAt)).toBeLessThan(70);
  await presign(alice, upload.id, 1, 2, 3);
  expect((await findUpload(alice, upload.id))?.expiresAt).toBe(prompt.hardExpiresAt);
  await presign(alice, upload.id, 3);
  expect((await findUpload(alice, upload.id))?.expiresAt).toBe(prompt.hardExpiresAt);
  await endLease(backends, upload.id);
  const refused = await alice.refusal(presignMutation, { id: upload.id, parts: [1] });
  expect(refused.code).toBe('UPLOAD_NOT_FOUND');
  await until(async () => (await getPrompt(alice, prompt.id)).status === 'PENDING');
  await expectInvariants(backends);
});

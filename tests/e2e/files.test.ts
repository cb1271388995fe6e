import { createHash } from 'node:crypto';
import { makeApi, type Api } from '../support/api.js';
import {
  abortMutation,
  answer,
  awaitResult,
  begin,
  beginMutation,
  complete,
  completeMutation,
  declineMutation,
  fileOf,
  getPrompt,
  pdf,
  put,
  request,
  seedHeart,
} from '../support/heart.js';
import { sample } from '../support/samples.js';
import { openForAll } from '../support/open-for-all.js';
import { token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import { listAssetKeys, listKeys, movePrompt, putStaged, rows, runAllJobs } from '../support/state.js';
import { summedUsage, usageOf } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll({}, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});

/** Whatever happened: the counters are the sums, and storage holds what is recorded and nothing else. */
afterEach(async () => {
  await rows(backends, 'update storage_usage set quota_bytes = null');
  await movePrompts();
  expect(await usageOf(backends)).toEqual(await summedUsage(backends));
  expect((await usageOf(backends)).reserved).toBe(0);
  await runAllJobs(backends, service);
  expect(await listKeys(service)).toEqual(await listAssetKeys(backends));
});

async function movePrompts(): Promise<void> {
  const open = await rows<{ id: string; userId: string }>(
    backends,
    `select id, user_id as "userId" from upload_prompts where status in ('PENDING', 'UPLOADING')`,
  );
  for (const { id, userId } of open) {
    const person = makeApi(service.url, await token(userId));
    await person.get(declineMutation, { id });
  }
}

const bytes = pdf();
const sha256 = (of: Buffer) => createHash('sha256').update(of).digest('hex');
const completing = (id: string) => people.alice.refusal(completeMutation, { id });

describe('bytes that did not arrive', () => {
  test('UPLOAD_NOT_FOUND leaves the upload open, and it works once they are there', async () => {
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, fileOf(bytes));
    expect(await completing(upload.id)).toEqual({ code: 'UPLOAD_NOT_FOUND' });
    expect(await getPrompt(people.alice, id)).toMatchObject({ status: 'UPLOADING', version: 2 });
    await put(upload, bytes);
    await complete(people.alice, upload.id);
    expect(await awaitResult(people.agent, id)).toMatchObject({ outcome: 'UPLOADED' });
  });

  test.each<[string, (upload: Awaited<ReturnType<typeof begin>>) => Promise<Response>]>([
    ['longer', (upload) => put(upload, Buffer.concat([bytes, bytes]))],
    ['shorter', (upload) => put(upload, bytes.subarray(1))],
    [
      'of another type',
      ({ request }) =>
        put({ ...bare, request: { ...request, headers: [{ ...type, value: 'text/html' }] } }, bytes),
    ],
    ['without their type', ({ request }) => put({ ...bare, request: { ...request, headers: [] } }, bytes)],
  ])('storage refuses them when they are %s', async (_, send) => {
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, fileOf(bytes));
    expect((await send(upload)).status).toBe(403);
    expect(await completing(upload.id)).toEqual({ code: 'UPLOAD_NOT_FOUND' });
  });
  const bare = { id: '', expiresAt: '' };
  const type = { name: 'content-type' };
});

describe('bytes that are not what was declared', () => {
  const [png, exe, html] = [sample('png'), sample('exe'), sample('html')];
  const others = pdf('b business plan');
  const asText = { filename: 'page.html', mimeType: 'text/plain', sizeBytes: html.length };
  const asPdf = { filename: 'plan.pdf', mimeType: 'application/pdf' };
  const cases: { what: string; file: object; landed: Buffer; type?: string }[] = [
    { what: 'a picture that says it is a PDF', file: { ...asPdf, sizeBytes: png.length }, landed: png },
    { what: 'a program that says it is a PDF', file: { ...asPdf, sizeBytes: exe.length }, landed: exe },
    { what: 'HTML that says it is text', file: asText, landed: html, type: 'text/plain' },
    { what: 'a PDF with a picture’s name', file: { ...fileOf(bytes), filename: 'plan.png' }, landed: bytes },
    { what: 'other bytes than hashed', file: { ...fileOf(bytes), sha256: sha256(bytes) }, landed: others },
    { what: 'fewer bytes', file: { ...fileOf(bytes), sizeBytes: bytes.length + 1 }, landed: bytes },
    { what: 'more bytes', file: { ...fileOf(bytes), sizeBytes: bytes.length - 1 }, landed: bytes },
    { what: 'bytes under another type', file: fileOf(bytes), landed: bytes, type: 'text/html' },
  ];

  // Written past the signed URL: not every store refuses what this one would.
  test.each(cases)(
    '$what is UPLOAD_MISMATCH, and the right file may follow',
    async ({ file, landed, type }) => {
      const { id } = await request(people.agent);
      const upload = await begin(people.alice, id, file);
      await putStaged(backends, upload.id, landed, type);
      expect(await completing(upload.id)).toEqual({ code: 'UPLOAD_MISMATCH' });
      // It was the upload's end, not the prompt's.
      expect(await getPrompt(people.alice, id)).toMatchObject({
        status: 'PENDING',
        reason: null,
        version: 3,
      });
      expect(await completing(upload.id)).toEqual({ code: 'UPLOAD_NOT_FOUND' });
      expect((await usageOf(backends)).reserved).toBe(0);
      const asset = await answer(people.alice, id, bytes);
      expect(await awaitResult(people.agent, id)).toMatchObject({
        outcome: 'UPLOADED',
        assets: [{ id: asset.id }],
      });
    },
  );

  test('the declared hash is no matter of upper or lower case', async () => {
    const { id } = await request(people.agent);
    const file = { ...fileOf(bytes), sha256: sha256(bytes).toUpperCase() };
    await answer(people.alice, id, bytes, file);
  });

  test('a wrong file within the grace is the last: nothing else could begin', async () => {
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, { ...asPdf, sizeBytes: png.length });
    await put(upload, png);
    await movePrompt(backends, id, { expiresIn: -1, hardExpiresIn: 60 });
    expect(await completing(upload.id)).toEqual({ code: 'UPLOAD_MISMATCH' });
    expect(await awaitResult(people.agent, id)).toMatchObject({
      outcome: 'TIMEOUT',
      reason: 'UPLOAD_INCOMPLETE',
    });
  });

  test('what arrives after the deadline becomes nothing', async () => {
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, fileOf(bytes));
    await movePrompt(backends, id, { expiresIn: -2, hardExpiresIn: -1 });
    await put(upload, bytes);
    expect(await completing(upload.id)).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'TIMEOUT',
    });
    expect(await awaitResult(people.agent, id)).toMatchObject({ outcome: 'TIMEOUT', assets: [] });
  });
});

describe('the quota', () => {
  const setRoom = async (free: number) => {
    const { used, reserved } = await usageOf(backends);
    await rows(backends, 'update storage_usage set quota_bytes = $1', [used + reserved + free]);
  };

  test('QUOTA_EXCEEDED, to the byte; the prompt stays as it was', async () => {
    const { id } = await request(people.agent);
    await setRoom(bytes.length - 1);
    const { used, reserved } = await usageOf(backends);
    expect(await people.alice.refusal(beginMutation, { id, file: fileOf(bytes) })).toEqual({
      code: 'QUOTA_EXCEEDED',
      quotaBytes: used + reserved + bytes.length - 1,
      usedBytes: used,
      reservedBytes: reserved,
      sizeBytes: bytes.length,
    });
    expect(await getPrompt(people.alice, id)).toMatchObject({ status: 'PENDING', version: 1 });
    await setRoom(bytes.length);
    await answer(people.alice, id, bytes);
  });

  test('a larger file that does not fit leaves the upload that runs alone', async () => {
    const { id } = await request(people.agent);
    await setRoom(2 * bytes.length);
    const upload = await begin(people.alice, id, fileOf(bytes));
    const file = { ...fileOf(bytes), sizeBytes: 2 * bytes.length + 1 };
    expect(await people.alice.refusal(beginMutation, { id, file })).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await put(upload, bytes);
    await complete(people.alice, upload.id);
  });

  test('what a session gives up makes room for what it begins instead', async () => {
    const { id } = await request(people.agent);
    await setRoom(bytes.length);
    const first = await begin(people.alice, id, fileOf(bytes));
    const second = await begin(people.alice, id, fileOf(bytes));
    expect(second.id).not.toBe(first.id);
    await people.alice.get(abortMutation, { id: second.id });
  });

  test('a hundred that begin at once for the last bytes never overshoot', async () => {
    const crowd = await Promise.all(
      ['ann', 'ben', 'cat', 'dan', 'eve'].map(async (name): Promise<[string, Api]> => {
        const person = makeApi(service.url, await token(name));
        await person.get('{ viewer { id } }');
        return [name, person];
      }),
    );
    const asked = await Promise.all(
      crowd.flatMap(([userId, person]) =>
        Array.from({ length: 20 }, async (): Promise<[Api, string]> => [
          person,
          (await request(people.agent, { userId })).id,
        ]),
      ),
    );
    const file = { ...fileOf(bytes), sizeBytes: 1000 };
    const before = await usageOf(backends);
    await setRoom(37 * 1000 + 999);
    const answers = await Promise.all(
      asked.map(([person, id]) => person.ask<object>(beginMutation, { id, file })),
    );
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(codes).toEqual(Array(63).fill('QUOTA_EXCEEDED'));
    expect(await usageOf(backends)).toEqual({ used: before.used, reserved: before.reserved + 37_000 });

    await Promise.all(asked.map(([person, id]) => person.get(declineMutation, { id })));
    expect(await usageOf(backends)).toEqual(before);
  });
});

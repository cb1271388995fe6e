import { createHash } from 'node:crypto';
import { AppError } from '../../src/core/errors.js';
import type { ObjectStore } from '../../src/domains/storage/object-store.js';
import { stagingPrefix } from '../../src/domains/storage/object-keys.js';
import {
  abortMutation,
  anotherDevice,
  answer,
  awaitResult,
  begin,
  beginMutation,
  cancelMutation,
  complete,
  completeMutation,
  declineMutation,
  downloadMutation,
  fileOf,
  getPrompt,
  newDownloadUrl,
  pdf,
  put,
  request,
  scanned,
  seedHeart,
  type AssetFields,
  type BegunUpload,
} from '../support/heart.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import {
  listAssetKeys,
  listKeys,
  movePrompt,
  rows,
  runAllJobs,
  summedUsage,
  usageOf,
} from '../support/state.js';
import { eicar } from '../support/test-files.js';

type Call = 'head' | 'copy' | 'read' | 'delete' | 'presignPut';
type Moment = 'before' | 'after';

/** Called at each of the service's calls of storage; what it throws is what storage says. */
type Hook = (moment: Moment, call: Call, key: string) => void | Promise<void>;
let hook: Hook = () => undefined;

/** The service's storage, with somebody watching each call. */
function watched(objects: ObjectStore): ObjectStore {
  async function at<T>(call: Call, key: string, work: () => Promise<T>): Promise<T> {
    await hook('before', call, key);
    const result = await work();
    await hook('after', call, key);
    return result;
  }
  return {
    ...objects,
    head: (key) => at('head', key, () => objects.head(key)),
    copy: (input) => at('copy', input.from, () => objects.copy(input)),
    read: (key, options) => at('read', key, () => objects.read(key, options)),
    delete: (key) => at('delete', key, () => objects.delete(key)),
    presignPut: (input) => at('presignPut', input.key, () => objects.presignPut(input)),
  };
}

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll(
  {
    env: { PROMPT_LIMIT_PER_USER: '1000' },
    adapt: (adapters) => ({ ...adapters, objects: watched(adapters.objects) }),
  },
  async (opened) => {
    ({ backends, service } = opened);
    people = await seedHeart(service);
  },
);

/** Whatever happened: the counters are the sums, and storage holds what is recorded and nothing else. */
afterEach(async () => {
  hook = () => undefined;
  expect(await usageOf(backends)).toEqual(await summedUsage(backends));
  expect((await usageOf(backends)).reserved).toBe(0);
  await runAllJobs(backends, service);
  expect(await listKeys(service)).toEqual(await listAssetKeys(backends));
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const isStaged = (key: string) => key.startsWith(stagingPrefix);

/** Every call of storage that one answer makes until its scan is done, in order. */
async function traceCalls(file: object, bytes: Buffer): Promise<[Call, isStaged: boolean][]> {
  const calls: [Call, boolean][] = [];
  hook = (moment, call, key) => {
    if (moment === 'before' && call !== 'delete' && call !== 'presignPut') calls.push([call, isStaged(key)]);
  };
  await scanned(people.alice, await answer(people.alice, (await request(people.agent)).id, bytes, file));
  hook = () => undefined;
  return calls;
}

describe('a staged object that is put again while it is completed', () => {
  const note = (bytes: Buffer) => ({ filename: 'note.txt', mimeType: 'text/plain', sizeBytes: bytes.length });
  const innocent = Buffer.from('n'.repeat(eicar.length));
  const moments: Moment[] = ['before', 'after'];
  /** HEAD, copy, the head of the copy, and the scan's read; with a declared hash one more to hash. */
  const steps = [0, 1, 2, 3, 4].flatMap((step) => moments.map((moment) => ({ step, moment })));

  test('is looked at in staging once and copied; all that follows looks at the copy', async () => {
    const file = { ...note(innocent), sha256: sha256(innocent) };
    expect(await traceCalls(file, innocent)).toEqual([
      ['head', true],
      ['copy', true],
      ['read', false],
      ['read', false],
      ['read', false],
    ]);
  });

  /** Puts `bytes` to the upload's URL at the given step, the way whoever holds the URL would. */
  function overwriteAt(step: number, at: Moment, upload: BegunUpload, bytes: Buffer): () => boolean {
    let seen = -1;
    let done = false;
    hook = async (moment, call) => {
      if (call === 'delete' || call === 'presignPut') return;
      if (moment === 'before') seen += 1;
      if (done || seen !== step || moment !== at) return;
      done = true;
      const { status } = await put(upload, bytes);
      expect(status).toBe(200);
    };
    return () => done;
  }

  test.each(steps)(
    '$moment call $step: what is kept is what was verified and scanned',
    async ({ step, moment }) => {
      const { id } = await request(people.agent);
      const upload = await begin(people.alice, id, note(innocent));
      await put(upload, innocent);
      const isDone = overwriteAt(step, moment, upload, eicar);
      const { data, errors } = await people.alice.ask<{ completeUpload: AssetFields }>(
        completeMutation,
        upload,
      );
      if (data === null) {
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPLOAD_MISMATCH']);
        expect(await getPrompt(people.alice, id)).toMatchObject({ status: 'PENDING' });
        expect(
          await rows(backends, 'select from uploads where id = $1 and asset_id is not null', [upload.id]),
        ).toEqual([]);
        await answer(people.alice, id, innocent, note(innocent));
        return;
      }
      const asset = await scanned(people.alice, data.completeUpload);
      // Without a declared hash there are four calls: a fifth step never comes.
      expect(isDone()).toBe(step < 4);
      if (asset.scanStatus === 'BLOCKED') {
        expect(asset.sha256).toBe(sha256(eicar));
        expect(await people.alice.refusal(downloadMutation, asset)).toEqual({ code: 'SCAN_BLOCKED' });
        return;
      }
      expect(asset.sha256).toBe(sha256(innocent));
      const download = await fetch(await newDownloadUrl(people.alice, asset));
      expect(sha256(Buffer.from(await download.arrayBuffer()))).toBe(asset.sha256);
    },
  );

  test.each(steps)(
    '$moment call $step, with a declared hash: no other bytes are kept',
    async ({ step, moment }) => {
      const bytes = pdf('good bytes');
      const { id } = await request(people.agent);
      const upload = await begin(people.alice, id, fileOf(bytes));
      await rows(backends, 'update uploads set sha256 = $2 where id = $1', [upload.id, sha256(bytes)]);
      await put(upload, bytes);
      const isDone = overwriteAt(step, moment, upload, pdf('evil bytes'));
      const { data, errors } = await people.alice.ask<{ completeUpload: AssetFields }>(
        completeMutation,
        upload,
      );
      if (data === null) {
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPLOAD_MISMATCH']);
        await answer(people.alice, id, bytes);
        return;
      }
      const asset = await scanned(people.alice, data.completeUpload);
      expect([isDone(), asset.sha256]).toEqual([true, sha256(bytes)]);
      const download = await fetch(await newDownloadUrl(people.alice, asset));
      expect(sha256(Buffer.from(await download.arrayBuffer()))).toBe(asset.sha256);
    },
  );

  test('what is put again after the end is deleted, and the asset stays as it is', async () => {
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, note(innocent));
    await put(upload, innocent);
    const asset = await scanned(people.alice, await complete(people.alice, upload.id));
    await put(upload, eicar);
    const download = await fetch(await newDownloadUrl(people.alice, asset));
    expect(sha256(Buffer.from(await download.arrayBuffer()))).toBe(sha256(innocent));
  });
});

describe('completing', () => {
  test.each([false, true])(
    'thirty times at once makes one asset (with a declared hash: %s)',
    async (hashed) => {
      const bytes = pdf();
      const { id } = await request(people.agent);
      const file = hashed ? { ...fileOf(bytes), sha256: sha256(bytes) } : fileOf(bytes);
      const upload = await begin(people.alice, id, file);
      await put(upload, bytes);
      const copies: string[] = [];
      hook = (moment, call, key) => void (moment === 'after' && call === 'copy' && copies.push(key));
      const before = await rows(backends, 'select id from assets');
      const assets = await Promise.all(Array.from({ length: 30 }, () => complete(people.alice, upload.id)));
      expect(new Set(assets.map((asset) => asset.id)).size).toBe(1);
      expect(await rows(backends, 'select id from assets')).toHaveLength(before.length + 1);
      expect(copies).toHaveLength(1);
      expect(await getPrompt(people.alice, id)).toMatchObject({ status: 'UPLOADED', version: 3 });
    },
  );

  const failures: [Moment, Call, nth: number][] = [
    ['before', 'head', 1],
    ['after', 'head', 1],
    ['before', 'copy', 1],
    // The copy was made, and its answer was lost.
    ['after', 'copy', 1],
    ['before', 'read', 1],
    ['after', 'read', 1],
    ['before', 'read', 2],
    ['after', 'read', 2],
  ];

  test.each(failures)(
    'when storage fails %s %s number %d, it may be tried again',
    async (at, failing, nth) => {
      const bytes = pdf();
      const { id } = await request(people.agent);
      const upload = await begin(people.alice, id, { ...fileOf(bytes), sha256: sha256(bytes) });
      await put(upload, bytes);
      let left = nth;
      hook = (moment, call) => {
        if (moment === at && call === failing && --left === 0) throw unavailable();
      };
      expect(await people.alice.refusal(completeMutation, upload)).toEqual({ code: 'STORAGE_UNAVAILABLE' });
      // It stands as if it had not been tried.
      expect(await getPrompt(people.alice, id)).toMatchObject({ status: 'UPLOADING', version: 2 });
      const asset = await complete(people.alice, upload.id);
      expect(await complete(people.alice, upload.id)).toMatchObject({ id: asset.id });
      expect(await awaitResult(people.agent, id)).toMatchObject({
        outcome: 'UPLOADED',
        assets: [{ id: asset.id }],
      });
      expect(await rows(backends, 'select from assets where id = $1', [asset.id])).toHaveLength(1);
      expect(await scanned(people.alice, asset)).toMatchObject({
        scanStatus: 'CLEAN',
        sha256: sha256(bytes),
      });
    },
  );

  test('when storage is away, four at once all say so, and one asset comes of the next', async () => {
    const bytes = pdf();
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, fileOf(bytes));
    await put(upload, bytes);
    hook = (_, call) => {
      if (call !== 'delete') throw unavailable();
    };
    const codes = await Promise.all(
      Array.from({ length: 4 }, async () => (await people.alice.refusal(completeMutation, upload)).code),
    );
    expect(codes).toEqual(Array(4).fill('STORAGE_UNAVAILABLE'));
    hook = () => undefined;
    await complete(people.alice, upload.id);
  });
});

describe('what wins while a file is verified', () => {
  const past = { expiresIn: -2, hardExpiresIn: -1 };
  const interferences: [string, (promptId: string, uploadId: string) => Promise<unknown>, object][] = [
    [
      'a decline elsewhere',
      async (id) => (await anotherDevice(people.alice)).get(declineMutation, { id }),
      { code: 'PROMPT_ALREADY_RESOLVED', outcome: 'DECLINED', reason: 'USER' },
    ],
    [
      'the agent’s cancel',
      (id) => people.agent.get(cancelMutation, { id }),
      { code: 'PROMPT_ALREADY_RESOLVED', outcome: 'DECLINED', reason: 'AGENT_CANCELLED' },
    ],
    [
      'the deadline',
      (id) => movePrompt(backends, id, past),
      { code: 'PROMPT_ALREADY_RESOLVED', outcome: 'TIMEOUT', reason: 'UPLOAD_INCOMPLETE' },
    ],
    [
      'another session that takes over',
      async (id) => begin(await anotherDevice(people.alice), id, fileOf(pdf()), true),
      { code: 'UPLOAD_IN_PROGRESS' },
    ],
    ['an abort', (_, id) => people.alice.get(abortMutation, { id }), { code: 'UPLOAD_NOT_FOUND' }],
  ];

  test.each(interferences)('%s: the file becomes no asset', async (_, interfere, told) => {
    const bytes = pdf();
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, fileOf(bytes));
    await put(upload, bytes);
    const before = await listAssetKeys(backends);
    let left = 1;
    hook = async (moment, call) => {
      if (moment === 'after' && call === 'read' && left-- > 0) await interfere(id, upload.id);
    };
    expect(await people.alice.refusal(completeMutation, upload)).toMatchObject(told);
    expect(await listAssetKeys(backends)).toEqual(before);
    expect((await getPrompt(people.alice, id)).status).not.toBe('UPLOADED');
    const uploads = await rows(
      backends,
      "select from uploads where prompt_id = $1 and status = 'COMPLETED'",
      [id],
    );
    expect(uploads).toEqual([]);
    await people.agent.ask<object>(cancelMutation, { id });
  });
});

describe('around it', () => {
  test('an upload whose URL could not be made may be begun again', async () => {
    const bytes = pdf();
    const { id } = await request(people.agent);
    let left = 1;
    hook = (moment, call) => {
      if (moment === 'before' && call === 'presignPut' && left-- > 0) throw unavailable();
    };
    expect((await people.alice.ask<object>(beginMutation, { id, file: fileOf(bytes) })).errors).toMatchObject(
      [{ extensions: { code: 'STORAGE_UNAVAILABLE' } }],
    );
    await answer(people.alice, id, bytes);
  });

  test('a scan that could not read is run again', async () => {
    const bytes = pdf();
    const { id } = await request(people.agent);
    const upload = await begin(people.alice, id, fileOf(bytes));
    await put(upload, bytes);
    let reads = 0;
    hook = (moment, call) => {
      // The first read is the completion's.
      if (moment === 'before' && call === 'read' && ++reads === 2) throw unavailable();
    };
    const asset = await complete(people.alice, upload.id);
    expect(await scanned(people.alice, asset)).toMatchObject({ scanStatus: 'CLEAN', sha256: sha256(bytes) });
    expect(reads).toBe(3);
  });

  test('what could not be deleted is deleted later', async () => {
    let left = 1;
    const deleted: string[] = [];
    hook = (moment, call, key) => {
      if (call !== 'delete') return;
      if (moment === 'before' && left-- > 0) throw unavailable();
      if (moment === 'after') deleted.push(key);
    };
    await answer(people.alice, (await request(people.agent)).id);
    await runAllJobs(backends, service);
    expect(left).toBeLessThan(0);
    expect(deleted.filter(isStaged).length).toBeGreaterThan(0);
  });
});

function unavailable(): AppError {
  return new AppError('STORAGE_UNAVAILABLE', 'Storage cannot be reached right now. Please try again.');
}

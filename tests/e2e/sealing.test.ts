import { Redis } from 'ioredis';
import { makeApp } from '../../src/app.js';
import { newId } from '../../src/core/ids.js';
import type { Finding } from '../../src/jobs/reconcile.js';
import { makeApi } from '../support/api.js';
import {
  anotherDevice,
  answer,
  awaitResult,
  begin,
  complete,
  completeMutation,
  fileOf,
  newDownloadUrl,
  pdf,
  put,
  request,
  scanned,
  seedHeart,
  type BegunUpload,
} from '../support/heart.js';
import { expectInvariants, finishJobs } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { listKeys, rows } from '../support/state.js';
import { deleteAssets, findAsset, isGone, moveTrash, type TrashFields } from '../support/trash.js';
import { until } from '../support/until.js';
import {
  changePassword,
  encrypt,
  encryptMutation,
  forgetAttempts,
  givenMemory,
  lock,
  password,
  unlock,
} from '../support/vault.js';

let backends: TestBackends;
/** Nothing is done in the background here. */
let service: TestService;
let worker: TestService | undefined;
let people: Awaited<ReturnType<typeof seedHeart>>;
let urn: string;

const bytes = pdf('a last will');
const file = { ...fileOf(bytes), filename: 'last-will.pdf', description: 'to be read in time' };

beforeEach(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  people = await seedHeart(service);
  urn = await givenMemory(people);
  worker = undefined;
});

afterEach(async () => {
  await worker?.close();
  await service.close();
  await backends.close();
});

async function work(): Promise<void> {
  worker = await openService(backends);
}

const ask = () => request(people.agent);
const give = async () => answer(people.alice, (await ask()).id, bytes, file);

async function begun(input: object = {}): Promise<BegunUpload & { promptId: string }> {
  const { id: promptId } = await request(people.agent, input);
  const upload = await begin(people.alice, promptId, file);
  await put(upload, bytes);
  return { ...upload, promptId };
}

/** How many rows there are of each state: null, hidden, or of a key. */
async function versions(): Promise<Record<string, number>> {
  const counted = await rows<{ version: string; count: number }>(
    backends,
    `select coalesce(key_version::text, 'plain') as version, count(*)::int from (
       select key_version from assets union all select key_version from uploads
     ) r group by 1`,
  );
  return Object.fromEntries(counted.map(({ version, count }) => [version, count]));
}

/** Uploads that came to nothing, each with a name. */
async function givenEnded(count: number): Promise<void> {
  const { id } = await begun();
  await people.alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', { id });
  await rows(
    backends,
    `insert into uploads select (jsonb_populate_record(u, jsonb_build_object('id', copy))).*
     from uploads u, unnest($2::text[]) copy where u.id = $1`,
    [id, Array.from({ length: count }, newId)],
  );
}

/** Everything in the database that holds the name or the description in the clear. */
async function leaks(): Promise<number> {
  const found = await rows<{ count: number }>(
    backends,
    `select count(*)::int from (
       select a::text as row from assets a union all select u::text from uploads u
       union all select f::text from verified_files f
     ) r where row like '%last-will%' or row like '%to be read%'`,
  );
  return found[0]?.count ?? -1;
}

const shown = async (by = people.alice, id: string): Promise<TrashFields> => {
  const asset = await findAsset(by, id);
  if (asset === null) throw new Error('There is no such asset.');
  return asset;
};

test('what a memory holds is hidden at once when it is encrypted, used meanwhile, and sealed soon', async () => {
  const [kept, trashed] = [await give(), await give()];
  await deleteAssets(people.alice, trashed.id);
  await givenEnded(130);
  const device = await anotherDevice(people.alice);
  await encrypt(people.alice, urn);

  expect(await versions()).toEqual({ 0: 135 });
  for (const { id } of [kept, trashed]) {
    expect(await shown(people.alice, id)).toMatchObject({
      filename: 'last-will.pdf',
      description: file.description,
    });
    expect(await shown(people.agent, id)).toMatchObject({ filename: 'last-will.pdf' });
    expect(await shown(device, id)).toMatchObject({ filename: id, description: null, sha256: null });
  }
  // Written while nothing of before is sealed yet.
  const young = await give();
  expect(await versions()).toEqual({ 0: 135, 1: 2 });

  await work();
  await until(async () => (await versions())['0'] === undefined);
  expect(await leaks()).toBe(0);
  for (const { id } of [kept, trashed, young]) {
    expect(await shown(people.alice, id)).toMatchObject({
      filename: 'last-will.pdf',
      description: file.description,
    });
    expect(await shown(device, id)).toMatchObject({ filename: id, description: null });
  }
  await scanned(people.alice, kept);
  const download = await fetch(await newDownloadUrl(people.alice, kept));
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  await expectInvariants(backends);
});

test('what is hidden but not sealed yet can be downloaded, renamed and locked like the rest', async () => {
  const asset = await give();
  await rows(backends, `update assets set scan_status = 'CLEAN', sha256 = repeat('0', 64)`);
  await encrypt(people.alice, urn);
  const download = await fetch(await newDownloadUrl(people.alice, asset));
  expect(download.headers.get('content-disposition')).toBe('attachment; filename=last-will.pdf');
  const rename =
    'mutation($id: ID!) { renameAsset(id: $id, filename: "my last will.pdf") { filename description } }';
  expect(await people.alice.get(rename, asset)).toEqual({
    renameAsset: { filename: 'my last will.pdf', description: file.description },
  });
  await lock(people.alice, urn);
  expect((await people.alice.refusal(rename, asset)).code).toBe('MEMORY_LOCKED');
  expect(await shown(people.alice, asset.id)).toMatchObject({ filename: asset.id });
  // Sealed without anybody's doing, though it is locked.
  await work();
  await until(async () => (await versions())['0'] === undefined);
  await forgetAttempts(backends);
  await unlock(people.alice, urn);
  expect(await shown(people.alice, asset.id)).toMatchObject({ filename: 'my last will.pdf' });
});

test('what was completed is scanned, kept in order and compared with storage while its memory is locked', async () => {
  await encrypt(people.alice, urn);
  const [kept, lost, purged] = [await give(), await give(), await give()];
  await lock(people.alice, urn);
  const redis = new Redis(backends.redis.url);
  await redis.flushall();
  redis.disconnect();
  await work();
  for (const asset of [kept, lost, purged]) {
    expect(await scanned(people.alice, asset)).toMatchObject({ scanStatus: 'CLEAN', filename: asset.id });
  }
  await deleteAssets(people.alice, purged.id);
  await moveTrash(backends, purged.id, -1);
  await until(() => isGone(backends, purged.id));
  expect(await reconcile()).toEqual([]);

  const keyOf = async ({ id }: { id: string }) => {
    for (const key of await listKeys(service)) if (key.includes(id)) return key;
    throw new Error('It has no bytes.');
  };
  const [key, orphan] = [await keyOf(lost), `${(await keyOf(kept)).slice(0, 56)}${newId()}.pdf`];
  const { objects } = service.adapters;
  const { etag = '' } = (await objects.head(key)) ?? {};
  await objects.copy({ from: key, to: orphan, etag, contentType: 'application/pdf' });
  await objects.delete(key);
  const stem = key.replace(/\.pdf$/, '');
  const found = await reconcile();
  expect(found).toHaveLength(2);
  expect(found).toEqual(
    expect.arrayContaining([
      { kind: 'ORPHAN', key: orphan },
      { kind: 'MISSING', key: stem },
    ]),
  );
  await unlock(people.alice, urn);
  const download = 'mutation($id: ID!) { createDownloadUrl(assetId: $id) { url } }';
  expect((await people.alice.refusal(download, lost)).code).toBe('ASSET_BYTES_GONE');
  expect((await fetch(await newDownloadUrl(people.alice, kept))).status).toBe(200);
});

/** What is put right, however young it is. */
async function reconcile(): Promise<Finding[]> {
  const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
  const findings: Finding[] = [];
  for await (const finding of app.reconcile({ apply: true, olderThanSeconds: -60 })) findings.push(finding);
  app.close();
  return findings.filter(({ kind }) => kind !== 'LEFTOVER');
}

test('when its key is lost before all is sealed, the rest is hidden, and sealed with the next unlocking', async () => {
  const asset = await give();
  await encrypt(people.alice, urn);
  const redis = new Redis(backends.redis.url);
  await redis.flushall();
  redis.disconnect();
  await work();
  await finishJobs(backends);
  expect(await versions()).toEqual({ 0: 2 });
  expect(await shown(people.alice, asset.id)).toMatchObject({ filename: asset.id, description: null });
  await unlock(people.alice, urn);
  await until(async () => (await versions())['0'] === undefined);
  expect(await shown(people.alice, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
  expect(await leaks()).toBe(0);
  await expectInvariants(backends);
});

test('two passwords given at once: what the memory held is sealed with the keys of the one that is its own', async () => {
  await give();
  /** Each waits until it may go on, having put its key. */
  const gates = [gate(), gate()];
  let puts = 0;
  const racing = await openService(backends, {
    works: false,
    adapt: ({ keyCache, ...adapters }) => ({
      ...adapters,
      keyCache: {
        ...keyCache,
        async put(...given) {
          const turn = puts;
          puts += 1;
          await keyCache.put(...given);
          // The first to prepare goes on once the second has prepared, too; that one when the first is done.
          if (turn > 0) gates[turn - 1]?.open();
          await gates[turn]?.isOpen;
        },
      },
    }),
  });
  const by = makeApi(racing.url, people.alice.credential);
  const [one, two] = [password, 'another password'].map((given) =>
    by.ask(encryptMutation, { urn, password: given }),
  );
  const codes = (await Promise.all([one, two])).map((answer) => answer?.errors?.[0]?.extensions.code);
  expect([...codes].sort()).toEqual(['WRONG_PASSWORD', undefined]);
  await racing.close();
  await work();
  await until(async () => (await versions())['0'] === undefined);
  expect(await leaks()).toBe(0);
  // That of the session and that of the agent: none is left with which nothing is to be sealed.
  await until(async () => (await keysInRedis()) === 2);
});

test('while Redis does not answer, sealing waits for it', async () => {
  await give();
  await encrypt(people.alice, urn);
  let isAway = true;
  worker = await openService(backends, {
    adapt: ({ keyCache, ...adapters }) => ({
      ...adapters,
      keyCache: {
        ...keyCache,
        find: (...given) => (isAway ? Promise.reject(new Error('Redis is away.')) : keyCache.find(...given)),
      },
    }),
  });
  const { lines } = worker.log;
  await until(() => lines.some(({ message }) => message === 'a job waits for what it depends on'));
  expect(await versions()).toEqual({ 0: 2 });
  isAway = false;
  await until(async () => (await versions())['0'] === undefined);
  expect(await leaks()).toBe(0);
});

test('what nobody seals any more is sealed when somebody who has it unlocked uses it', async () => {
  const asset = await give();
  await encrypt(people.alice, urn);
  await rows(backends, `delete from pgboss.job where name = 'seal-memory'`);
  await work();
  await shown(people.alice, asset.id);
  await until(async () => (await versions())['0'] === undefined);
  expect(await leaks()).toBe(0);
});

function gate() {
  let open = () => undefined as void;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  return { isOpen, open: () => open() };
}

/** Unwrapped keys of the memory, for whomever. */
async function keysInRedis(): Promise<number> {
  const redis = new Redis(backends.redis.url);
  const names = await redis.keys(`unlocked:*${urn.split(':').at(-1)}*`);
  redis.disconnect();
  return names.length;
}

test('uploads that were begun before, and files that waited before, become assets as sealed as the others', async () => {
  await work();
  const single = await begun();
  const { promptId, ...first } = await begun({ maxFiles: 3 });
  await complete(people.alice, first.id);
  const second = await begin(people.alice, promptId, file);
  await put(second, bytes);
  await encrypt(people.alice, urn);
  await complete(people.alice, single.id);
  await complete(people.alice, second.id);
  await people.alice.get('mutation($id: ID!) { submitPromptUploads(promptId: $id) { id } }', {
    id: promptId,
  });
  for (const id of [single.promptId, promptId]) {
    const result = await awaitResult(people.agent, id);
    for (const asset of result?.assets ?? []) {
      expect(asset.filename).toBe('last-will.pdf');
      expect((await scanned(people.alice, asset)).scanStatus).toBe('CLEAN');
      const download = await fetch(await newDownloadUrl(people.agent, asset));
      expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
    }
  }
  await until(async () => (await versions())['0'] === undefined);
  expect(await leaks()).toBe(0);
  await expectInvariants(backends);
});

test('completions that race with its encryption are sealed or asked for the password, and never in the clear', async () => {
  await work();
  const uploads = await Promise.all(Array.from({ length: 8 }, () => begun()));
  // The same session encrypts, and has the key at once.
  const completions = uploads.map(({ id }) => people.alice.ask(completeMutation, { id }));
  await encrypt(people.alice, urn);
  const codes = (await Promise.all(completions)).map(({ errors }) => errors?.[0]?.extensions.code);
  for (const code of codes) expect([undefined, 'MEMORY_LOCKED']).toContain(code);
  for (const { id } of uploads) await complete(people.alice, id);
  await until(async () => (await versions())['0'] === undefined);
  expect(await versions()).not.toHaveProperty('plain');
  expect(await leaks()).toBe(0);
  await expectInvariants(backends);
});

describe('a new data key', () => {
  const demand = async () => {
    const app = makeApp(service.config, service.adapters, makeRecordingLog(), () => service.url);
    const counts: number[] = [];
    for await (const count of app.demandNewKeys(new Date())) counts.push(count);
    app.close();
    return counts;
  };

  test('comes with the next unlocking, seals everything anew, and the old one goes', async () => {
    await work();
    const asset = await scanned(people.alice, await give());
    await givenEnded(70);
    await encrypt(people.alice, urn);
    await until(async () => (await versions())['0'] === undefined);
    const device = await anotherDevice(people.alice);
    await unlock(device, urn);
    await demand();
    // Nothing happens to those who have it unlocked.
    expect(await shown(device, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    await unlock(people.alice, urn);
    await until(async () => JSON.stringify(Object.keys(await versions())) === '["2"]');
    await until(async () => (await rows(backends, 'select from vault_keys where version < 2')).length === 0);
    expect(await shown(people.alice, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    expect(await shown(people.agent, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    // Who unlocked it before does not have the new key.
    expect(await shown(device, asset.id)).toMatchObject({ filename: asset.id });
    await unlock(device, urn);
    expect(await shown(device, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    const download = await fetch(await newDownloadUrl(device, asset));
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
    await expectInvariants(backends);
  });

  test('and a new password go together, in any order', async () => {
    const asset = await give();
    await encrypt(people.alice, urn);
    await demand();
    // The new key waits for its rows: both keys are under the new password.
    await unlock(people.alice, urn);
    await changePassword(people.alice, urn, 'an even better password');
    expect(await rows(backends, 'select version from vault_keys order by 1')).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
    await forgetAttempts(backends);
    const device = await anotherDevice(people.alice);
    await unlock(device, urn, 'an even better password');
    expect(await shown(device, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    await work();
    await until(async () => JSON.stringify(Object.keys(await versions())) === '["2"]');
    expect(await shown(device, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    await expectInvariants(backends);
  });

  test('that several sessions would give at once is one, which all of them have and everything is sealed with', async () => {
    await work();
    const asset = await scanned(people.alice, await give());
    await givenEnded(70);
    await encrypt(people.alice, urn);
    await until(async () => (await versions())['0'] === undefined);
    await demand();
    await forgetAttempts(backends);
    const devices = await Promise.all(Array.from({ length: 6 }, () => anotherDevice(people.alice)));
    const unlocked = await Promise.all(devices.map((device) => unlock(device, urn)));
    expect(unlocked.map((memory) => memory.unlocked)).toEqual(devices.map(() => true));
    await until(async () => JSON.stringify(Object.keys(await versions())) === '["2"]');
    for (const device of devices) {
      expect(await shown(device, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
    }
    await expectInvariants(backends);
    const complaints = [...service.log.lines, ...(worker?.log.lines ?? [])];
    expect(complaints.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('asked for again while one is being given is given once', async () => {
    await give();
    await encrypt(people.alice, urn);
    await demand();
    await forgetAttempts(backends);
    const devices = await Promise.all(Array.from({ length: 4 }, () => anotherDevice(people.alice)));
    await Promise.all(devices.map((device) => unlock(device, urn)));
    expect(await rows(backends, 'select version from vault_keys order by 1')).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
    await demand();
    await unlock(makeApi(service.url, people.alice.credential), urn);
    // The one before is not done with yet.
    expect(await rows(backends, 'select version from vault_keys order by 1')).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
  });
});

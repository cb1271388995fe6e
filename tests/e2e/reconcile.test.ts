import type { Finding, ReconcileOptions } from '../../src/jobs/reconcile.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Adapters } from '../../src/adapters.js';
import { makeApp } from '../../src/app.js';
import type { JobQueue } from '../../src/core/queue.js';
import { newId } from '../../src/core/ids.js';
import type { ListedObject } from '../../src/domains/storage/object-store.js';
import { makeS3Client } from '../../src/infra/s3/client.js';
import { makeApi } from '../support/api.js';
import { defaultSpace } from '../support/space-rows.js';
import { uploadDirect } from '../support/direct.js';
import {
  begin,
  complete,
  downloadMutation,
  fileOf,
  newDownloadUrl,
  pdf,
  put,
  request,
  scanned,
  seedHeart,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { makeRecordingLog } from '../support/recording-log.js';
import { replace, replaced, sendReplacement } from '../support/replacing.js';
import { openForAll } from '../support/open-for-all.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { listKeys, rows, runDueJobs } from '../support/state.js';
import { deleteAssets, givenAsset, isGone, purge, restore, restoreMutation } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll({ env: { PROMPT_LIMIT_PER_USER: '1000' } }, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});

const hours = (count: number) => count * 3_600_000;

/** Storage in which everything was stored three hours ago; `onObject` is called before each object is listed. */
function aged(
  adapters: Adapters,
  onObject: (index: number) => Promise<unknown> | void = () => undefined,
): Adapters {
  const { objects } = adapters;
  return {
    ...adapters,
    objects: {
      ...objects,
      async *list(prefix) {
        let index = 0;
        for await (const object of objects.list(prefix)) {
          await onObject(index++);
          yield { ...object, lastModified: new Date(object.lastModified.getTime() - hours(3)) };
        }
      },
    },
  };
}

/** With nothing left to do at once: what was completed is staged until a job has discarded it. */
async function reconcile(
  options: ReconcileOptions = { apply: false },
  adapters = aged(service.adapters),
): Promise<Finding[]> {
  await runDueJobs(backends, service);
  const app = makeApp(service.config, adapters, makeRecordingLog(), () => service.url);
  const findings: Finding[] = [];
  try {
    for await (const finding of app.reconcile(options)) findings.push(finding);
  } finally {
    app.close();
  }
  return findings;
}

async function store(key: string, body = pdf()): Promise<void> {
  const client = makeS3Client(backends.store.config);
  const Bucket = backends.store.config.bucket;
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: 'application/pdf' }));
  client.destroy();
}

async function keyOf({ id }: { id: string }): Promise<string> {
  const [row] = await rows<{ key: string }>(backends, 'select storage_key as key from assets where id = $1', [
    id,
  ]);
  return row?.key ?? '';
}

let orgId: string;
/** Of an organization that the database knows. */
let orphan: string;
let leftover: string;

beforeAll(async () => {
  ({ orgId } = await defaultSpace(backends));
  orphan = `${orgId}/${newId()}/${newId()}.pdf`;
  leftover = `staging/${orgId}/nobody`;
});

test('what is stored, in the trash or on its way is no difference', async () => {
  await givenAsset(people);
  await deleteAssets(people.alice, (await givenAsset(people)).id);
  const bytes = pdf();
  const upload = await begin(people.alice, (await request(people.agent)).id, fileOf(bytes));
  await put(upload, bytes);
  expect(await reconcile()).toEqual([]);
  await people.alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', upload);
  await expectInvariants(backends);
});

test('the copy that a completion takes long to verify is no difference, until its claim is over', async () => {
  const assetId = newId();
  const copy = `${orgId}/${newId()}/${assetId}.pdf`;
  const upload = await begin(people.alice, (await request(people.agent)).id, fileOf(pdf()));
  const claim = (until: string) =>
    rows(
      backends,
      `update uploads set asset_id = $2, completing_until = clock_timestamp() + $3::interval where id = $1`,
      [upload.id, assetId, until],
    );
  await store(copy);
  await claim('1 hour');
  expect(await reconcile({ apply: true })).toEqual([]);
  await claim('-1 second');
  expect(await reconcile({ apply: true })).toEqual([{ kind: 'ORPHAN', key: copy }]);
  await people.alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', upload);
  await expectInvariants(backends);
});

test('bytes that were replaced are an asset’s no more, and those that wait for their scan are left alone', async () => {
  const { id: spaceId } = await defaultSpace(backends);
  const before = await scanned(people.alice, await uploadDirect(people.alice, { spaceId }));
  const oldKey = await keyOf(before);
  await replace(people.alice, spaceId, before.id);
  await replaced(people.alice, before);
  expect(await reconcile({ apply: true })).toEqual([{ kind: 'ORPHAN', key: oldKey }]);

  const { id } = await sendReplacement(people.alice, spaceId, before.id);
  const unscanned = (adapters: Adapters): Adapters => {
    const { enqueue } = adapters.queue;
    const queue: JobQueue = {
      ...adapters.queue,
      enqueue: async (tx, name, ...rest) => {
        if (name !== 'scan-replacement') await enqueue(tx, name, ...rest);
      },
    };
    return { ...adapters, queue };
  };
  const other = await openService(backends, { adapt: unscanned, works: false });
  await complete(makeApi(other.url, people.alice.credential), id);
  await other.close();
  expect(await reconcile({ apply: true })).toEqual([]);
  await people.alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', { id });
  await expectInvariants(backends);
});

test('what is young is left alone, however unknown', async () => {
  await store(orphan);
  await store(leftover);
  expect(await reconcile({ apply: true }, service.adapters)).toEqual([]);
  expect(await listKeys(service)).toEqual(expect.arrayContaining([orphan, leftover]));
});

test('dry, it tells every difference and changes nothing; applied, it puts right what it can', async () => {
  const [lost, lostInTrash] = [await givenAsset(people), await givenAsset(people)];
  const url = await newDownloadUrl(people.alice, lost);
  await deleteAssets(people.alice, lostInTrash.id);
  const lostKeys = [await keyOf(lost), await keyOf(lostInTrash)];
  for (const key of lostKeys) await service.adapters.objects.delete(key);
  const differences = [
    { kind: 'ORPHAN', key: orphan },
    { kind: 'LEFTOVER', key: leftover },
    ...lostKeys.map((key) => ({ kind: 'MISSING', key })),
  ];
  const inOrder = (findings: readonly { key: string }[]) =>
    [...findings].sort((a, b) => (a.key < b.key ? -1 : 1));

  const before = await rows(backends, 'select * from assets order by id');
  expect(inOrder(await reconcile())).toEqual(inOrder(differences));
  expect(await rows(backends, 'select * from assets order by id')).toEqual(before);
  expect(await listKeys(service)).toEqual(expect.arrayContaining([orphan, leftover]));

  expect(inOrder(await reconcile({ apply: true }))).toEqual(inOrder(differences));
  const keys = await listKeys(service);
  expect(keys).not.toContain(orphan);
  expect(keys).not.toContain(leftover);
  expect(await people.alice.refusal(downloadMutation, lost)).toEqual({ code: 'ASSET_BYTES_GONE' });
  expect((await fetch(url)).status).toBe(410);
  expect(await people.alice.refusal(restoreMutation, lostInTrash)).toEqual({ code: 'ASSET_BYTES_GONE' });
  expect(inOrder(await reconcile({ apply: true }))).toEqual(inOrder(differences.slice(2)));

  // A backup brings them back.
  for (const key of lostKeys) await store(key);
  expect(inOrder(await reconcile({ apply: true }))).toEqual(
    inOrder(lostKeys.map((key) => ({ kind: 'FOUND', key }))),
  );
  expect(await reconcile()).toEqual([]);
  expect((await fetch(url)).status).toBe(200);
  expect(await restore(people.alice, lostInTrash.id)).toMatchObject({ deletedAt: null });
  await expectInvariants(backends);
});

test('bytes that are back before they were ever scanned are scanned then', async () => {
  const asset = await givenAsset(people);
  await rows(
    backends,
    `update assets set scan_status = 'PENDING', sha256 = null, bytes_gone_at = now() where id = $1`,
    [asset.id],
  );
  expect(await reconcile({ apply: true })).toEqual([{ kind: 'FOUND', key: await keyOf(asset) }]);
  await expectInvariants(backends);
  expect(await rows(backends, 'select scan_status from assets where id = $1', [asset.id])).toEqual([
    { scan_status: 'CLEAN' },
  ]);
});

test('what comes and goes while it is looking is no difference', async () => {
  const going = await givenAsset(people);
  let isDone = false;
  const found = await reconcile(
    { apply: true },
    aged(service.adapters, async () => {
      if (isDone) return;
      isDone = true;
      await purge(people.alice, going.id);
      await givenAsset(people);
    }),
  );
  expect(found).toEqual([]);
  expect(await isGone(backends, going.id)).toBe(true);
  await expectInvariants(backends);
});

test('thousands of either are compared page by page, in the order of their bytes', async () => {
  const known = await givenAsset(people);
  const count = 2500;
  // Upper and lower case, digits and punctuation sort otherwise in most languages than by their bytes.
  const toKey = (index: number) =>
    `${['A', 'a', '0', '-', '_', 'Z'][index % 6]}/${String(index).padStart(5, '0')}`;
  const all = Array.from({ length: count }, (_, index) => toKey(index));
  await rows(
    backends,
    `insert into assets select (jsonb_populate_record(a, jsonb_build_object(
       'id', 'row-' || key, 'storage_key', key))).* from assets a, unnest($2::text[]) key where a.id = $1`,
    [known.id, all],
  );
  const isLost = (index: number) => index % 500 === 0;
  const stored = all.filter((_, index) => !isLost(index));
  const extra = ['A/extra', 'z/extra'];
  const { objects } = service.adapters;
  const found = await reconcile(
    { apply: false },
    {
      ...service.adapters,
      objects: {
        ...objects,
        async *list() {
          const real: ListedObject[] = [];
          for await (const object of objects.list('')) real.push(object);
          const made = [...stored, ...extra].map((key) => ({ key, sizeBytes: 1, lastModified: new Date(0) }));
          yield* [...real, ...made].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
        },
      },
    },
  );
  await rows(backends, `delete from assets where id like 'row-%'`);
  expect(found.filter(({ kind }) => kind === 'FOREIGN').map(({ key }) => key)).toEqual(extra);
  expect(
    found
      .filter(({ kind }) => kind === 'MISSING')
      .map(({ key }) => key)
      .sort(),
  ).toEqual(all.filter((_, index) => isLost(index)).sort());
  expect(found).toHaveLength(extra.length + count / 500);
});

test('the janitor deletes leftovers in staging by itself, and nothing else', async () => {
  await store(orphan);
  await store(leftover);
  const bytes = pdf();
  const upload = await begin(people.alice, (await request(people.agent)).id, fileOf(bytes));
  await put(upload, bytes);
  const before = await listKeys(service);
  const adapters = aged(service.adapters);
  const log = makeRecordingLog();
  const app = makeApp(service.config, adapters, log, () => service.url);
  await app.clearStaging();
  app.close();
  expect(await listKeys(service)).toEqual(before.filter((key) => key !== leftover));
  expect(log.lines).toMatchObject([{ level: 'info', fields: { deleted: 1 } }]);
  await service.adapters.objects.delete(orphan);
  await people.alice.get('mutation($id: ID!) { abortUpload(uploadId: $id) { id } }', upload);
});

test('with the settings of another database, everything is told and nothing is touched', async () => {
  await givenAsset(people);
  await store(leftover);
  const before = await listKeys(service);
  const other = await openBackends();
  const elsewhere = await openService(other, { works: false });
  await seedHeart(elsewhere);
  const mistaken = { ...aged(service.adapters), database: elsewhere.adapters.database };

  const found = await reconcile({ apply: true }, mistaken);
  expect(found).toEqual(before.map((key) => ({ kind: 'FOREIGN', key })));
  const app = makeApp(service.config, mistaken, makeRecordingLog(), () => service.url);
  await app.clearStaging();
  app.close();
  expect(await listKeys(service)).toEqual(before);
  await elsewhere.close();
  await other.close();
  await service.adapters.objects.delete(leftover);
});

describe('npm run reconcile', () => {
  async function run(...args: string[]): Promise<string> {
    const env = { PATH: process.env['PATH'] ?? '', ...backends.env };
    const command = ['--import', 'tsx', 'src/cli/reconcile.ts', ...args];
    return (await promisify(execFile)(process.execPath, command, { env })).stdout;
  }

  test('prints what differs and what it did', async () => {
    const asset = await givenAsset(people);
    const key = await keyOf(asset);
    await service.adapters.objects.delete(key);
    expect(await run()).toBe(
      `MISSING  ${key}\nNothing was changed: 0 ORPHAN, 0 LEFTOVER, 0 FOREIGN, 1 MISSING, 0 FOUND. Add --apply to do so.\n`,
    );
    expect(await people.alice.get(downloadMutation, asset)).toBeDefined();
    expect(await run('--apply')).toContain('Applied: 0 ORPHAN, 0 LEFTOVER, 0 FOREIGN, 1 MISSING, 0 FOUND\n');
    expect(await people.alice.refusal(downloadMutation, asset)).toEqual({ code: 'ASSET_BYTES_GONE' });
    await purge(people.alice, asset.id);
    await expectInvariants(backends);
  });

  test('explains itself', async () =>
    expect(await run('--help')).toContain('npm run reconcile [-- --apply]'));
});

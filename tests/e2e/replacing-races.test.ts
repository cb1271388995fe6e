import { createHash } from 'node:crypto';
import type { Adapters } from '../../src/adapters.js';
import { seedCast, type Cast } from '../support/cast.js';
import { beginDirectMutation, sendDirect, uploadDirect } from '../support/direct.js';
import {
  abortMutation,
  complete,
  completeMutation,
  pdf,
  scanned,
  type AssetFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { findUpload } from '../support/parts.js';
import {
  chart,
  chartFile,
  download,
  makeGate,
  replace,
  sendReplacement,
  withScanner,
} from '../support/replacing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace } from '../support/space-rows.js';
import { listKeys, rows, runAllJobs, usageOf, type Usage } from '../support/state.js';
import { deleteAssets, findAsset, isGone, purge, restore } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;
let usage: Usage;

type Step =
  | 'before a transaction'
  | 'before a read'
  | 'copied'
  | 'taken'
  | 'before the scan'
  | 'after the scan'
  | 'before the commit'
  | 'after the commit';
/** Called at each step of what replaces bytes. */
let onStep: (step: Step) => Promise<void> | void;

function withSteps(adapters: Adapters): Adapters {
  const { database, objects, queue } = adapters;
  const { scanner } = withScanner(adapters, async () => onStep('before the scan'));
  return {
    ...adapters,
    database: {
      ...database,
      async transact(work) {
        await onStep('before a transaction');
        const result = await database.transact(async (tx) => {
          const done = await work(tx);
          await onStep('before the commit');
          return done;
        });
        await onStep('after the commit');
        return result;
      },
    },
    queue: {
      ...queue,
      async take(name) {
        const job = await queue.take(name);
        if (job !== undefined && name === 'scan-replacement') await onStep('taken');
        return job;
      },
    },
    scanner: {
      ...scanner,
      async scan(...given) {
        const verdict = await scanner.scan(...given);
        await onStep('after the scan');
        return verdict;
      },
    },
    objects: {
      ...objects,
      async copy(input) {
        const copied = await objects.copy(input);
        await onStep('copied');
        return copied;
      },
      async read(...given) {
        await onStep('before a read');
        return objects.read(...given);
      },
    },
  };
}

/** Does it at this step, the first time only; what it does itself takes no steps. */
function once(step: Step, act: () => Promise<unknown>): { readonly isDone: boolean } {
  const state = { isDone: false };
  onStep = async (now) => {
    if (now !== step) return;
    onStep = () => undefined;
    await act();
    state.isDone = true;
  };
  return state;
}

const plan = pdf('the plan');

async function givenPlan(): Promise<AssetFields> {
  const asset = await scanned(cast.admin, await uploadDirect(cast.admin, { spaceId }, plan));
  await runAllJobs(backends, service);
  usage = await usageOf(backends);
  return asset;
}

beforeAll(async () => {
  backends = await openBackends();
  onStep = () => undefined;
  service = await openService(backends, { adapt: withSteps });
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
});
beforeEach(() => {
  onStep = () => undefined;
});
afterEach(() => expectInvariants(backends));
afterAll(async () => {
  await service.close();
  await backends.close();
});

const isReplaced = async (id: string) => (await findAsset(cast.admin, id))?.filename === chartFile.filename;

describe('while the new bytes are scanned', () => {
  test('the asset is deleted: the replacement is dropped, and what is restored is the old', async () => {
    const { id } = await givenPlan();
    const deletion = once('after the scan', () => deleteAssets(cast.admin, id));
    const upload = await sendReplacement(cast.admin, spaceId, id);
    await complete(cast.admin, upload.id);
    await until(() => deletion.isDone);
    await until(async () => (await findUpload(cast.admin, upload.id))?.status === 'ABORTED');
    expect(await usageOf(backends)).toEqual(usage);
    await restore(cast.admin, id);
    expect(await download(cast.admin, { id })).toEqual(plan);
  });

  test('the asset is deleted and restored: it is replaced', async () => {
    const { id } = await givenPlan();
    once('after the scan', async () => {
      await deleteAssets(cast.admin, id);
      await restore(cast.admin, id);
    });
    await replace(cast.admin, spaceId, id);
    await until(() => isReplaced(id));
    expect(await download(cast.admin, { id })).toEqual(chart);
    expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used - plan.length + chart.length });
  });

  test('the asset is purged: nothing is left of either', async () => {
    const { id } = await givenPlan();
    const gone = once('after the scan', () => purge(cast.admin, id));
    await replace(cast.admin, spaceId, id);
    await until(() => gone.isDone);
    await runAllJobs(backends, service);
    expect(await isGone(backends, id)).toBe(true);
    expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used - plan.length });
  });

  test('another replacement completes: that one counts, though the first was scanned already', async () => {
    const { id } = await givenPlan();
    const text = pdf('the second one');
    const textFile = { filename: 'second.pdf', mimeType: 'application/pdf', sizeBytes: text.length };
    const second = once('after the scan', () => replace(cast.alice, spaceId, id, text, textFile));
    await replace(cast.admin, spaceId, id);
    await until(() => second.isDone);
    await runAllJobs(backends, service);
    expect(await findAsset(cast.admin, id)).toMatchObject({
      ...textFile,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used - plan.length + text.length });
  });

  test('the upload is let go: the asset stays as it is', async () => {
    const before = await givenPlan();
    const upload = await sendReplacement(cast.admin, spaceId, before.id);
    const aborted = once('after the scan', () => cast.admin.get(abortMutation, { id: upload.id }));
    await complete(cast.admin, upload.id);
    await until(() => aborted.isDone);
    await runAllJobs(backends, service);
    expect(await scanned(cast.admin, before)).toEqual(before);
    expect(await usageOf(backends)).toEqual(usage);
  });
});

test('a scan of the old bytes that comes too late says nothing of the new ones', async () => {
  const gate = makeGate();
  gate.shut();
  const upload = await sendDirect(cast.admin, { spaceId }, plan);
  // The completion reads the file's head; the next to read is the scan.
  let isScanning = false;
  once('before a read', () => {
    once('before a read', () => {
      isScanning = true;
      return gate.pass();
    });
    return Promise.resolve();
  });
  const { id } = await complete(cast.admin, upload.id);
  await until(() => isScanning);
  await replace(cast.admin, spaceId, id);
  await until(() => isReplaced(id));
  const [oldKey] = (await listKeys(service)).filter((key) => key.includes(id));
  await service.adapters.objects.delete(oldKey ?? '');
  gate.open();
  await runAllJobs(backends, service);
  expect(await download(cast.admin, { id })).toEqual(chart);
});

test.each([
  { how: 'deleted', act: (id: string) => deleteAssets(cast.admin, id), left: { status: 'ABORTED' } },
  // What tells how its bytes came goes with it.
  { how: 'purged', act: (id: string) => purge(cast.admin, id), left: null },
])('an asset that is $how while the new bytes are verified is replaced by nothing', async ({ act, left }) => {
  const { id } = await givenPlan();
  const upload = await sendReplacement(cast.admin, spaceId, id);
  once('copied', () => act(id));
  expect(await cast.admin.refusal(completeMutation, { id: upload.id })).toMatchObject({ code: 'NOT_FOUND' });
  expect({ upload: await findUpload(cast.admin, upload.id) }).toMatchObject({ upload: left });
  expect((await usageOf(backends)).reserved).toBe(usage.reserved);
});

test('an asset that is purged in the moment in which a replacement begins has none', async () => {
  const { id } = await givenPlan();
  const purged = once('before a transaction', () => purge(cast.admin, id));
  const input = { spaceId, replaceAssetId: id, file: chartFile };
  expect(await cast.admin.refusal(beginDirectMutation, { input })).toEqual({ code: 'NOT_FOUND' });
  expect(purged.isDone).toBe(true);
  expect(await rows(backends, 'select from uploads where replaces_asset_id = $1', [id])).toEqual([]);
});

test('of many at once one is there in the end, and everything is counted', async () => {
  const { id } = await givenPlan();
  const files = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const bytes = pdf(`version ${'x'.repeat(index * 100)}`);
      const file = { filename: `v${index}.pdf`, mimeType: 'application/pdf', sizeBytes: bytes.length };
      return { bytes, upload: await sendReplacement(cast.admin, spaceId, id, bytes, file) };
    }),
  );
  await Promise.all(files.map(({ upload }) => complete(cast.admin, upload.id)));
  await runAllJobs(backends, service);
  const now = await findAsset(cast.admin, id);
  const won = files.find(({ bytes }) => bytes.length === now?.sizeBytes);
  expect(await download(cast.admin, { id })).toEqual(won?.bytes);
  expect(now?.sha256).toBe(
    createHash('sha256')
      .update(won?.bytes ?? '')
      .digest('hex'),
  );
  expect(await usageOf(backends)).toEqual({
    ...usage,
    used: usage.used - plan.length + (won?.bytes.length ?? 0),
  });
});

test('replacing, deleting, restoring and purging at once ends in one of their orders', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id } = await givenPlan();
    const uploads = await Promise.all([1, 2].map(() => sendReplacement(cast.admin, spaceId, id)));
    await Promise.allSettled([
      ...uploads.map((upload) => complete(cast.admin, upload.id)),
      deleteAssets(cast.admin, id),
      restore(cast.admin, id),
      ...(round % 2 === 0 ? [purge(cast.admin, id)] : []),
    ]);
    await runAllJobs(backends, service);
    await expectInvariants(backends);
  }
});

test.each(['before the scan', 'after the scan', 'before the commit', 'after the commit'] as const)(
  'a worker that dies %s is made up for: the bytes are replaced, once',
  async (step) => {
    const { id } = await givenPlan();
    const upload = await sendReplacement(cast.admin, spaceId, id);
    let deaths = 0;
    once('taken', () => {
      once(step, () => {
        deaths += 1;
        throw new Error('The worker died here.');
      });
      return Promise.resolve();
    });
    await complete(cast.admin, upload.id);
    await until(() => deaths === 1);
    await runAllJobs(backends, service);
    expect(await download(cast.admin, { id })).toEqual(chart);
    expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used - plan.length + chart.length });
    const feed = 'select kind from asset_events where asset_id = $1 order by version';
    const kinds = (await rows<{ kind: string }>(backends, feed, [id])).map(({ kind }) => kind);
    expect(kinds).toEqual(['CREATED', 'UPDATED', 'UPDATED']);
  },
);

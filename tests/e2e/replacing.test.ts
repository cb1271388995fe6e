import { createHash } from 'node:crypto';
import { createPortalClient } from '../../src/client/index.js';
import { newId } from '../../src/core/ids.js';
import { ScannerUnavailableError } from '../../src/domains/scanning/scanner.js';
import { seedCast, type Cast } from '../support/cast.js';
import { auditOf } from '../support/audit.js';
import { beginDirectMutation, uploadDirect } from '../support/direct.js';
import {
  abortMutation,
  complete,
  completeMutation,
  downloadMutation,
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
  replaced,
  sendReplacement,
  withScanner,
} from '../support/replacing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace, setRole } from '../support/space-rows.js';
import { listKeys, rows, runAllJobs, usageOf } from '../support/state.js';
import { eicar } from '../support/test-files.js';
import { deleteAssets, findAsset, givenAsset } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;
/** What the scanner does first. */
let beforeScan: () => Promise<void>;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { adapt: (adapters) => withScanner(adapters, () => beforeScan()) });
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
  await cast.aliceOfGlobex.get('{ viewer { id } }');
});
beforeEach(() => {
  beforeScan = () => Promise.resolve();
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

const plan = pdf('the plan');
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const infectedFile = { filename: 'note.txt', mimeType: 'text/plain', sizeBytes: eicar.length };

const givenPlan = async (): Promise<AssetFields> =>
  scanned(cast.alice, await uploadDirect(cast.alice, { spaceId }, plan));

const statusOf = async (uploadId: string) => (await findUpload(cast.alice, uploadId))?.status;

test('new bytes take the place of the old once they are clean: id, URN and place stay', async () => {
  const folderId = await givenFolder(backends, { id: spaceId }, newId());
  const before = await scanned(cast.alice, await uploadDirect(cast.alice, { spaceId, folderId }, plan));
  const usage = await usageOf(backends);
  const [old] = await rows<{ key: string }>(backends, 'select storage_key as key from assets where id = $1', [
    before.id,
  ]);
  const feed = cast.bob.subscribe<{ assetEvents: { kind: string; asset: AssetFields } }>(
    'subscription($id: ID!) { assetEvents(spaceId: $id) { kind asset { id filename sha256 } } }',
    { id: spaceId },
  );
  const event = feed.next();
  const gate = makeGate();
  gate.shut();
  beforeScan = gate.pass;

  const { id } = await sendReplacement(cast.bob, spaceId, before.id);
  expect(await complete(cast.bob, id)).toEqual(before);
  // Nobody sees anything of it yet.
  expect(await scanned(cast.alice, before)).toEqual(before);
  expect(await download(cast.alice, before)).toEqual(plan);
  expect(await usageOf(backends)).toEqual({ ...usage, reserved: usage.reserved + chart.length });
  expect(await cast.bob.get('query($id: ID!) { upload(id: $id) { status asset { id } } }', { id })).toEqual({
    upload: { status: 'COMPLETED', asset: { id: before.id } },
  });

  gate.open();
  const after = await replaced(cast.alice, before);
  expect(after).toEqual({ ...before, ...chartFile, sha256: sha256Of(chart), scanStatus: 'CLEAN' });
  expect(await download(cast.alice, after)).toEqual(chart);
  const shown = { id: before.id, filename: 'chart.png', sha256: sha256Of(chart) };
  expect(await event).toEqual({ assetEvents: { kind: 'UPDATED', asset: shown } });
  await feed.close();
  expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used - plan.length + chart.length });
  expect(await rows(backends, 'select folder_id, type from assets where id = $1', [before.id])).toEqual([
    { folder_id: folderId, type: 'IMAGE' },
  ]);
  // Asked again, it is the same answer: the asset as it is now.
  expect(await complete(cast.bob, id)).toEqual(after);
  expect(await cast.bob.refusal(abortMutation, { id })).toMatchObject({ code: 'BAD_USER_INPUT' });

  expect(await listKeys(service)).toContain(old?.key);
  await runAllJobs(backends, service);
  expect(await listKeys(service)).not.toContain(old?.key);
});

test('whoever was led to the old bytes just before may still read them', async () => {
  const before = await givenPlan();
  const { createDownloadUrl } = await cast.alice.get<{ createDownloadUrl: { url: string } }>(
    downloadMutation,
    {
      id: before.id,
    },
  );
  const led = await fetch(createDownloadUrl.url, { redirect: 'manual' });
  await replace(cast.alice, spaceId, before.id);
  await replaced(cast.alice, before);
  const answer = await fetch(led.headers.get('location') ?? '');
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(plan);
});

test('bytes that are blocked replace nothing, and are deleted', async () => {
  const before = await givenPlan();
  const usage = await usageOf(backends);
  const { id } = await sendReplacement(cast.alice, spaceId, before.id, eicar, infectedFile);
  expect(await complete(cast.alice, id)).toEqual(before);
  await until(async () => (await statusOf(id)) === 'ABORTED');
  expect(await scanned(cast.alice, before)).toEqual(before);
  expect(await download(cast.alice, before)).toEqual(plan);
  expect(await usageOf(backends)).toEqual(usage);
  expect(await cast.alice.refusal(completeMutation, { id })).toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
});

test('a scanner that is down leaves the old bytes until it is back', async () => {
  const before = await givenPlan();
  let asked = 0;
  beforeScan = () => {
    asked += 1;
    return Promise.reject(new ScannerUnavailableError('It is down.'));
  };
  await replace(cast.alice, spaceId, before.id);
  await until(() => asked >= 1);
  expect(await scanned(cast.alice, before)).toEqual(before);
  expect(await download(cast.alice, before)).toEqual(plan);
  beforeScan = () => Promise.resolve();
  expect(await replaced(cast.alice, before)).toMatchObject(chartFile);
});

test('what was blocked can be replaced by what is clean', async () => {
  const blocked = await scanned(
    cast.alice,
    await uploadDirect(cast.alice, { spaceId, file: infectedFile }, eicar),
  );
  expect(blocked).toMatchObject({ scanStatus: 'BLOCKED' });
  await replace(cast.alice, spaceId, blocked.id);
  expect(await replaced(cast.alice, blocked)).toMatchObject({ scanStatus: 'CLEAN' });
  expect(await download(cast.alice, blocked)).toEqual(chart);
});

test('the description stays unless another is given', async () => {
  const before = await uploadDirect(
    cast.alice,
    {
      spaceId,
      file: {
        filename: 'a.pdf',
        mimeType: 'application/pdf',
        sizeBytes: plan.length,
        description: 'of 2024',
      },
    },
    plan,
  );
  const old = await scanned(cast.alice, before);
  await replace(cast.alice, spaceId, old.id);
  const after = await replaced(cast.alice, old);
  expect(await findAsset(cast.alice, old.id)).toMatchObject({ description: 'of 2024' });
  await replace(cast.alice, spaceId, old.id, plan, {
    filename: 'new.pdf',
    mimeType: 'application/pdf',
    sizeBytes: plan.length,
    description: 'of 2025',
  });
  await replaced(cast.alice, after);
  expect(await findAsset(cast.alice, old.id)).toMatchObject({ description: 'of 2025', filename: 'new.pdf' });
});

test('media that an agent generated keeps what generated it', async () => {
  const execution = { executionId: 'run-1', provider: 'fal', metadata: { model: 'x' } };
  const before = await scanned(cast.alice, await uploadDirect(cast.agent, { spaceId, execution }, plan));
  await replace(cast.otherAgent, spaceId, before.id);
  await replaced(cast.alice, before);
  const query =
    'query($id: ID!) { asset(id: $id) { executionId provider metadata uploadedBy { kind id } agentUrn } }';
  const { viewer } = await cast.otherAgent.get<{ viewer: { id: string } }>('{ viewer { id } }');
  expect(await cast.alice.get(query, { id: before.id })).toEqual({
    asset: { ...execution, uploadedBy: { kind: 'APP', id: viewer.id }, agentUrn: 'urn:agent:buno' },
  });
});

test('of several that are complete, the last one counts', async () => {
  const before = await givenPlan();
  const usage = await usageOf(backends);
  const gate = makeGate();
  gate.shut();
  beforeScan = gate.pass;
  const first = await sendReplacement(cast.alice, spaceId, before.id);
  const text = pdf('the second one');
  const textFile = { filename: 'second.pdf', mimeType: 'application/pdf', sizeBytes: text.length };
  const second = await sendReplacement(cast.bob, spaceId, before.id, text, textFile);
  await complete(cast.alice, first.id);
  await complete(cast.bob, second.id);
  expect(await usageOf(backends)).toEqual({ ...usage, reserved: usage.reserved + text.length });
  gate.open();
  expect(await replaced(cast.alice, before)).toMatchObject({ ...textFile, sha256: sha256Of(text) });
  expect(await complete(cast.alice, first.id)).toMatchObject({ id: before.id, filename: 'second.pdf' });
  expect(await usageOf(backends)).toEqual({ ...usage, used: usage.used - plan.length + text.length });
});

test('one that waits for its scan can be let go', async () => {
  const before = await givenPlan();
  const gate = makeGate();
  gate.shut();
  beforeScan = gate.pass;
  const { id } = await sendReplacement(cast.alice, spaceId, before.id);
  await complete(cast.alice, id);
  expect(await cast.alice.get(abortMutation, { id })).toEqual({ abortUpload: { id, status: 'ABORTED' } });
  expect(await cast.alice.get(abortMutation, { id })).toEqual({ abortUpload: { id, status: 'ABORTED' } });
  gate.open();
  await runAllJobs(backends, service);
  expect(await scanned(cast.alice, before)).toEqual(before);
});

test('whoever replaced the bytes uploaded what it has now, and then', async () => {
  const before = await givenPlan();
  const query = `query($id: ID!) { asset(id: $id) { createdAt uploadedAt uploadedBy { kind id } } }`;
  const whose = async () => (await cast.alice.get<{ asset: Uploaded }>(query, { id: before.id })).asset;
  const first = await whose();
  expect(first).toMatchObject({ uploadedBy: { id: 'alice' }, uploadedAt: first.createdAt });
  const { id } = await sendReplacement(cast.bob, spaceId, before.id);
  await complete(cast.bob, id);
  await replaced(cast.alice, before);
  const now = await whose();
  expect(now).toMatchObject({
    createdAt: first.createdAt,
    uploadedBy: { kind: 'USER', id: 'bob' },
  });
  expect(Date.parse(now.uploadedAt)).toBeGreaterThan(Date.parse(first.uploadedAt));
});

interface Uploaded {
  createdAt: string;
  uploadedAt: string;
  uploadedBy: { kind: string; id: string };
}

test('no space is to be named: the asset is in one', async () => {
  const space = (await givenSpace(backends, newId())).id;
  const before = await scanned(cast.alice, await uploadDirect(cast.alice, { spaceId: space }, plan));
  const file = new File([new Uint8Array(chart)], 'chart.png', { type: 'image/png' });
  const { assets } = createPortalClient({ url: service.url, token: cast.alice.credential });
  expect((await assets.upload(file, { replaceAssetId: before.id })).urn).toBe(before.urn);
  expect(await replaced(cast.alice, before)).toMatchObject({ id: before.id, filename: 'chart.png' });
});

test('it is in the audit log, under the asset', async () => {
  const before = await givenPlan();
  const { id } = await sendReplacement(cast.bob, spaceId, before.id);
  await complete(cast.bob, id);
  const common = { actor: 'USER bob' };
  const sizeBytes = chart.length;
  expect((await auditOf(backends, id, before.id)).slice(-2)).toEqual([
    {
      ...common,
      action: 'beginUpload',
      subject: id,
      details: { spaceId, folderId: null, replacesAssetId: before.id, sizeBytes },
    },
    {
      ...common,
      action: 'completeUpload',
      subject: before.id,
      details: { uploadId: id, spaceId, sizeBytes, promptId: null },
    },
  ]);
});

describe('what may not be replaced', () => {
  const refusal = (by: keyof Cast, replaceAssetId: string, more: object = {}) =>
    cast[by].refusal(beginDirectMutation, { input: { file: chartFile, spaceId, replaceAssetId, ...more } });

  test('an asset that is none, of a memory, of another space or organization, or in the trash', async () => {
    const other = (await givenSpace(backends, newId())).id;
    const elsewhere = await uploadDirect(cast.aliceOfGlobex, {
      spaceId: (await defaultSpace(backends, 'globex')).id,
    });
    const inTrash = await givenPlan();
    await deleteAssets(cast.admin, inTrash.id);
    const nowhere = [newId(), 'nothing', (await givenAsset(cast)).id, elsewhere.id, inTrash.id];
    const { id: inOther } = await uploadDirect(cast.alice, { spaceId: other });
    for (const id of [...nowhere, inOther])
      expect(await refusal('alice', id)).toMatchObject({ code: 'NOT_FOUND' });
    for (const id of nowhere)
      expect(await refusal('alice', id, { spaceId: null })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('one in a space whose role does not say so', async () => {
    const space = (await givenSpace(backends, newId())).id;
    const { id } = await uploadDirect(cast.alice, { spaceId: space });
    await setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, ['ASSETS_READ', 'ASSETS_CREATE']);
    expect(await refusal('bob', id, { spaceId: space })).toMatchObject({ code: 'PERMISSION_DENIED' });
    await setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, ['ASSETS_CREATE', 'ASSETS_UPDATE']);
    expect(await refusal('bob', id, { spaceId: space })).toMatchObject({ code: 'NOT_FOUND' });
    await setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, ['ASSETS_READ', 'ASSETS_UPDATE']);
    await replace(cast.bob, space, id);
  });

  test('its place, and what generated it', async () => {
    const { id } = await givenPlan();
    const folderId = await givenFolder(backends, { id: spaceId }, newId());
    expect(await refusal('alice', id, { folderId })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'folderId',
    });
    const execution = { executionId: 'run-2' };
    expect(await refusal('agent', id, { execution })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'execution',
    });
  });

  test('anything by who lost the permission before the end', async () => {
    const space = (await givenSpace(backends, newId())).id;
    const { id: assetId } = await uploadDirect(cast.alice, { spaceId: space });
    const { id } = await sendReplacement(cast.bob, space, assetId);
    await setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, 'guest');
    expect(await cast.bob.refusal(completeMutation, { id })).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await findUpload(cast.bob, id))?.status).toBe('ABORTED');
  });
});

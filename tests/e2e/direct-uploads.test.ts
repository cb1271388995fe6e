import { createHash } from 'node:crypto';
import type { Adapters } from '../../src/adapters.js';
import { newId } from '../../src/core/ids.js';
import type { Api } from '../support/api.js';
import { auditOf } from '../support/audit.js';
import { seedCast, type Cast } from '../support/cast.js';
import { beginDirect, beginDirectMutation, sendDirect, uploadDirect } from '../support/direct.js';
import {
  abortMutation,
  complete,
  completeMutation,
  fileOf,
  newDownloadUrl,
  pdf,
  put,
  scanned,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { askToComplete, bigPdf, findUpload, partsEnv, sendParts } from '../support/parts.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace, setRole } from '../support/space-rows.js';
import { endLease, listKeys, rows, runAllJobs, usageOf } from '../support/state.js';
import { findAsset } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let spaceId: string;
/** What happens while a copy is being verified, in one test. */
let onCopied: () => Promise<void>;

function adapt(adapters: Adapters): Adapters {
  const { objects } = adapters;
  return {
    ...adapters,
    objects: {
      ...objects,
      async copy(input) {
        const copied = await objects.copy(input);
        await onCopied();
        return copied;
      },
    },
  };
}

beforeEach(() => {
  onCopied = () => Promise.resolve();
});

const maxSizeBytes = 20 * 2 ** 20;

beforeAll(async () => {
  backends = await openBackends();
  const env = { ...partsEnv, UPLOAD_MAX_SIZE_BYTES: String(maxSizeBytes) };
  service = await openService(backends, { env, adapt });
  cast = await seedCast(service);
  spaceId = (await defaultSpace(backends)).id;
  await cast.aliceOfGlobex.get('{ viewer { id } }');
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

const bytes = pdf();
const file = fileOf(bytes);
const sha256 = createHash('sha256').update(bytes).digest('hex');

const refusal = (by: Api, input: object) =>
  by.refusal(beginDirectMutation, { input: { file, spaceId, ...input } });

describe('a file for a space', () => {
  test.each(['alice', 'agent', 'account', 'admin'] as const)(
    'comes from %s, is scanned, and is read by everybody who may read there',
    async (name) => {
      const asset = await uploadDirect(cast[name], { spaceId }, bytes);
      expect(asset).toMatchObject({ filename: 'plan.pdf', sizeBytes: bytes.length, scanStatus: 'PENDING' });
      expect(asset.urn).toBe(`urn:askfile:space:${spaceId}:assets:${asset.id}`);
      expect(await scanned(cast.bob, asset)).toMatchObject({ scanStatus: 'CLEAN', sha256 });
      const download = await fetch(await newDownloadUrl(cast.bob, asset));
      expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
      expect(await findAsset(cast.aliceOfGlobex, asset.id)).toBeNull();
    },
  );

  test('is of any type', async () => {
    const text = Buffer.from('#!/bin/sh\necho hello\n');
    const script = { filename: 'run.sh', mimeType: 'application/x-sh', sizeBytes: text.length };
    const asset = await uploadDirect(cast.alice, { spaceId, file: script }, text);
    expect(asset).toMatchObject({ filename: 'run.sh' });
  });

  test('lies in the folder that was named, or in the root when that is gone by the end', async () => {
    const folderId = await givenFolder(backends, { id: spaceId }, newId());
    const placeOf = async (id: string) =>
      (
        await rows<{ folder_id: string | null }>(backends, 'select folder_id from assets where id = $1', [id])
      )[0]?.folder_id;
    const inFolder = await uploadDirect(cast.alice, { spaceId, folderId });
    expect(await placeOf(inFolder.id)).toBe(folderId);

    const late = await sendDirect(cast.alice, { spaceId, folderId });
    await rows(backends, 'update assets set folder_id = null where folder_id = $1', [folderId]);
    await rows(backends, 'delete from folders where id = $1', [folderId]);
    expect(await placeOf((await complete(cast.alice, late.id)).id)).toBeNull();
  });

  test('comes in parts when it is large, for a day at most', async () => {
    const big = bigPdf();
    const { id } = await beginDirect(cast.agent, { spaceId, file: fileOf(big) });
    expect(await findUpload(cast.agent, id)).toMatchObject({ request: null, multipart: { partCount: 3 } });
    const [row] = await rows<{ hours: number }>(
      backends,
      'select extract(epoch from latest_end - created_at)::float8 / 3600 as hours from uploads where id = $1',
      [id],
    );
    expect(row?.hours).toBeCloseTo(24, 1);
    const { data } = await askToComplete(cast.agent, id, await sendParts(cast.agent, id, big, 2, 3, 1));
    expect(await scanned(cast.alice, data?.completeUpload ?? { id: '' })).toMatchObject({
      scanStatus: 'CLEAN',
      sizeBytes: big.length,
    });
  });

  test('that is completed again, from another session too, is the same one', async () => {
    const { id } = await sendDirect(cast.alice, { spaceId });
    const answers = await Promise.all([
      complete(cast.alice, id),
      complete(cast.alice, id),
      complete(cast.aliceElsewhere, id),
    ]);
    const again = await complete(cast.aliceElsewhere, id);
    expect(new Set([...answers, again].map((asset) => asset.id)).size).toBe(1);
    expect(
      await cast.alice.get('query($id: ID!) { upload(id: $id) { status asset { id } } }', { id }),
    ).toEqual({
      upload: { status: 'COMPLETED', asset: { id: again.id } },
    });
  });

  test('is in the audit log once for its begin and once for its end, without its name', async () => {
    const { id } = await sendDirect(cast.alice, { spaceId });
    const asset = await complete(cast.alice, id);
    await complete(cast.alice, id);
    const entries = await auditOf(backends, id, asset.id);
    expect(entries).toEqual([
      {
        action: 'beginUpload',
        subject: id,
        actor: 'USER alice',
        details: { spaceId, folderId: null, replacesAssetId: null, sizeBytes: bytes.length },
      },
      {
        action: 'completeUpload',
        subject: asset.id,
        actor: 'USER alice',
        details: { uploadId: id, spaceId, sizeBytes: bytes.length, promptId: null },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain('plan.pdf');
  });

  test('that is let go, or never comes, is no longer counted', async () => {
    const before = await usageOf(backends);
    const given = await sendDirect(cast.alice, { spaceId });
    expect(await usageOf(backends)).toEqual({ ...before, reserved: before.reserved + bytes.length });
    expect(await cast.alice.get(abortMutation, { id: given.id })).toMatchObject({
      abortUpload: { status: 'ABORTED' },
    });
    const never = await beginDirect(cast.alice, { spaceId, file });
    await endLease(backends, never.id);
    await until(async () => (await findUpload(cast.alice, never.id))?.status === 'EXPIRED');
    expect(await usageOf(backends)).toEqual(before);
    for (const { id } of [given, never]) {
      expect(await cast.alice.refusal(completeMutation, { id })).toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
    }
  });

  test('that is complete is let go of no more: as an asset it can be deleted', async () => {
    const { id } = await sendDirect(cast.alice, { spaceId });
    await complete(cast.alice, id);
    const refused = await cast.alice.refusal(abortMutation, { id });
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: 'uploadId' });
  });

  test('whose bytes are other than declared is refused, and nothing is left of it', async () => {
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    const upload = await beginDirect(cast.alice, { spaceId, file: { ...fileOf(html) } });
    await put(upload, html);
    const refused = await cast.alice.refusal(completeMutation, { id: upload.id });
    expect(refused).toMatchObject({ code: 'UPLOAD_MISMATCH' });
  });
});

describe('who may put a file there', () => {
  test('a guest may not, nor a service account without a role; a role of the space lets them', async () => {
    const closed = (await givenSpace(backends, 'Closed')).id;
    await setRole(backends, { id: closed }, { kind: 'USER', id: 'bob' }, 'guest');
    await setRole(backends, { id: closed }, { kind: 'SERVICE_ACCOUNT', id: 'crawler' }, []);
    expect(await refusal(cast.bob, { spaceId: closed })).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await refusal(cast.account, { spaceId: closed })).toMatchObject({ code: 'NOT_FOUND' });
    await setRole(backends, { id: closed }, { kind: 'SERVICE_ACCOUNT', id: 'crawler' }, ['ASSETS_CREATE']);
    const asset = await uploadDirect(cast.account, { spaceId: closed });
    // It may add files, and read none: not even the one that it added.
    expect(asset).toMatchObject({ filename: 'plan.pdf' });
    expect(await findAsset(cast.account, asset.id)).toBeNull();
  });

  test('an upload is its creator’s alone', async () => {
    const { id } = await sendDirect(cast.alice, { spaceId });
    for (const by of [cast.bob, cast.admin, cast.agent, cast.aliceOfGlobex]) {
      expect(await by.refusal(completeMutation, { id })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await by.refusal(abortMutation, { id })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await findUpload(by, id)).toBeNull();
    }
    await complete(cast.alice, id);
  });

  test.each([
    { role: 'guest' as const, code: 'PERMISSION_DENIED' },
    { role: [], code: 'NOT_FOUND' },
  ])(
    'who loses the permission before the end is refused ($code), and the bytes go',
    async ({ role, code }) => {
      const space = (await givenSpace(backends, newId())).id;
      const before = await usageOf(backends);
      const { id } = await sendDirect(cast.bob, { spaceId: space });
      await setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, role);
      expect(await cast.bob.refusal(completeMutation, { id })).toMatchObject({ code });
      expect(await findUpload(cast.bob, id)).toMatchObject({ status: 'ABORTED' });
      expect(await usageOf(backends)).toEqual(before);
      await runAllJobs(backends, service);
      expect((await listKeys(service)).filter((key) => key.startsWith('staging/'))).toEqual([]);
    },
  );

  test('who loses it while the bytes are verified is refused just so', async () => {
    const space = (await givenSpace(backends, newId())).id;
    const { id } = await sendDirect(cast.bob, { spaceId: space });
    onCopied = () => setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, 'guest');
    expect(await cast.bob.refusal(completeMutation, { id })).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await findUpload(cast.bob, id)).toMatchObject({ status: 'ABORTED' });
  });

  test('what came of an upload is not shown any more to who lost the space', async () => {
    const space = (await givenSpace(backends, newId())).id;
    const { id } = await sendDirect(cast.bob, { spaceId: space });
    await complete(cast.bob, id);
    await setRole(backends, { id: space }, { kind: 'USER', id: 'bob' }, []);
    expect(await cast.bob.refusal(completeMutation, { id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await cast.bob.get('query($id: ID!) { upload(id: $id) { asset { id } } }', { id })).toEqual({
      upload: { asset: null },
    });
  });
});

describe('what is refused at the door', () => {
  test('places that are none, or of another space or organization', async () => {
    const elsewhere = (await defaultSpace(backends, 'globex')).id;
    for (const other of [elsewhere, newId(), 'nothing']) {
      expect(await refusal(cast.alice, { spaceId: other })).toMatchObject({ code: 'NOT_FOUND' });
    }
    const folders = [
      await givenFolder(backends, { id: elsewhere }, newId()),
      await givenFolder(backends, await givenSpace(backends, newId()), newId()),
      newId(),
      'nothing',
    ];
    for (const folderId of folders) {
      expect(await refusal(cast.alice, { folderId })).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(
      (await cast.nobody.ask(beginDirectMutation, { input: { file, spaceId } })).errors?.[0],
    ).toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    });
  });

  test('files that are too large, or no files', async () => {
    const tooLarge = { ...file, sizeBytes: maxSizeBytes + 1 };
    expect(await refusal(cast.alice, { file: tooLarge })).toMatchObject({
      code: 'FILE_TOO_LARGE',
      maxSizeBytes,
    });
    expect(await refusal(cast.alice, { file: { ...file, sizeBytes: 0 } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'file.sizeBytes',
    });
    const largest = await beginDirect(cast.alice, { spaceId, file: { ...file, sizeBytes: maxSizeBytes } });
    await cast.alice.get(abortMutation, { id: largest.id });
  });

  test('what the quota has no room for', async () => {
    const { used, reserved } = await usageOf(backends);
    const limit = used + reserved + bytes.length - 1;
    const setQuota = (quota: number | null) =>
      rows(
        backends,
        `update storage_usage set quota_bytes = $1 from organizations o where o.id = org_id and o.external_id = 'acme'`,
        [quota],
      );
    await setQuota(limit);
    expect(await refusal(cast.alice, {})).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await setQuota(limit + 1);
    // Room for one: of several at once, exactly one begins.
    const begun = await Promise.all(
      Array.from({ length: 5 }, () => cast.alice.ask(beginDirectMutation, { input: { file, spaceId } })),
    );
    expect(begun.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const [open] = await rows<{ id: string }>(backends, `select id from uploads where status = 'OPEN'`);
    await cast.alice.get(abortMutation, { id: open?.id });
    await setQuota(null);
  });
});

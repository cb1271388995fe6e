import type { Api } from '../support/api.js';
import { actors, otherAgentUrn, seedCast, type Actor, type Cast } from '../support/cast.js';
import { answer, awaitResult, downloadMutation, newDownloadUrl, pdf, request } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows, summedUsage, usageOf } from '../support/state.js';
import {
  deleteAssets,
  deleteMutation,
  findAsset,
  givenAsset,
  isGone,
  listIds,
  moveTrash,
  purge,
  purgeMutation,
  restore,
  restoreMutation,
} from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

openForAll({ env: { PROMPT_LIMIT_PER_USER: '10000' } }, async (opened) => {
  ({ backends, service } = opened);
  cast = await seedCast(service);
});

const stored = (id: string) => rows(backends, 'select * from assets where id = $1', [id]);
const noId = '0'.repeat(27);
const hour = 3_600_000;

describe('deleting', () => {
  test('hides it and says until when it can be restored; restoring brings it back as it was', async () => {
    const before = await givenAsset(cast);
    const [deleted] = await deleteAssets(cast.alice, before.id);
    const deletedAt = new Date(deleted?.deletedAt ?? 0).getTime();
    expect(Math.abs(Date.now() - deletedAt)).toBeLessThan(60_000);
    expect(new Date(deleted?.restorableUntil ?? 0).getTime() - deletedAt).toBe(24 * hour);
    expect(await findAsset(cast.alice, before.id)).toEqual(deleted);
    expect(await listIds(cast.alice)).not.toContain(before.id);
    expect(await listIds(cast.alice, { includeDeleted: true })).toContain(before.id);
    expect(await listIds(cast.agent, { userId: 'alice' })).not.toContain(before.id);
    expect(await listIds(cast.agent, { userId: 'alice', includeDeleted: true })).toContain(before.id);

    const restored = await restore(cast.alice, before.id);
    expect(restored).toMatchObject({ ...before, deletedAt: null, restorableUntil: null });
    expect(await listIds(cast.alice)).toContain(before.id);
    const download = await fetch(await newDownloadUrl(cast.alice, before));
    expect(Buffer.from(await download.arrayBuffer())).toEqual(pdf());
  });

  test('a download URL that was made before dies at once, and stays dead when the asset is restored', async () => {
    const asset = await givenAsset(cast);
    const urls = await Promise.all([1, 2].map(() => newDownloadUrl(cast.agent, asset)));
    await deleteAssets(cast.alice, asset.id);
    expect((await fetch(urls[0] ?? '')).status).toBe(404);
    expect(await cast.alice.refusal(downloadMutation, { id: asset.id })).toEqual({ code: 'NOT_FOUND' });
    await restore(cast.alice, asset.id);
    expect((await fetch(urls[1] ?? '')).status).toBe(404);
    const anew = await newDownloadUrl(cast.agent, asset);
    // Deleting what is deleted, or restoring what is there, is nothing new.
    await restore(cast.alice, asset.id);
    expect((await fetch(anew)).status).toBe(200);
  });

  test('the agent’s result keeps the asset and tells that it is deleted', async () => {
    const prompt = await request(cast.agent);
    const { id } = await answer(cast.alice, prompt.id);
    await deleteAssets(cast.alice, id);
    expect(await awaitResult(cast.agent, prompt.id)).toMatchObject({ outcome: 'UPLOADED', assets: [{ id }] });
    const { uploadPrompt } = await cast.agent.get<{ uploadPrompt: { assets: { deletedAt: string }[] } }>(
      'query($id: ID!) { uploadPrompt(id: $id) { assets { deletedAt } } }',
      { id: prompt.id },
    );
    expect(uploadPrompt.assets).toEqual([{ deletedAt: expect.any(String) as unknown }]);
  });

  test('deleting and restoring twice is the same as once', async () => {
    const { id } = await givenAsset(cast);
    const first = await deleteAssets(cast.alice, id, id);
    expect(first).toHaveLength(1);
    expect(await deleteAssets(cast.agent, id)).toEqual(first);
    const restored = await restore(cast.alice, id);
    expect(await restore(cast.agent, id)).toEqual(restored);
  });

  test('several go in the order asked, all of them or none', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await givenAsset(cast)).id));
    for (const unknown of [noId, 'nothing', '']) {
      expect(await cast.alice.refusal(deleteMutation, { ids: [...ids, unknown] })).toEqual({
        code: 'NOT_FOUND',
      });
    }
    expect(await listIds(cast.alice)).toEqual(expect.arrayContaining(ids));
    const turned = [...ids].reverse();
    expect((await deleteAssets(cast.alice, ...turned)).map(({ id }) => id)).toEqual(turned);
  });

  test.each([[[]], [Array.from({ length: 101 }, (_, i) => String(i).padStart(27, '0'))]])(
    'none, or more than a hundred, is BAD_USER_INPUT',
    async (ids) => {
      expect(await cast.alice.refusal(deleteMutation, { ids })).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'ids',
      });
    },
  );

  test('lists of assets that cross each other do not lock each other out', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(async () => (await givenAsset(cast)).id));
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => deleteAssets(i % 2 ? cast.alice : cast.agent, ...ids.reverse())),
    );
    expect(new Set(all.flat().map(({ deletedAt }) => deletedAt)).size).toBe(1);
  });
});

describe('who may', () => {
  const acts = {
    deleteAssets: (by: Api, id: string) => by.ask(deleteMutation, { ids: [id] }),
    restoreAsset: (by: Api, id: string) => by.ask(restoreMutation, { id }),
    purgeAsset: (by: Api, id: string) => by.ask(purgeMutation, { id }),
  };
  const mayRead: readonly Actor[] = ['alice', 'aliceElsewhere', 'agent'];
  const allowed: Record<keyof typeof acts, readonly Actor[]> = {
    deleteAssets: [...mayRead, 'admin'],
    restoreAsset: [...mayRead, 'admin'],
    purgeAsset: mayRead,
  };
  const cases = Object.keys(acts).flatMap((act) =>
    actors.map((actor) => ({ act: act as keyof typeof acts, actor })),
  );

  test.each(cases.filter(({ act, actor }) => !allowed[act].includes(actor)))(
    '$act by $actor is like nothing there, and changes nothing',
    async ({ act, actor }) => {
      const { id } = await givenAsset(cast);
      const known = await acts[act](cast[actor], id);
      const unknown = await acts[act](cast[actor], noId);
      const before = await stored(id);
      expect(known.errors?.[0]?.extensions.code).toBe(actor === 'nobody' ? 'UNAUTHENTICATED' : 'NOT_FOUND');
      expect(known).toEqual(unknown);
      expect(await stored(id)).toEqual(before);
    },
  );

  test.each(cases.filter(({ act, actor }) => allowed[act].includes(actor)))(
    '$act by $actor does it',
    async ({ act, actor }) => {
      const { id } = await givenAsset(cast);
      if (act === 'restoreAsset') await deleteAssets(cast.alice, id);
      expect((await acts[act](cast[actor], id)).errors).toBeUndefined();
      const after = await findAsset(cast.alice, id);
      if (act === 'purgeAsset') expect(after).toBeNull();
      else expect(after?.deletedAt === null).toBe(act === 'restoreAsset');
    },
  );

  test('an admin learns no name and no hash, and may not read it', async () => {
    const { id } = await givenAsset(cast);
    const shown = [...(await deleteAssets(cast.admin, id)), await restore(cast.admin, id)];
    expect(shown).toMatchObject([1, 2].map(() => ({ id, filename: id, description: null, sha256: null })));
    expect(await findAsset(cast.admin, id)).toBeNull();
    expect(await cast.admin.refusal(downloadMutation, { id })).toEqual({ code: 'NOT_FOUND' });
  });

  test('whoever deletes, restores or purges it is on record, and repeating what changes nothing is not', async () => {
    const { id, sizeBytes } = await givenAsset(cast);
    await deleteAssets(cast.alice, id);
    await deleteAssets(cast.admin, id);
    await restore(cast.admin, id);
    await restore(cast.alice, id);
    await purge(cast.agent, id);
    await purge(cast.alice, id);
    const acts = `select actor_kind || ' ' || action as act, details from audit_entries
      where subject = $1 and action <> 'completeUpload' order by at`;
    expect(await rows(backends, acts, [id])).toEqual(
      ['USER deleteAssets', 'USER restoreAsset', 'APP purgeAsset'].map((act) => ({
        act,
        details: { sizeBytes, userId: 'alice', agentUrn: 'urn:agent:buno' },
      })),
    );
  });

  test('one that is not the agent’s own, among its own, keeps all of them', async () => {
    const own = await givenAsset(cast);
    const other = await givenAsset({ alice: cast.alice, agent: cast.otherAgent });
    const [row] = await rows(backends, 'select agent_urn from assets where id = $1', [other.id]);
    expect(row).toEqual({ agent_urn: otherAgentUrn });
    expect(await cast.agent.refusal(deleteMutation, { ids: [own.id, other.id] })).toEqual({
      code: 'NOT_FOUND',
    });
    expect(await findAsset(cast.alice, own.id)).toMatchObject({ deletedAt: null });
    expect(await deleteAssets(cast.alice, own.id, other.id)).toHaveLength(2);
  });
});

describe('the end', () => {
  const goneFor = async (by: Api, id: string) => (await by.refusal(restoreMutation, { id })).code;

  test('when its time is over, bytes and row go, what it took of the quota is free, and it stays gone', async () => {
    const { id, sizeBytes } = await givenAsset(cast);
    await deleteAssets(cast.alice, id);
    const before = await usageOf(backends);
    expect(before).toEqual(await summedUsage(backends));
    const [row] = await rows<{ storage_key: string }>(
      backends,
      'select storage_key from assets where id = $1',
      [id],
    );
    await moveTrash(backends, id, -1);
    expect(await goneFor(cast.alice, id)).toBe('ASSET_BYTES_GONE');
    await until(() => isGone(backends, id));
    expect(await usageOf(backends)).toEqual({ ...before, used: before.used - sizeBytes });
    expect(await service.adapters.objects.head(row?.storage_key ?? '')).toBeUndefined();
    expect(await findAsset(cast.alice, id)).toBeNull();
    expect(await cast.alice.refusal(deleteMutation, { ids: [id] })).toEqual({ code: 'NOT_FOUND' });
    for (const who of ['alice', 'agent', 'admin'] as const) {
      expect(await goneFor(cast[who], id)).toBe('ASSET_BYTES_GONE');
    }
    for (const who of ['bob', 'otherAgent', 'aliceOfGlobex'] as const) {
      expect(await goneFor(cast[who], id)).toBe('NOT_FOUND');
    }
  });

  test('purged, it is gone at once, deleted before or not; the agent keeps its answer', async () => {
    for (const isDeleted of [true, false]) {
      const prompt = await request(cast.agent);
      const { id, sizeBytes } = await answer(cast.alice, prompt.id);
      if (isDeleted) await deleteAssets(cast.alice, id);
      const before = await usageOf(backends);
      expect(await purge(cast.alice, id)).toBe(id);
      expect(await isGone(backends, id)).toBe(true);
      expect(await usageOf(backends)).toEqual({ ...before, used: before.used - sizeBytes });
      // Again, by whoever did not get the answer.
      expect(await purge(cast.agent, id)).toBe(id);
      expect(await usageOf(backends)).toEqual({ ...before, used: before.used - sizeBytes });
      expect(await goneFor(cast.alice, id)).toBe('ASSET_BYTES_GONE');
      expect(await awaitResult(cast.agent, prompt.id)).toMatchObject({ outcome: 'UPLOADED', assets: [] });
      // Nor is there anything left of how it came, which had its name.
      const query = 'query($id: ID!) { uploadPrompt(id: $id) { uploads { filename } } }';
      for (const who of [cast.agent, cast.alice])
        expect(await who.get(query, { id: prompt.id })).toEqual({ uploadPrompt: { uploads: [] } });
    }
  });

  test('where storage has lost the bytes, nothing is restored, and downloads say so once it is known', async () => {
    const asset = await givenAsset(cast);
    const url = await newDownloadUrl(cast.alice, asset);
    const [row] = await rows<{ storage_key: string }>(
      backends,
      'select storage_key from assets where id = $1',
      [asset.id],
    );
    await service.adapters.objects.delete(row?.storage_key ?? '');
    await deleteAssets(cast.alice, asset.id);
    expect(await goneFor(cast.alice, asset.id)).toBe('ASSET_BYTES_GONE');
    expect(await findAsset(cast.alice, asset.id)).toMatchObject({ deletedAt: expect.any(String) as unknown });
    await rows(
      backends,
      `update storage_usage u set trashed_bytes = trashed_bytes - size_bytes from assets a
        where a.id = $1 and u.org_id = a.org_id`,
      [asset.id],
    );
    await rows(
      backends,
      'update assets set deleted_at = null, restorable_until = null, deletions = 0 where id = $1',
      [asset.id],
    );
    expect(await cast.alice.refusal(downloadMutation, { id: asset.id })).toEqual({
      code: 'ASSET_BYTES_GONE',
    });
    expect((await fetch(url)).status).toBe(410);
    await purge(cast.alice, asset.id);
  });

  test('one that was never scanned goes too, and its scan finds nothing to do', async () => {
    const { id } = await answer(cast.alice, (await request(cast.agent)).id);
    await purge(cast.alice, id);
    expect(await isGone(backends, id)).toBe(true);
  });
});

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));

import { newId } from '../../src/core/ids.js';
import type { Answer } from '../support/api.js';
import { seedHeart } from '../support/heart.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { createFolder, createSpace, deleteFolderMutation } from '../support/spaces.js';
import { rows } from '../support/state.js';
import { deleteMutation } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll({ works: false }, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});

const newIds = (count: number) => Array.from({ length: count }, newId);

/** Rows alone, made in this order: nobody asks for their bytes here. */
async function insertFiles(spaceId: string, folderId: string, ids: string[]): Promise<string[]> {
  await rows(
    backends,
    `with seeded as (
       insert into assets (id, org_id, space_id, folder_id, filename, mime_type, size_bytes, type, storage_key, etag,
         uploaded_by_kind, uploaded_by_id, created_at)
       select id, (select org_id from spaces where spaces.id = $1), $1, $2, 'f', 'text/plain', 10, 'OTHER', id, '',
         'USER', 'ada', now() + make_interval(secs => place) from unnest($3::text[]) with ordinality as t (id, place)
       returning org_id, size_bytes
     )
     update storage_usage u set used_bytes = used_bytes + (select sum(size_bytes) from seeded)
     where u.org_id in (select org_id from seeded)`,
    [spaceId, folderId, ids],
  );
  return ids;
}

/** In an order that is neither theirs nor the database's. */
const shuffled = (ids: readonly string[]) =>
  ids
    .map((id) => ({ id, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ id }) => id);

test('a folder that is deleted while its files are, by many at once, is gone with each file deleted once', async () => {
  const { admin } = people;
  for (let round = 0; round < 8; round += 1) {
    const { id: spaceId } = await createSpace(admin, `Space ${round}`);
    const top = await createFolder(admin, spaceId, 'top');
    const sub = await createFolder(admin, spaceId, 'sub', top.id);
    const ids = [
      ...(await insertFiles(spaceId, top.id, newIds(40))),
      ...(await insertFiles(spaceId, sub.id, newIds(40))),
    ];
    const answers = await Promise.all([
      admin.ask(deleteMutation, { ids: shuffled(ids) }),
      admin.ask(deleteFolderMutation, { id: top.id, recursive: true }),
      admin.ask(deleteMutation, { ids: shuffled(ids) }),
      admin.ask(deleteFolderMutation, { id: sub.id, recursive: true }),
      admin.ask(deleteFolderMutation, { id: top.id, recursive: true }),
    ]);
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    // Whoever came too late finds no folder; nobody waits for one another in a circle.
    expect(codes.filter((code) => code !== 'NOT_FOUND')).toEqual([]);
    expect(answers[0]?.errors ?? answers[2]?.errors).toBeUndefined();
    const left = 'select from assets where space_id = $1 and (deleted_at is null or folder_id is not null)';
    expect(await rows(backends, left, [spaceId])).toEqual([]);
    expect(await rows(backends, 'select from folders where space_id = $1', [spaceId])).toEqual([]);
    const events = await rows<{ version: number; kind: string; asset_id: string }>(
      backends,
      'select version, kind, asset_id from asset_events where owner_id = $1 order by version',
      [spaceId],
    );
    expect(events.map(({ version, kind }) => `${version} ${kind}`)).toEqual(
      ids.map((_, index) => `${index + 1} DELETED`),
    );
    expect(events.map(({ asset_id: assetId }) => assetId).sort()).toEqual([...ids].sort());
  }
  expect(
    await rows(backends, 'select used_bytes::int as used, trashed_bytes::int as trashed from storage_usage'),
  ).toEqual([{ used: 8 * 800, trashed: 8 * 800 }]);
});

test('files are taken in one order by whoever deletes them, however they lie, so that none waits in a circle', async () => {
  const { admin } = people;
  const { id: spaceId } = await createSpace(admin, 'In order');
  const folder = await createFolder(admin, spaceId, 'a');
  const ids = newIds(3).sort().reverse();
  await insertFiles(spaceId, folder.id, ids);
  const waiting = async () =>
    (
      await rows(
        backends,
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).length;
  let answers: Promise<Answer<unknown>>[] = [];
  await backends.database.transact(async (tx) => {
    await tx.executeSql('select from assets where id = $1 for update', [ids[1]]);
    const deleting = admin.ask(deleteFolderMutation, { id: folder.id, recursive: true });
    await until(async () => (await waiting()) === 1);
    answers = [deleting, admin.ask(deleteMutation, { ids })];
    await until(async () => (await waiting()) === 2);
  });
  expect((await Promise.all(answers)).map(({ errors }) => errors)).toEqual([undefined, undefined]);
});

import { makeApi, type Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import { openBackends, openService, token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import {
  defaultSpace,
  givenFile,
  givenFolder,
  givenRole,
  givenSpace,
  setRole,
} from '../support/space-rows.js';
import { deleteAssets, givenAsset, purge, restore } from '../support/trash.js';
import { deleteFolder } from '../support/spaces.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

beforeEach(async () => {
  backends = await openBackends();
  service = await openService(backends);
  cast = await seedCast(service);
});
afterEach(async () => {
  await service.close();
  await backends.close();
});

interface Page {
  nodes: { id: string; filename: string; sha256: string | null; path: string | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const query = `query($first: Int, $after: String) { trash(first: $first, after: $after) {
  nodes { id filename sha256 path } pageInfo { hasNextPage endCursor } } }`;

async function readTrash(by: Api, variables: object = {}): Promise<Page> {
  return (await by.get<{ trash: Page }>(query, variables)).trash;
}

const idsOf = async (by: Api) => (await readTrash(by)).nodes.map(({ id }) => id);

test('the last deleted comes first, whether it lay in a space or in a memory; what is back or purged is gone', async () => {
  const { admin, alice } = cast;
  const space = await defaultSpace(backends);
  await setRole(backends, space, { kind: 'USER', id: 'alice' }, 'admin');
  const inSpace = await givenFile(backends, service, space, { filename: 'a.pdf' });
  const inMemory = await givenAsset(cast);
  const other = await givenFile(backends, service, await givenSpace(backends, 'Other'), {
    filename: 'b.pdf',
  });
  expect(await idsOf(alice)).toEqual([]);
  await deleteAssets(alice, inSpace.id);
  await deleteAssets(alice, inMemory.id);
  await deleteAssets(admin, other.id);
  expect(await idsOf(alice)).toEqual([inMemory.id, inSpace.id]);
  expect(await idsOf(admin)).toEqual([other.id, inSpace.id]);
  await restore(alice, inMemory.id);
  await purge(admin, other.id);
  expect(await idsOf(alice)).toEqual([inSpace.id]);
  expect(await idsOf(admin)).toEqual([inSpace.id]);
});

test('each sees what they could restore: nobody another’s memory, and in a space those who may delete there', async () => {
  const space = await defaultSpace(backends);
  const inSpace = await givenFile(backends, service, space, { filename: 'a.pdf' });
  await deleteAssets(cast.admin, inSpace.id);
  const inMemory = await givenAsset(cast);
  await deleteAssets(cast.alice, inMemory.id);
  const deleter = makeApi(service.url, await token('del'));
  await deleter.get('{ viewer { id } }');
  await setRole(
    backends,
    space,
    { kind: 'USER', id: 'del' },
    await givenRole(backends, space, ['ASSETS_DELETE']),
  );
  const seen = {
    admin: await idsOf(cast.admin),
    alice: await idsOf(cast.alice),
    bob: await idsOf(cast.bob),
    agent: await idsOf(cast.agent),
    account: await idsOf(cast.account),
    aliceOfGlobex: await idsOf(cast.aliceOfGlobex),
  };
  expect(seen).toEqual({
    admin: [inSpace.id],
    alice: [inMemory.id],
    bob: [],
    agent: [],
    account: [inSpace.id],
    aliceOfGlobex: [],
  });
  // Who may delete there and not read is told what it is, and not what it says.
  expect((await readTrash(deleter)).nodes).toEqual([
    { id: inSpace.id, filename: inSpace.id, sha256: null, path: `/${inSpace.id}` },
  ]);
  expect(await cast.nobody.refusal(query)).toEqual({ code: 'UNAUTHENTICATED' });
});

test('what was in a folder that is gone lies in the root', async () => {
  const { admin } = cast;
  const space = await defaultSpace(backends);
  const folderId = await givenFolder(backends, space, 'drafts');
  const { id } = await givenFile(backends, service, space, { filename: 'a.pdf', folderId });
  await deleteAssets(admin, id);
  expect((await readTrash(admin)).nodes).toMatchObject([{ id, path: '/drafts/a.pdf' }]);
  await deleteFolder(admin, folderId);
  expect((await readTrash(admin)).nodes).toMatchObject([{ id, path: '/a.pdf' }]);
});

test('pages follow one another without a gap, also where all went at the same moment', async () => {
  const { admin } = cast;
  const spaces = [await defaultSpace(backends), await givenSpace(backends, 'Other')];
  const given: string[] = [];
  for (const space of [...spaces, ...spaces, ...spaces]) {
    given.push((await givenFile(backends, service, space, { filename: 'a.pdf' })).id);
  }
  await deleteAssets(admin, ...given.slice(0, 4));
  await deleteAssets(admin, ...given.slice(4));
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const page: Page = await readTrash(admin, { first: 2, after });
    found.push(...page.nodes.map(({ id }) => id));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(new Set(found)).toEqual(new Set(given));
  expect(found).toHaveLength(given.length);
  expect(found.slice(0, 2).sort()).toEqual(given.slice(4).sort());
  expect(found).toEqual(await idsOf(admin));
  expect(await admin.refusal(query, { first: 101 })).toMatchObject({ code: 'BAD_USER_INPUT' });
});

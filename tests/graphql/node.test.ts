import { makeApi, type Api } from '../support/api.js';
import { answer, request, seedHeart } from '../support/heart.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { deleteAssets, purge } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>> & { bob: Api };
let ids: Record<'UploadPrompt' | 'Upload' | 'Asset' | 'AppKey' | 'AuditEntry', string>;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  people = { ...(await seedHeart(service)), bob: makeApi(service.url, await token('bob')) };
  const prompt = await request(people.agent);
  const asset = await answer(people.alice, prompt.id);
  const [upload] = await rows<{ id: string }>(backends, 'select id from uploads');
  const [key] = await rows<{ id: string }>(backends, 'select id from app_keys');
  const [entry] = await rows<{ id: string }>(
    backends,
    "select id from audit_entries where action = 'createAppKey'",
  );
  ids = {
    UploadPrompt: prompt.id,
    Upload: upload?.id ?? '',
    Asset: asset.id,
    AppKey: key?.id ?? '',
    AuditEntry: entry?.id ?? '',
  };
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

async function findNode(by: Api, id: string): Promise<Record<string, unknown> | null> {
  const query = `query($id: ID!) { node(id: $id) {
    __typename id
    ... on UploadPrompt { agent { urn } assets { id } }
    ... on Upload { asset { id } }
    ... on Asset { urn uploadedBy { name } deletedAt }
    ... on AppKey { name }
    ... on AuditEntry { action actor { id } }
  } }`;
  return (await by.get<{ node: Record<string, unknown> | null }>(query, { id })).node;
}

test.each([
  ['alice', ['UploadPrompt', 'Upload', 'Asset']],
  ['agent', ['UploadPrompt', 'Upload', 'Asset']],
  ['admin', ['AppKey', 'AuditEntry']],
  ['bob', []],
] as const)('%s finds %j by their ids, and nothing else', async (who, types) => {
  const found = await Promise.all(Object.values(ids).map((id) => findNode(people[who], id)));
  expect(found.flatMap((node) => node?.['__typename'] ?? [])).toEqual(types);
});

test('fields of each type are resolved as they are elsewhere', async () => {
  const asset = { id: ids.Asset };
  expect(await findNode(people.alice, ids.UploadPrompt)).toMatchObject({
    agent: { urn: 'urn:agent:buno' },
    assets: [asset],
  });
  expect(await findNode(people.alice, ids.Upload)).toMatchObject({ asset });
  expect(await findNode(people.alice, ids.Asset)).toMatchObject({ uploadedBy: { name: 'Alice' } });
  expect(await findNode(people.admin, ids.AppKey)).toMatchObject({ name: 'test' });
  expect(await findNode(people.admin, ids.AuditEntry)).toMatchObject({
    action: 'createAppKey',
    actor: { id: 'ada' },
  });
});

test.each(['', 'nothing', '0'.repeat(27)])('"%s" is null', async (id) => {
  expect(await findNode(people.alice, id)).toBeNull();
});

test('an asset in the trash is found, one that is purged is not', async () => {
  await deleteAssets(people.alice, ids.Asset);
  expect(await findNode(people.alice, ids.Asset)).toMatchObject({ deletedAt: expect.any(String) as unknown });
  await purge(people.alice, ids.Asset);
  expect(await findNode(people.alice, ids.Asset)).toBeNull();
});

test('nobody is told to sign in', async () => {
  const { code } = await makeApi(service.url, '').refusal('query($id: ID!) { node(id: $id) { id } }', {
    id: ids.Asset,
  });
  expect(code).toBe('UNAUTHENTICATED');
});

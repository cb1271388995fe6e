import { makeApi, type Api } from '../support/api.js';
import { agentUrn, seedHeart } from '../support/heart.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';
import {
  createFolder,
  createFolderMutation,
  createRole,
  createRoleMutation,
  createSpace,
  createSpaceMutation,
  deleteFolderMutation,
  moveFolderMutation,
  removeMemberMutation,
  renameFolderMutation,
  setMember,
  setMemberMutation,
} from '../support/spaces.js';

/** By the organization's role first, then by a role that the space gives, then from outside. */
const actors = [
  'admin',
  'builder',
  'member',
  'guest',
  'app',
  'accountOfAdmin',
  'account',
  'guestAsAdmin',
  'adminAsGuest',
  'dropper',
  'sweeper',
  'keptOut',
  'appKeptOut',
  'accountAsMember',
  'stranger',
  'nobody',
] as const;
type Actor = (typeof actors)[number];

/** What came of it: done, seen or not, or the code of the refusal. */
type Outcome = 'ok' | 'none' | 'PERMISSION_DENIED' | 'NOT_FOUND' | 'UNAUTHENTICATED';

let backends: TestBackends;
let service: TestService;
let apis: Record<Actor, Api>;
let spaceId: string;

const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  const { admin, agent } = await seedHeart(service);
  const scout = 'urn:agent:scout';
  await admin.get('mutation($urn: ID!) { registerAgent(urn: $urn, name: "Scout") { urn } }', { urn: scout });
  const { createAppKey } = await admin.get<{ createAppKey: { secret: string } }>(
    'mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "test") { secret } }',
    { urn: scout },
  );
  apis = {
    admin,
    builder: await signIn('bea', { role: 'builder' }),
    member: await signIn('mel', { role: 'member' }),
    guest: await signIn('gus', { role: 'guest' }),
    app: agent,
    accountOfAdmin: await signIn('cron', { kind: 'service_account', role: 'admin' }),
    account: await signIn('crawler', { kind: 'service_account' }),
    guestAsAdmin: await signIn('gina', { role: 'guest' }),
    adminAsGuest: await signIn('adam', { role: 'admin' }),
    dropper: await signIn('dora'),
    sweeper: await signIn('sven'),
    keptOut: await signIn('kim', { role: 'builder' }),
    appKeptOut: makeApi(service.url, createAppKey.secret),
    accountAsMember: await signIn('importer', { kind: 'service_account' }),
    stranger: await signIn('ada', { org: 'globex', role: 'admin' }),
    nobody: makeApi(service.url, ''),
  };
  for (const actor of actors) if (actor !== 'nobody') await apis[actor].get('{ viewer { id } }');
  ({ id: spaceId } = await createSpace(admin, 'Guarded'));
  const roleOf = {
    gina: 'admin',
    adam: 'guest',
    dora: (await createRole(admin, 'Dropper', 'ASSETS_CREATE')).id,
    sven: (await createRole(admin, 'Sweeper', 'ASSETS_DELETE')).id,
    kim: (await createRole(admin, 'Kept out')).id,
    importer: 'member',
  };
  for (const [userId, roleId] of Object.entries(roleOf)) await setMember(admin, spaceId, userId, roleId);
  await setMember(admin, spaceId, scout, roleOf.kim);
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

let counter = 0;
const newFolder = () => createFolder(apis.admin, spaceId, `folder ${(counter += 1)}`);

async function outcome(by: Api, document: string, variables: object): Promise<Outcome> {
  const { data, errors } = await by.ask<Record<string, unknown>>(document, variables);
  // The codes that are expected are of this type; another fails the test.
  if (errors?.[0] !== undefined) return errors[0].extensions.code as Outcome;
  return Object.values(data ?? {})[0] === null ? 'none' : 'ok';
}

/** What each may do; who is not named is answered like a stranger. */
interface Operation {
  readonly name: string;
  readonly document: string;
  readonly variables: () => object | Promise<object>;
  readonly done: readonly Actor[];
  readonly denied: readonly Actor[];
  /** What everybody else is told who has signed in. */
  readonly otherwise: Outcome;
}

const admins: Actor[] = ['admin', 'accountOfAdmin', 'guestAsAdmin'];
const members: Actor[] = ['builder', 'member', 'app', 'accountAsMember'];
const guests: Actor[] = ['guest', 'adminAsGuest'];
const inside: Actor[] = [...admins, ...members, ...guests, 'dropper', 'sweeper'];
const except = (...done: Actor[]) => inside.filter((actor) => !done.includes(actor));

const creators: Actor[] = [...admins, ...members, 'dropper'];
const changers: Actor[] = [...admins, ...members];
const deleters: Actor[] = [...admins, 'sweeper'];
const orgAdmins: Actor[] = ['admin', 'adminAsGuest'];
const others: Actor[] = actors.filter(
  (actor) => !['admin', 'adminAsGuest', 'stranger', 'nobody'].includes(actor),
);

const operations: Operation[] = [
  {
    name: 'space',
    document: 'query($id: ID!) { space(id: $id) { id name rootFolders { id } members { userId } } }',
    variables: () => ({ id: spaceId }),
    done: inside,
    denied: [],
    otherwise: 'none',
  },
  {
    name: 'folder',
    document: 'query($id: ID!) { folder(id: $id) { id path space { name } folders { id } } }',
    variables: newFolder,
    done: inside,
    denied: [],
    otherwise: 'none',
  },
  {
    name: 'folder by path',
    document: 'query($spaceId: ID!, $path: String!) { folder(spaceId: $spaceId, path: $path) { id } }',
    variables: async () => ({ spaceId, path: (await newFolder()).path }),
    done: inside,
    denied: [],
    otherwise: 'none',
  },
  {
    name: 'node of a space',
    document: 'query($id: ID!) { node(id: $id) { id ... on Space { name } } }',
    variables: () => ({ id: spaceId }),
    done: inside,
    denied: [],
    otherwise: 'none',
  },
  {
    name: 'node of a folder',
    document: 'query($id: ID!) { node(id: $id) { id ... on Folder { path } } }',
    variables: newFolder,
    done: inside,
    denied: [],
    otherwise: 'none',
  },
  {
    name: 'createFolder',
    document: createFolderMutation,
    variables: () => ({ spaceId, name: `new ${(counter += 1)}` }),
    done: creators,
    denied: except(...creators),
    otherwise: 'NOT_FOUND',
  },
  {
    name: 'renameFolder',
    document: renameFolderMutation,
    variables: async () => ({ id: (await newFolder()).id, name: `renamed ${(counter += 1)}` }),
    done: changers,
    denied: except(...changers),
    otherwise: 'NOT_FOUND',
  },
  {
    name: 'moveFolder',
    document: moveFolderMutation,
    variables: async () => ({ id: (await newFolder()).id, parentId: (await newFolder()).id }),
    done: changers,
    denied: except(...changers),
    otherwise: 'NOT_FOUND',
  },
  {
    name: 'deleteFolder',
    document: deleteFolderMutation,
    variables: async () => ({ id: (await newFolder()).id, recursive: true }),
    done: deleters,
    denied: except(...deleters),
    otherwise: 'NOT_FOUND',
  },
  {
    name: 'setSpaceMember',
    document: setMemberMutation,
    variables: () => ({ spaceId, userId: agentUrn, roleId: 'member' }),
    done: orgAdmins,
    denied: others,
    otherwise: 'NOT_FOUND',
  },
  {
    name: 'removeSpaceMember',
    document: removeMemberMutation,
    variables: async () => {
      await setMember(apis.admin, spaceId, 'bea', 'member');
      return { spaceId, userId: 'bea' };
    },
    done: orgAdmins,
    denied: others,
    otherwise: 'NOT_FOUND',
  },
  {
    name: 'createSpace',
    document: createSpaceMutation,
    variables: () => ({ name: `Space ${(counter += 1)}` }),
    done: [...orgAdmins, 'stranger'],
    denied: others,
    otherwise: 'ok',
  },
  {
    name: 'createRole',
    document: createRoleMutation,
    variables: () => ({ name: `Role ${(counter += 1)}`, permissions: ['ASSETS_READ'] }),
    done: [...orgAdmins, 'stranger'],
    denied: others,
    otherwise: 'ok',
  },
];

const table = operations.flatMap((operation) =>
  actors.map((actor) => ({ actor, operation, expected: expectedOf(operation, actor) })),
);

function expectedOf({ done, denied, otherwise }: Operation, actor: Actor): Outcome {
  if (actor === 'nobody') return 'UNAUTHENTICATED';
  if (done.includes(actor)) return 'ok';
  return denied.includes(actor) ? 'PERMISSION_DENIED' : otherwise;
}

test.each(table)('$operation.name by $actor: $expected', async ({ actor, operation, expected }) => {
  const variables = await operation.variables();
  expect(await outcome(apis[actor], operation.document, variables)).toBe(expected);
});

test('whoever is refused changes nothing', async () => {
  const { id, path } = await newFolder();
  for (const actor of ['guest', 'keptOut', 'stranger', 'appKeptOut', 'account'] as const) {
    await apis[actor].refusal(renameFolderMutation, { id, name: 'mine' });
    await apis[actor].refusal(deleteFolderMutation, { id, recursive: true });
    await apis[actor].refusal(createFolderMutation, { spaceId, parentId: id, name: 'mine' });
  }
  expect(await apis.admin.get('query($id: ID!) { folder(id: $id) { path folders { id } } }', { id })).toEqual(
    { folder: { path, folders: [] } },
  );
});

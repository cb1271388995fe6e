import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { makeApi, type Api } from '../support/api.js';
import { auditOf } from '../support/audit.js';
import { agentUrn, seedHeart } from '../support/heart.js';
import { openForAll } from '../support/open-for-all.js';
import { openService, token, type TestBackends, type TestService } from '../support/service.js';
import {
  createFolder,
  createRole,
  createRoleMutation,
  createSpace,
  createSpaceMutation,
  listSpaces,
  removeMemberMutation,
  setMember,
  setMemberMutation,
  type RoleFields,
} from '../support/spaces.js';

const all = ['ASSETS_READ', 'ASSETS_CREATE', 'ASSETS_UPDATE', 'ASSETS_DELETE'];
const noId = '0'.repeat(27);

let backends: TestBackends;
let service: TestService;
let admin: Api;
let alice: Api;
let agent: Api;

const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));

openForAll({ works: false }, async (opened) => {
  ({ backends, service } = opened);
  ({ admin, alice, agent } = await seedHeart(service));
});

async function listMembers(by: Api, spaceId: string) {
  const query =
    'query($id: ID!) { space(id: $id) { members { userId name role { id permissions builtIn } } } }';
  const { space } = await by.get<{
    space: { members: { userId: string; name: string | null; role: { id: string } }[] } | null;
  }>(query, { id: spaceId });
  return space?.members.map(({ userId, name, role }) => [userId, name, role.id]);
}

async function permissionsOf(by: Api, spaceId: string): Promise<string[] | undefined> {
  return (await listSpaces(by)).find(({ id }) => id === spaceId)?.viewerPermissions;
}

describe('spaces', () => {
  test('an organization has one from its beginning, and those that its admins make; by name', async () => {
    const created = await createSpace(admin, 'Contracts');
    expect(created).toEqual({
      id: created.id,
      urn: `urn:askfile:space:${created.id}`,
      name: 'Contracts',
      viewerPermissions: all,
    });
    expect((await listSpaces(alice)).map(({ name }) => name)).toEqual(['Contracts', 'Default']);
    expect(await auditOf(backends, created.id)).toEqual([
      { action: 'createSpace', subject: created.id, actor: 'USER ada', details: {} },
    ]);
    const stranger = await signIn('ada', { org: 'globex', role: 'admin' });
    expect((await listSpaces(stranger)).map(({ name }) => name)).toEqual(['Default']);
    // Its names are its own.
    expect(await createSpace(stranger, 'Contracts')).toMatchObject({ name: 'Contracts' });
  });

  test('a name is trimmed, in NFC, and unique in the organization however it was typed', async () => {
    expect(await createSpace(admin, '  Menu\u0301s ')).toMatchObject({ name: 'Men\u00fas' });
    for (const name of ['Men\u00fas', 'Menu\u0301s', 'Default']) {
      expect(await admin.refusal(createSpaceMutation, { name })).toEqual({
        code: 'NAME_TAKEN',
        field: 'name',
      });
    }
    expect(await createSpace(admin, 'x'.repeat(100))).toMatchObject({ name: 'x'.repeat(100) });
    for (const name of ['', '  ', 'x'.repeat(101), 'a\nb', 'a\u202eb', 'a\u0000']) {
      expect(await admin.refusal(createSpaceMutation, { name })).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'name',
      });
    }
  });

  test('made by many at once under one name, there is one', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => admin.ask(createSpaceMutation, { name: 'Raced' })),
    );
    expect(made.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect((await listSpaces(admin)).filter(({ name }) => name === 'Raced')).toHaveLength(1);
  });
});

describe('roles', () => {
  const listRoles = async (by: Api) =>
    (await by.get<{ roles: RoleFields[] }>('{ roles { id name permissions builtIn } }')).roles;

  test('are the built-in ones and those that admins make, for everybody in the organization to see', async () => {
    const role = await createRole(admin, ' Scribes ', 'ASSETS_UPDATE', 'ASSETS_READ', 'ASSETS_UPDATE');
    expect(role).toEqual({
      id: role.id,
      name: 'Scribes',
      permissions: ['ASSETS_READ', 'ASSETS_UPDATE'],
      builtIn: false,
    });
    const builtIn = [
      { id: 'admin', name: 'Admin', permissions: all, builtIn: true },
      { id: 'member', name: 'Member', permissions: all.slice(0, 3), builtIn: true },
      { id: 'guest', name: 'Guest', permissions: ['ASSETS_READ'], builtIn: true },
    ];
    expect(await listRoles(alice)).toEqual([...builtIn, role]);
    expect(await listRoles(agent)).toEqual([...builtIn, role]);
    expect(await listRoles(await signIn('ada', { org: 'globex', role: 'admin' }))).toEqual(builtIn);
    expect(await auditOf(backends, role.id)).toEqual([
      {
        action: 'createRole',
        subject: role.id,
        actor: 'USER ada',
        details: { permissions: ['ASSETS_READ', 'ASSETS_UPDATE'] },
      },
    ]);
    const node = 'query($id: ID!) { node(id: $id) { id ... on Role { name } } }';
    expect(await alice.get(node, { id: role.id })).toEqual({ node: { id: role.id, name: 'Scribes' } });
    expect(await alice.get(node, { id: 'guest' })).toEqual({ node: { id: 'guest', name: 'Guest' } });
  });

  test('have names of their own', async () => {
    await createRole(admin, 'Taken');
    for (const name of ['Taken', 'Admin', ' Guest']) {
      expect(await admin.refusal(createRoleMutation, { name, permissions: [] })).toEqual({
        code: 'NAME_TAKEN',
        field: 'name',
      });
    }
    expect(await admin.refusal(createRoleMutation, { name: '', permissions: [] })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'name',
    });
  });
});

describe('members', () => {
  test('have the space’s role instead of the organization’s, until it is taken back', async () => {
    const { id: spaceId } = await createSpace(admin, 'Overridden');
    const keptOut = await createRole(admin, 'Kept out');
    expect(await permissionsOf(alice, spaceId)).toEqual(all.slice(0, 3));
    expect(await setMember(admin, spaceId, 'alice', 'guest')).toEqual({
      userId: 'alice',
      name: 'Alice',
      role: { id: 'guest', name: 'Guest', permissions: ['ASSETS_READ'], builtIn: true },
    });
    expect(await permissionsOf(alice, spaceId)).toEqual(['ASSETS_READ']);
    await setMember(admin, spaceId, 'alice', 'admin');
    expect(await permissionsOf(alice, spaceId)).toEqual(all);
    await setMember(admin, spaceId, 'alice', keptOut.id);
    expect(await permissionsOf(alice, spaceId)).toBeUndefined();
    // Again, which changes nothing.
    await setMember(admin, spaceId, 'alice', keptOut.id);
    const variables = { spaceId, userId: 'alice' };
    expect(await admin.get(removeMemberMutation, variables)).toEqual({ removeSpaceMember: 'alice' });
    expect(await permissionsOf(alice, spaceId)).toEqual(all.slice(0, 3));
    expect(await admin.refusal(removeMemberMutation, variables)).toEqual({ code: 'NOT_FOUND' });
    const entry = (action: string, roleId: string) => ({
      action,
      subject: spaceId,
      actor: 'USER ada',
      details: { kind: 'USER', userId: 'alice', roleId },
    });
    expect((await auditOf(backends, spaceId)).slice(1)).toEqual([
      entry('setSpaceMember', 'guest'),
      entry('setSpaceMember', 'admin'),
      entry('setSpaceMember', keptOut.id),
      entry('removeSpaceMember', keptOut.id),
    ]);
  });

  test('are people, service accounts, and Apps by their id or their agent’s URN', async () => {
    const { id: spaceId } = await createSpace(admin, 'All kinds');
    const account = await signIn('crawler', { kind: 'service_account', name: 'The crawler' });
    expect(await permissionsOf(account, spaceId)).toBeUndefined();
    expect(await setMember(admin, spaceId, 'crawler', 'guest')).toMatchObject({ name: 'The crawler' });
    expect(await permissionsOf(account, spaceId)).toEqual(['ASSETS_READ']);

    const { viewer } = await agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
    expect(await permissionsOf(agent, spaceId)).toEqual(all.slice(0, 3));
    expect(await setMember(admin, spaceId, agentUrn, 'guest')).toMatchObject({
      userId: viewer.id,
      name: 'Buno',
    });
    expect(await permissionsOf(agent, spaceId)).toEqual(['ASSETS_READ']);
    await setMember(admin, spaceId, viewer.id, 'admin');
    expect(await permissionsOf(agent, spaceId)).toEqual(all);
    await setMember(admin, spaceId, 'alice', 'guest');

    expect(await listMembers(alice, spaceId)).toEqual([
      ['alice', 'Alice', 'guest'],
      [viewer.id, 'Buno', 'admin'],
      ['crawler', 'The crawler', 'guest'],
    ]);
    expect(await admin.get(removeMemberMutation, { spaceId, userId: agentUrn })).toEqual({
      removeSpaceMember: viewer.id,
    });
    expect(await permissionsOf(agent, spaceId)).toEqual(all.slice(0, 3));
  });

  test('a person who has become known under a service account’s id does not hide it', async () => {
    const { id: spaceId } = await createSpace(admin, 'Of one name');
    await (await signIn('twin', { kind: 'service_account' })).get('{ viewer { id } }');
    await setMember(admin, spaceId, 'twin', 'guest');
    const person = await signIn('twin');
    expect(await permissionsOf(person, spaceId)).toEqual(all.slice(0, 3));
    await setMember(admin, spaceId, 'twin', 'admin');
    expect(await permissionsOf(person, spaceId)).toEqual(all);
    const roles = async () => (await listMembers(admin, spaceId))?.map(([, , role]) => role);
    expect(await roles()).toHaveLength(2);
    const remove = () => admin.get(removeMemberMutation, { spaceId, userId: 'twin' });
    await remove();
    expect(await roles()).toEqual(['guest']);
    await remove();
    expect(await roles()).toEqual([]);
  });

  test('nobody unknown becomes one, in no space or role of another organization', async () => {
    const { id: spaceId } = await createSpace(admin, 'Closed');
    const elsewhere = await signIn('ada', { org: 'globex', role: 'admin' });
    const theirs = await createRole(elsewhere, 'Theirs');
    const [theirSpace] = await listSpaces(elsewhere);
    await (await signIn('zoe', { org: 'globex' })).get('{ viewer { id } }');
    const member = { spaceId, userId: 'alice', roleId: 'guest' };
    for (const wrong of [
      { userId: 'zoe' },
      { userId: 'nobody' },
      { userId: '' },
      { userId: 'a\u0000' },
      { userId: 'urn:agent:nobody' },
      { roleId: theirs.id },
      { roleId: noId },
      { roleId: 'ADMIN' },
      { roleId: '\u0000' },
      { spaceId: theirSpace?.id },
      { spaceId: noId },
      { spaceId: 'nothing' },
    ]) {
      expect(await admin.refusal(setMemberMutation, { ...member, ...wrong })).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await listMembers(admin, spaceId)).toEqual([]);
    expect(await admin.refusal(removeMemberMutation, { spaceId: theirSpace?.id, userId: 'zoe' })).toEqual({
      code: 'NOT_FOUND',
    });
  });

  test('an admin whom a space keeps out still decides who is let in', async () => {
    const { id: spaceId } = await createSpace(admin, 'Without the admin');
    const nothing = await createRole(admin, 'Nothing');
    await setMember(admin, spaceId, 'ada', nothing.id);
    expect(await permissionsOf(admin, spaceId)).toBeUndefined();
    expect(await admin.get('query($id: ID!) { space(id: $id) { id } }', { id: spaceId })).toEqual({
      space: null,
    });
    await setMember(admin, spaceId, 'ada', 'admin');
    expect(await permissionsOf(admin, spaceId)).toEqual(all);
  });

  test('are shown to whoever may read the space', async () => {
    const { id: spaceId } = await createSpace(admin, 'Letter box');
    const dropper = await createRole(admin, 'Dropper', 'ASSETS_CREATE');
    await setMember(admin, spaceId, 'alice', dropper.id);
    expect(await listMembers(alice, spaceId)).toEqual([]);
    expect(await listMembers(agent, spaceId)).toHaveLength(1);
  });
});

test('what many spaces hold is asked for with as many queries as of one', async () => {
  const query = `{ viewer { organization { spaces {
    members { role { name } } rootFolders { path space { name } createdBy { name } folders { path parent { id } } }
  } } } }`;
  const pool = new pg.Pool({ connectionString: backends.database.url });
  let queries = 0;
  // Sweeps ask about other tables.
  const logQuery = (sql: string) => (queries += Number(/"(spaces|space_members|folders|roles)"/.test(sql)));
  const db = drizzle(pool, { logger: { logQuery } });
  const counting = await openService(backends, {
    works: false,
    adapt: (adapters) => ({ ...adapters, database: { ...adapters.database, db } }),
  });
  const countQueries = async () => {
    queries = 0;
    await makeApi(counting.url, admin.credential).get(query);
    return queries;
  };
  const [first] = await listSpaces(admin);
  await createFolder(
    admin,
    first?.id ?? '',
    'child',
    (await createFolder(admin, first?.id ?? '', 'root')).id,
  );
  await setMember(admin, first?.id ?? '', 'alice', (await createRole(admin, 'Some')).id);
  const before = await countQueries();
  for (let more = 0; more < 3; more += 1) {
    const { id } = await createSpace(admin, `More ${more}`);
    const root = await createFolder(admin, id, 'root');
    for (const name of ['a', 'b']) await createFolder(admin, id, name, root.id);
    await setMember(admin, id, 'alice', 'guest');
  }
  expect(before).toBeGreaterThan(5);
  expect(await countQueries()).toBe(before);
  await counting.close();
  await pool.end();
});

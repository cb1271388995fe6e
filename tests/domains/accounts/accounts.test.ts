import { jest } from '@jest/globals';
import { isId } from '../../../src/core/ids.js';
import type { Identity } from '../../../src/domains/accounts/account.js';
import { makePeople, userViewer } from '../../support/people.js';
import { hasWaiting, openTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

let database: TestDatabase;
beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

const alice = (externalOrgId: string, name: string | null = 'Alice'): Identity => ({
  externalOrgId,
  kind: 'USER',
  id: 'alice',
  name,
});

async function rows(text: string, ...values: unknown[]): Promise<unknown[]> {
  return (await database.executeSql(text, values)).rows;
}

const namesIn = (orgId: string) =>
  rows('select kind, id, name from accounts where org_id = $1 order by kind, id', orgId);

describe('the first sight of an identity', () => {
  test('makes its organization, under an id of ours, and its account', async () => {
    const { accounts } = makePeople(database);
    const orgId = await accounts.admit(alice('first'));
    expect(isId(orgId)).toBe(true);
    expect(await accounts.getOrganization(orgId)).toEqual({ id: orgId, externalId: 'first' });
    expect(await namesIn(orgId)).toEqual([{ kind: 'USER', id: 'alice', name: 'Alice' }]);
  });

  test('makes one organization and tells of it once, however many processes and tokens are first at once', async () => {
    const onOrganizationCreated = jest.fn(() => Promise.resolve());
    const processes = Array.from({ length: 5 }, () => makePeople(database, { onOrganizationCreated }));
    const admitted = await Promise.all(
      processes.flatMap(({ accounts }) =>
        ['a', 'b', 'c', 'd'].map((id) => accounts.admit({ ...alice('raced'), id })),
      ),
    );
    const [orgId = ''] = admitted;
    expect(new Set(admitted)).toEqual(new Set([orgId]));
    expect(onOrganizationCreated).toHaveBeenCalledTimes(1);
    expect(onOrganizationCreated).toHaveBeenCalledWith(expect.anything(), orgId);
    expect(await namesIn(orgId)).toHaveLength(4);
  });

  test('leaves nothing behind when what belongs to an organization cannot be made, and tries again', async () => {
    const onOrganizationCreated = jest.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error('no'));
    const { accounts } = makePeople(database, { onOrganizationCreated });
    await expect(accounts.admit(alice('failing'))).rejects.toThrow('no');
    expect(await rows("select from organizations where external_id = 'failing'")).toEqual([]);
    const orgId = await accounts.admit(alice('failing'));
    expect(await namesIn(orgId)).toHaveLength(1);
  });

  test('comes again for who was erased, once they are no longer remembered', async () => {
    const { accounts } = makePeople(database, { rememberMs: 1 });
    const orgId = await accounts.admit(alice('erased'));
    await rows('delete from accounts where org_id = $1', orgId);
    await until(async () => {
      await accounts.admit(alice('erased'));
      return (await namesIn(orgId)).length === 1;
    });
  });

  test('keeps apart who has the same id in another organization or as another kind', async () => {
    const { accounts } = makePeople(database);
    const here = await accounts.admit(alice('here'));
    const there = await accounts.admit(alice('there', 'Another Alice'));
    await accounts.admit({ ...alice('here', 'Robot'), kind: 'SERVICE_ACCOUNT' });
    expect(there).not.toBe(here);
    expect(await namesIn(here)).toEqual([
      { kind: 'USER', id: 'alice', name: 'Alice' },
      { kind: 'SERVICE_ACCOUNT', id: 'alice', name: 'Robot' },
    ]);
  });
});

describe('an identity that comes again', () => {
  test('costs no query', async () => {
    const transact = jest.fn(database.transact) as jest.MockedFunction<typeof database.transact>;
    const { accounts } = makePeople({ ...database, transact });
    const orgId = await accounts.admit(alice('again'));
    for (let i = 0; i < 10; i++) expect(await accounts.admit(alice('again'))).toBe(orgId);
    expect(await accounts.admit(alice('again', null))).toBe(orgId);
    expect(transact).toHaveBeenCalledTimes(1);
  });

  test('takes its new name along, also in another process', async () => {
    const [one, other] = [makePeople(database), makePeople(database)];
    const orgId = await one.accounts.admit(alice('renamed'));
    await one.accounts.admit(alice('renamed', 'Alice B.'));
    expect(await namesIn(orgId)).toMatchObject([{ name: 'Alice B.' }]);
    await other.accounts.admit(alice('renamed', 'Alice C.'));
    expect(await namesIn(orgId)).toMatchObject([{ name: 'Alice C.' }]);
  });

  test('keeps the name it had when the token says none', async () => {
    const orgId = await makePeople(database).accounts.admit(alice('nameless'));
    await makePeople(database).accounts.admit(alice('nameless', null));
    expect(await namesIn(orgId)).toMatchObject([{ name: 'Alice' }]);
  });
});

describe('a person', () => {
  test('is known once they signed in, to their own organization', async () => {
    const { accounts } = makePeople(database);
    const orgId = await accounts.admit(alice('known'));
    const elsewhere = await accounts.admit({ ...alice('elsewhere'), id: 'bob' });
    await accounts.admit({ ...alice('elsewhere'), kind: 'SERVICE_ACCOUNT' });
    expect(await accounts.findPerson(orgId, 'alice')).toEqual({ id: 'alice', name: 'Alice' });
    expect(await accounts.findPerson(elsewhere, 'alice')).toBeUndefined();
  });

  test.each(['bob', '', 'a\u0000b', 'x'.repeat(300)])('that is unknown is NOT_FOUND: %j', async (userId) => {
    const { accounts } = makePeople(database);
    const orgId = await accounts.admit(alice('unknown'));
    expect(await accounts.findPerson(orgId, userId)).toBeUndefined();
    await expect(database.transact((tx) => accounts.lockPerson(tx, orgId, userId))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'The person was not found.',
    });
  });

  test('is held by one transaction at a time', async () => {
    const { accounts } = makePeople(database);
    const orgId = await accounts.admit(alice('locked'));
    const order: string[] = [];
    let second: Promise<void> | undefined;
    await database.transact(async (tx) => {
      await accounts.lockPerson(tx, orgId, 'alice');
      second = database.transact(async (other) => {
        await accounts.lockPerson(other, orgId, 'alice');
        order.push('second');
      });
      await until(() => hasWaiting(database));
      order.push('first');
    });
    await second;
    expect(order).toEqual(['first', 'second']);
  });
});

test('actors of every kind get their names, and those of other organizations none', async () => {
  const { accounts, agents } = makePeople(database);
  const orgId = await accounts.admit(alice('actors'));
  await accounts.admit({ ...alice('actors', 'Crawler'), kind: 'SERVICE_ACCOUNT', id: 'crawler' });
  const other = await accounts.admit({ ...alice('actors2', 'Mallory'), id: 'mallory' });
  const input = { urn: 'urn:agent:actors', name: 'Research' };
  const { appId } = await agents.registerAgent(userViewer(orgId, 'ADMIN'), input);
  const foreign = await agents.registerAgent(userViewer(other, 'ADMIN'), input);
  const names = await accounts.listNames(orgId, [
    { kind: 'USER', id: 'alice' },
    { kind: 'USER', id: 'alice' },
    { kind: 'SERVICE_ACCOUNT', id: 'crawler' },
    { kind: 'SERVICE_ACCOUNT', id: 'alice' },
    { kind: 'APP', id: appId },
    { kind: 'APP', id: foreign.appId },
    { kind: 'USER', id: 'mallory' },
  ]);
  expect(names).toEqual(['Alice', 'Alice', 'Crawler', null, 'Research', null, null]);
});

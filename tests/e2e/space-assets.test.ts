import { makeApi, type Answer, type Api } from '../support/api.js';
import { downloadMutation, newAgent, newDownloadUrl, seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import {
  defaultSpace,
  givenFile,
  givenFolder,
  givenRole,
  givenSpace,
  setRole,
  type TestSpace,
} from '../support/space-rows.js';
import { rows } from '../support/state.js';
import { deleteAssets, deleteMutation, purge, purgeMutation, restoreMutation } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let space: TestSpace;
let folderId: string;
let principals: Record<Principal, Api>;

const principalNames = [
  'admin',
  'builder',
  'member',
  'guest',
  'adminByRole',
  'deleter',
  'writer',
  'noRole',
  'otherTenant',
  'account',
  'memberAccount',
  'accountByRole',
  'app',
  'otherApp',
  'guestApp',
] as const;
type Principal = (typeof principalNames)[number];

const agentUrn = 'urn:agent:painter';

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  const { admin } = await seedHeart(service);
  await seedHeart(service, 'globex');
  const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));
  const appOf = async (urn: string) => {
    await admin.get('mutation($urn: ID!) { registerAgent(urn: $urn, name: "App") { urn } }', { urn });
    return newAgent(admin, service.url, urn);
  };
  principals = {
    admin,
    builder: await signIn('bea', { role: 'builder' }),
    member: await signIn('bob'),
    guest: await signIn('gus', { role: 'guest' }),
    adminByRole: await signIn('rita', { role: 'guest' }),
    deleter: await signIn('dora'),
    writer: await signIn('will'),
    noRole: await signIn('nora'),
    otherTenant: await signIn('ada', { org: 'globex', role: 'admin' }),
    account: await signIn('crawler', { kind: 'service_account' }),
    memberAccount: await signIn('sweeper', { kind: 'service_account', role: 'member' }),
    accountByRole: await signIn('indexer', { kind: 'service_account' }),
    app: await appOf(agentUrn),
    otherApp: await appOf('urn:agent:other'),
    guestApp: await appOf('urn:agent:reader'),
  };
  space = await defaultSpace(backends);
  folderId = await givenFolder(backends, space, 'pictures');
  const role = async (kind: 'USER' | 'SERVICE_ACCOUNT', id: string, roleId: string) =>
    setRole(backends, space, { kind, id }, roleId);
  await role('USER', 'rita', 'admin');
  await role('USER', 'dora', await givenRole(backends, space, ['ASSETS_READ', 'ASSETS_DELETE']));
  await role('USER', 'will', await givenRole(backends, space, ['ASSETS_CREATE', 'ASSETS_UPDATE']));
  await role('USER', 'nora', await givenRole(backends, space, []));
  await role('SERVICE_ACCOUNT', 'indexer', 'guest');
  const { viewer } = await principals.guestApp.get<{ viewer: { id: string } }>('{ viewer { id } }');
  await setRole(backends, space, { kind: 'APP', id: viewer.id }, 'guest');
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

/** Made together, because each waits for its scan. */
const stock: string[] = [];
const stockSize = 30;

/** A file that is CLEAN, of the agent of `app`, in the root. */
async function givenClean(): Promise<string> {
  if (stock.length === 0) {
    const files = Array.from({ length: stockSize }, () => givenFile(backends, service, space, { agentUrn }));
    stock.push(...(await Promise.all(files)).map(({ id }) => id));
    await until(allScanned, 30_000);
  }
  return stock.pop() ?? '';
}

async function allScanned(): Promise<boolean> {
  return (await rows(backends, `select from assets where scan_status = 'PENDING'`)).length === 0;
}

interface Operation {
  readonly needs: 'ASSETS_READ' | 'ASSETS_UPDATE' | 'ASSETS_DELETE';
  readonly document: string;
  readonly variables?: () => object;
  /** Something has to be done to it first. */
  readonly prepare?: (id: string) => Promise<unknown>;
}

const operations: Record<string, Operation> = {
  createDownloadUrl: { needs: 'ASSETS_READ', document: downloadMutation },
  renameAsset: {
    needs: 'ASSETS_UPDATE',
    document: 'mutation($id: ID!) { renameAsset(id: $id, filename: "renamed.pdf") { filename } }',
  },
  describeAsset: {
    needs: 'ASSETS_UPDATE',
    document: 'mutation($id: ID!) { describeAsset(id: $id, description: "what it is") { description } }',
  },
  moveAsset: {
    needs: 'ASSETS_UPDATE',
    document: 'mutation($id: ID!, $folderId: ID) { moveAsset(id: $id, folderId: $folderId) { path } }',
    variables: () => ({ folderId }),
  },
  deleteAssets: { needs: 'ASSETS_DELETE', document: deleteMutation },
  restoreAsset: {
    needs: 'ASSETS_DELETE',
    document: restoreMutation,
    prepare: (id) => deleteAssets(principals.admin, id),
  },
  purgeAsset: { needs: 'ASSETS_DELETE', document: purgeMutation },
};

type Outcome = 'done' | 'PERMISSION_DENIED' | 'NOT_FOUND';
const member = { ASSETS_READ: 'done', ASSETS_UPDATE: 'done', ASSETS_DELETE: 'PERMISSION_DENIED' } as const;
const all = { ...member, ASSETS_DELETE: 'done' } as const;
const guest = { ...member, ASSETS_UPDATE: 'PERMISSION_DENIED' } as const;
const nothing = { ASSETS_READ: 'NOT_FOUND', ASSETS_UPDATE: 'NOT_FOUND', ASSETS_DELETE: 'NOT_FOUND' } as const;

/** What each may do with a file that the agent of `app` generated. */
const expected: Record<Principal, Readonly<Record<Operation['needs'], Outcome>>> = {
  admin: all,
  builder: member,
  member,
  guest,
  adminByRole: all,
  deleter: { ...guest, ASSETS_DELETE: 'done' },
  // Who may not read a file is not told that it is there.
  writer: nothing,
  noRole: nothing,
  otherTenant: nothing,
  account: nothing,
  memberAccount: member,
  accountByRole: guest,
  // Its own agent's output.
  app: all,
  otherApp: member,
  guestApp: guest,
};

async function outcomeOf(by: Api, document: string, variables: object): Promise<string> {
  const { errors } = await by.ask(document, variables);
  return errors === undefined ? 'done' : (errors[0]?.extensions.code ?? '');
}

describe.each(Object.entries(operations))('%s', (_, { needs, document, variables, prepare }) => {
  test.each(principalNames)('by %s', async (principal) => {
    const id = await givenClean();
    await prepare?.(id);
    const before = await rows(backends, 'select * from assets where id = $1', [id]);
    const outcome = await outcomeOf(principals[principal], document, { id, ids: [id], ...variables?.() });
    expect(outcome).toBe(expected[principal][needs]);
    const after = await rows(backends, 'select * from assets where id = $1', [id]);
    if (outcome !== 'done' || needs === 'ASSETS_READ') expect(after).toEqual(before);
    else expect(after).not.toEqual(before);
  });
});

test.each(principalNames)(
  '%s sees a file by id, by URN and in the list, or not at all',
  async (principal) => {
    const id = await givenClean();
    const by = principals[principal];
    const { asset, byUrn, assets, node } = await by.get<
      Record<string, { id: string; nodes: { id: string }[] } | null>
    >(
      `query($id: ID!, $urn: ID!) {
      asset(id: $id) { id } byUrn: asset(urn: $urn) { id } node(id: $id) { id } assets(first: 100) { nodes { id } }
    }`,
      { id, urn: `urn:askfile:space:${space.id}:assets:${id}` },
    );
    const sees = expected[principal].ASSETS_READ === 'done';
    expect([asset?.id, byUrn?.id, node?.id]).toEqual(sees ? [id, id, id] : [undefined, undefined, undefined]);
    expect(assets?.nodes.some((found) => found.id === id)).toBe(sees);
  },
);

test('a download URL dies with the role that it was made by', async () => {
  const id = await givenClean();
  const eve = makeApi(service.url, await token('eve'));
  const [first, second] = [await newDownloadUrl(eve, { id }), await newDownloadUrl(eve, { id })];
  expect((await fetch(first)).status).toBe(200);
  await setRole(backends, space, { kind: 'USER', id: 'eve' }, await givenRole(backends, space, []));
  expect((await fetch(second)).status).toBe(404);
});

describe('events of a space', () => {
  const subscription = `subscription($spaceId: ID!) { assetEvents(spaceId: $spaceId) { kind assetId asset { path } } }`;
  interface Event {
    assetEvents: { kind: string; assetId: string; asset: { path: string } | null };
  }

  async function follow(by: Api, of: TestSpace) {
    const events = by.subscribe<Event>(subscription, { spaceId: of.id });
    const first = events.next();
    // Told once it is followed: what is made before that is no news.
    const { id } = await givenUntilTold(of, first);
    return { events, id };
  }

  /** Makes files until the follower is told of one. */
  async function givenUntilTold(of: TestSpace, first: Promise<Event | undefined>): Promise<{ id: string }> {
    let told: Event | undefined;
    void first.then((event) => (told = event)).catch(() => undefined);
    await until(async () => {
      if (told === undefined) await givenFile(backends, service, of);
      return told !== undefined;
    }, 15_000);
    return { id: told?.assetEvents.assetId ?? '' };
  }

  test.each(principalNames)('are told to %s or not', async (principal) => {
    const events = principals[principal].subscribe<Event>(subscription, { spaceId: space.id });
    const first = events.next();
    const refusal = await Promise.race([
      first.then(
        () => undefined,
        (error: unknown) =>
          (JSON.parse((error as Error).message) as Answer<never>['errors'])?.[0]?.extensions, // what `next` throws
      ),
      givenUntilTold(space, first).then(
        () => undefined,
        () => undefined,
      ),
    ]);
    await events.close();
    const mayRead = expected[principal].ASSETS_READ === 'done';
    // Who may write is told that they may not read.
    const code = principal === 'writer' ? 'PERMISSION_DENIED' : 'NOT_FOUND';
    expect(refusal).toEqual(mayRead ? undefined : { code });
  });

  test('end, when the role is taken away between two of them', async () => {
    const own = await givenSpace(backends, 'Watched');
    const { events } = await follow(principals.member, own);
    const folder = await givenFolder(backends, own, 'inbox');
    const { id } = await givenFile(backends, service, own, { filename: 'last.pdf', folderId: folder });
    let event: Event | undefined;
    do event = await events.next();
    while (event?.assetEvents.assetId !== id);
    expect(event.assetEvents).toEqual({ kind: 'CREATED', assetId: id, asset: { path: '/inbox/last.pdf' } });
    await until(allScanned, 15_000);
    await setRole(backends, own, { kind: 'USER', id: 'bob' }, await givenRole(backends, own, []));
    await givenFile(backends, service, own, { filename: 'secret.pdf' });
    // What the scan said may still have been told before.
    const rest: (string | undefined)[] = [];
    for (let next = await events.next(); next !== undefined; next = await events.next()) {
      rest.push(next.assetEvents.kind);
    }
    expect(new Set(rest)).not.toContain('CREATED');
    await events.close();
    const again = principals.member.subscribe(subscription, { spaceId: own.id });
    await expect(again.next()).rejects.toThrow('NOT_FOUND');
    await again.close();
  });
});

test('what was purged is gone to whoever could restore it, and was never there to others', async () => {
  const id = await givenClean();
  expect(await purge(principals.adminByRole, id)).toBe(id);
  expect(await principals.admin.refusal(restoreMutation, { id })).toEqual({ code: 'ASSET_BYTES_GONE' });
  expect(await principals.noRole.refusal(restoreMutation, { id })).toEqual({ code: 'NOT_FOUND' });
});

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));

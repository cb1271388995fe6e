import { makeApi, type Api } from '../support/api.js';
import { agentUrn, newDownloadUrl, seedHeart } from '../support/heart.js';
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
import { deleteMutation, purge, restoreMutation } from '../support/trash.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let space: TestSpace;
let people: Awaited<ReturnType<typeof seedHeart>>;

const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  people = await seedHeart(service);
  space = await defaultSpace(backends);
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

/** A file that is CLEAN, of the agent, in the root. */
async function givenClean(): Promise<string> {
  const { id } = await givenFile(backends, service, space, { agentUrn });
  await until(allScanned);
  return id;
}

async function allScanned(): Promise<boolean> {
  return (await rows(backends, `select from assets where scan_status = 'PENDING'`)).length === 0;
}

test('a download URL dies with the role that it was made by', async () => {
  const id = await givenClean();
  const eve = await signIn('eve');
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
    });
    return { id: told?.assetEvents.assetId ?? '' };
  }

  test('end, when the role is taken away between two of them', async () => {
    const own = await givenSpace(backends, 'Watched');
    const bob = await signIn('bob');
    const { events } = await follow(bob, own);
    const folder = await givenFolder(backends, own, 'inbox');
    const { id } = await givenFile(backends, service, own, { filename: 'last.pdf', folderId: folder });
    let event: Event | undefined;
    do event = await events.next();
    while (event?.assetEvents.assetId !== id);
    expect(event.assetEvents).toEqual({ kind: 'CREATED', assetId: id, asset: { path: '/inbox/last.pdf' } });
    await until(allScanned);
    await setRole(backends, own, { kind: 'USER', id: 'bob' }, await givenRole(backends, own, []));
    await givenFile(backends, service, own, { filename: 'secret.pdf' });
    // What the scan said may still have been told before.
    const rest: (string | undefined)[] = [];
    for (let next = await events.next(); next !== undefined; next = await events.next()) {
      rest.push(next.assetEvents.kind);
    }
    expect(new Set(rest)).not.toContain('CREATED');
    await events.close();
    const again = bob.subscribe(subscription, { spaceId: own.id });
    await expect(again.next()).rejects.toThrow('NOT_FOUND');
    await again.close();
  });
});

test('an App takes back nothing of what its agent generated, once it may add nothing any more', async () => {
  const id = await givenClean();
  const { viewer } = await people.agent.get<{ viewer: { id: string } }>('{ viewer { id } }');
  await setRole(backends, space, { kind: 'APP', id: viewer.id }, 'guest');
  expect(await people.agent.refusal(deleteMutation, { ids: [id] })).toEqual({ code: 'PERMISSION_DENIED' });
  await setRole(backends, space, { kind: 'APP', id: viewer.id }, 'member');
  expect(await purge(people.agent, id)).toBe(id);
});

test('what was purged is gone to whoever could restore it, and was never there to others', async () => {
  const id = await givenClean();
  const [rita, nora] = [await signIn('rita', { role: 'guest' }), await signIn('nora')];
  await setRole(backends, space, { kind: 'USER', id: 'rita' }, 'admin');
  await setRole(backends, space, { kind: 'USER', id: 'nora' }, await givenRole(backends, space, []));
  expect(await purge(rita, id)).toBe(id);
  expect(await people.admin.refusal(restoreMutation, { id })).toEqual({ code: 'ASSET_BYTES_GONE' });
  expect(await nora.refusal(restoreMutation, { id })).toEqual({ code: 'NOT_FOUND' });
});

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));

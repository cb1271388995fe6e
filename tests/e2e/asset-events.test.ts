import { Redis } from 'ioredis';
import { makeAssetEventStore } from '../../src/domains/assets/asset-event.store.js';
import { makeApi, type Api, type ApiError } from '../support/api.js';
import { seedCast, type Actor, type Cast } from '../support/cast.js';
import { answer, request, scanned } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { deleteAssets, givenAsset, isGone, moveTrash, purge, restore } from '../support/trash.js';
import { until } from '../support/until.js';

const env = { DELIVERY_CHECK_SECONDS: '1', PROMPT_LIMIT_PER_USER: '1000' };
const subscription = `subscription($memoryUrn: ID, $spaceId: ID) {
  assetEvents(memoryUrn: $memoryUrn, spaceId: $spaceId) { kind assetId asset { id scanStatus deletedAt } }
}`;

interface Event {
  kind: string;
  assetId: string;
  asset: { id: string; scanStatus: string; deletedAt: string | null } | null;
}

let backends: TestBackends;
/** Two processes; the second one does no background work. */
let services: TestService[];
let cast: Cast;
let redis: Redis;
/** Of alice, with the agent of the cast. */
let memoryUrn: string;

beforeAll(async () => {
  backends = await openBackends();
  services = [await openService(backends, { env }), await openService(backends, { env, works: false })];
  cast = await seedCast({ url: services[0]?.url ?? '' });
  redis = new Redis(backends.redis.url);
  memoryUrn = (await givenAsset(cast)).urn.replace(/:assets:.*/, '');
});

afterAll(async () => {
  redis.disconnect();
  for (const service of services) await service.close();
  await backends.close();
});

const channels = async () => (await redis.pubsub('CHANNELS', 'assets:*')) as string[]; // as Redis documents it

/** Follows the memory; once this resolves, nothing is missed. */
async function follow(by: Api, process = 0, serving = services) {
  const events = makeApi(serving[process]?.url ?? '', by.credential).subscribe<{ assetEvents: Event }>(
    subscription,
    { memoryUrn },
  );
  const channel = `assets:${memoryUrn.split(':').at(-1)}`;
  const count = async () => Number(((await redis.pubsub('NUMSUB', channel)) as [string, number])[1]); // as Redis documents it
  const before = await count();
  let first: ReturnType<typeof events.next> | undefined = events.next();
  await until(async () => (await count()) > before);
  return {
    async next(): Promise<Event | undefined> {
      const next = first ?? events.next();
      first = undefined;
      return (await next)?.assetEvents;
    },
    async take(count: number): Promise<(Event | undefined)[]> {
      const taken: (Event | undefined)[] = [];
      while (taken.length < count) taken.push(await this.next());
      return taken;
    },
    /** Each process listens for all of its followers with one: none else may follow in this one. */
    async close() {
      await events.close();
      await until(async () => (await count()) === before);
    },
  };
}

test('the person and the agent see an asset’s whole life, once and in order, in every process', async () => {
  const followers = [await follow(cast.alice), await follow(cast.agent, 1)];
  const { id } = await scanned(cast.alice, await answer(cast.alice, (await request(cast.agent)).id));
  await deleteAssets(cast.alice, id);
  await restore(cast.agent, id);
  await deleteAssets(cast.admin, id);
  await moveTrash(backends, id, -1);
  await until(() => isGone(backends, id));
  for (const follower of followers.reverse()) {
    const events = await follower.take(6);
    expect(events.map((event) => event?.kind)).toEqual([
      'CREATED',
      'UPDATED',
      'DELETED',
      'RESTORED',
      'DELETED',
      'PURGED',
    ]);
    expect(new Set(events.map((event) => event?.assetId))).toEqual(new Set([id]));
    expect(events.at(-1)?.asset).toBeNull();
    await follower.close();
  }
});

test('an event shows the asset as it is when it is told', async () => {
  const follower = await follow(cast.alice);
  const { id } = await givenAsset(cast);
  await follower.take(1);
  expect(await follower.next()).toEqual({
    kind: 'UPDATED',
    assetId: id,
    asset: { id, scanStatus: 'CLEAN', deletedAt: null },
  });
  await deleteAssets(cast.alice, id);
  expect(await follower.next()).toMatchObject({
    kind: 'DELETED',
    asset: { deletedAt: expect.any(String) as unknown },
  });
  await follower.close();
});

test('what changes nothing is no event', async () => {
  const { id } = await givenAsset(cast);
  const follower = await follow(cast.alice);
  await restore(cast.alice, id);
  await deleteAssets(cast.alice, id);
  await deleteAssets(cast.alice, id);
  await purge(cast.alice, id);
  await purge(cast.alice, id);
  const other = await givenAsset(cast);
  expect((await follower.take(3)).map((event) => [event?.kind, event?.assetId])).toEqual([
    ['DELETED', id],
    ['PURGED', id],
    ['CREATED', other.id],
  ]);
  await follower.close();
});

test('many changes at once arrive all, each once', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, async () => (await givenAsset(cast)).id));
  const follower = await follow(cast.agent, 1);
  const rounds = 6;
  await Promise.all(
    ids.map(async (id) => {
      for (let round = 0; round < rounds; round += 1) {
        await deleteAssets(cast.alice, id);
        await restore(cast.alice, id);
      }
    }),
  );
  const events = await follower.take(ids.length * rounds * 2);
  for (const id of ids) {
    expect(events.filter((event) => event?.assetId === id).map((event) => event?.kind)).toEqual(
      Array.from({ length: rounds }, () => ['DELETED', 'RESTORED']).flat(),
    );
  }
  await follower.close();
});

test('whatever Redis loses is found by looking', async () => {
  const deaf = await openService(backends, {
    env,
    works: false,
    adapt: (adapters) => ({
      ...adapters,
      channels: {
        ...adapters.channels,
        open: (channel, onMessage) =>
          adapters.channels.open(channel, channel.startsWith('assets:') ? () => undefined : onMessage),
      },
    }),
  });
  const follower = await follow(cast.alice, 0, [deaf]);
  const { id } = await givenAsset(cast);
  await deleteAssets(cast.alice, id);
  const events = await follower.take(3);
  expect(events.map((event) => event?.kind)).toEqual(['CREATED', 'UPDATED', 'DELETED']);
  await follower.close();
  await deaf.close();
});

describe('who may not', () => {
  async function refusal(by: Api, variables: object): Promise<ApiError['extensions'] | undefined> {
    const events = by.subscribe(subscription, variables);
    try {
      const event = await events.next();
      throw new Error(`Not refused: ${JSON.stringify(event)}`);
    } catch (error) {
      const [first] = JSON.parse((error as Error).message) as ApiError[]; // what `next` throws
      return first?.extensions;
    } finally {
      await events.close();
    }
  }

  const outsiders = ['bob', 'admin', 'otherAgent', 'account', 'aliceOfGlobex'] as const satisfies Actor[];

  test.each(outsiders)('%s is told that there is no such memory', async (actor) => {
    expect(await refusal(cast[actor], { memoryUrn })).toEqual({ code: 'NOT_FOUND' });
  });

  test.each(['', 'nothing', 'urn:askfile:memory:', `urn:askfile:memory:${'0'.repeat(27)}`])(
    'nor is there one called "%s"',
    async (urn) => {
      expect(await refusal(cast.alice, { memoryUrn: urn })).toEqual({ code: 'NOT_FOUND' });
    },
  );

  test('a space that does not exist is not found; one of the two is to be given', async () => {
    expect(await refusal(cast.alice, { spaceId: '0'.repeat(27) })).toEqual({ code: 'NOT_FOUND' });
    const both = { memoryUrn, spaceId: '0'.repeat(27) };
    for (const variables of [{}, both]) {
      expect(await refusal(cast.alice, variables)).toEqual({ code: 'BAD_USER_INPUT', field: 'memoryUrn' });
    }
  });
});

test('a following that ends frees its channel, also before its first event', async () => {
  const before = await channels();
  for (let round = 0; round < 20; round += 1) {
    const follower = await follow(round % 2 ? cast.alice : cast.agent, round % 2);
    await follower.close();
    expect(await channels()).toEqual(before);
  }
});

test('events are kept for a day, so that a follower may lag behind', async () => {
  const store = makeAssetEventStore(backends.database.db);
  const [{ owner_id: ownerId = '' } = {}] = await rows<{ owner_id: string }>(
    backends,
    'select owner_id from asset_feeds',
  );
  const all = await store.listAfter(ownerId, 0, 1000);
  await backends.database
    .transact(async (tx) => {
      const inside = makeAssetEventStore(tx.db);
      await tx.executeSql(
        `update asset_events set at = now() - case when version = 1 then interval '25 hours' else interval '23 hours' end`,
      );
      await inside.forgetOld();
      expect(await inside.listAfter(ownerId, 0, 1000)).toEqual(all.slice(1));
      throw new Error('undone');
    })
    .catch((error: unknown) => expect(error).toMatchObject({ message: 'undone' }));
});

test('after all of this rows, counters and bytes agree', () => expectInvariants(backends));

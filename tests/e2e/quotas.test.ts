import type { Api } from '../support/api.js';
import { audited } from '../support/audit.js';
import { actors, seedCast, type Actor, type Cast } from '../support/cast.js';
import { answer, begin, beginMutation, declineMutation, fileOf, pdf, request } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { createRole, setMember } from '../support/spaces.js';
import { rows } from '../support/state.js';
import { deleteAssets, givenAsset, purge } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;

beforeEach(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROMPT_LIMIT_PER_USER: '1000' } });
  cast = await seedCast(service);
});

afterEach(async () => {
  await service.close();
  await backends.close();
});

interface UsageFields {
  quotaBytes: number | null;
  usedBytes: number;
  reservedBytes: number;
  trashedBytes: number;
  bySpace: { space: { name: string; urn: string } | null; usedBytes: number; assetCount: number }[];
}

const usageFields =
  'quotaBytes usedBytes reservedBytes trashedBytes bySpace { space { id urn name } usedBytes assetCount }';
const setQuotaMutation = `mutation($bytes: SafeInt) { setStorageQuota(quotaBytes: $bytes) { ${usageFields} } }`;

async function usage(by: Api): Promise<UsageFields> {
  const query = `{ viewer { organization { storage { ${usageFields} } } } }`;
  const { viewer } = await by.get<{ viewer: { organization: { storage: UsageFields } } }>(query);
  return viewer.organization.storage;
}

async function setQuota(bytes: number | null): Promise<UsageFields> {
  const variables = { bytes };
  return (await cast.admin.get<{ setStorageQuota: UsageFields }>(setQuotaMutation, variables))
    .setStorageQuota;
}

const bytes = pdf();

describe('storage', () => {
  test('tells what is used, reserved and in the trash, as it is after each step', async () => {
    const nothing = { quotaBytes: null, usedBytes: 0, reservedBytes: 0, trashedBytes: 0 };
    expect(await usage(cast.admin)).toMatchObject(nothing);
    const { id: promptId } = await request(cast.agent);
    await begin(cast.alice, promptId, fileOf(bytes));
    expect(await usage(cast.admin)).toMatchObject({ ...nothing, reservedBytes: bytes.length });
    await answer(cast.alice, promptId, bytes);
    const { id } = await givenAsset(cast, bytes);
    expect(await usage(cast.admin)).toMatchObject({ ...nothing, usedBytes: 2 * bytes.length });
    await deleteAssets(cast.alice, id);
    expect(await usage(cast.admin)).toMatchObject({
      usedBytes: 2 * bytes.length,
      trashedBytes: bytes.length,
    });
    await purge(cast.alice, id);
    expect(await usage(cast.admin)).toMatchObject({ ...nothing, usedBytes: bytes.length });
  });

  test('is told to an admin by space, and of all memories together', async () => {
    await givenAsset(cast, bytes);
    await addSpace('Closed', 500);
    const { bySpace } = await usage(cast.admin);
    expect(bySpace).toMatchObject([
      { space: { name: 'Closed' }, usedBytes: 500, assetCount: 1 },
      { space: { name: 'Default' }, usedBytes: 0, assetCount: 0 },
      { space: null, usedBytes: bytes.length, assetCount: 1 },
    ]);
    expect(bySpace[0]?.space?.urn).toMatch(/^urn:askfile:space:\w{27}$/);
  });

  test('says of each space what the viewer may do there, also where that is nothing', async () => {
    const spaceId = await addSpace('Closed', 500);
    const nothing = await createRole(cast.admin, 'Nothing');
    await setMember(cast.admin, spaceId, 'ada', nothing.id);
    await cast.alice.get('mutation($id: ID!) { createFolder(spaceId: $id, name: "theirs") { id } }', {
      id: spaceId,
    });
    const space = 'space { name viewerPermissions members { userId } rootFolders { name } }';
    const query = `{ viewer { organization { storage { bySpace { ${space} } } } } }`;
    const asked = await cast.admin.get<{ viewer: { organization: { storage: object } } }>(query);
    expect(asked.viewer.organization.storage).toMatchObject({
      bySpace: [
        { space: { name: 'Closed', viewerPermissions: [], members: [], rootFolders: [] } },
        {
          space: { name: 'Default', viewerPermissions: expect.arrayContaining(['ASSETS_DELETE']) as unknown },
        },
        { space: null },
      ],
    });
  });

  test('is told to everybody else in total, and of the spaces that they may read', async () => {
    await givenAsset(cast, bytes);
    const spaceId = await addSpace('Closed', 500);
    await rows(
      backends,
      `insert into roles (id, org_id, name, permissions) select 'writer', org_id, 'Writer', '{ASSETS_CREATE}' from spaces
         where id = $1`,
      [spaceId],
    );
    await rows(
      backends,
      `insert into space_members (space_id, org_id, kind, id, role_id)
         select id, org_id, 'USER', 'bob', 'writer' from spaces where id = $1`,
      [spaceId],
    );
    const namesOf = async (by: Api) => (await usage(by)).bySpace.map(({ space }) => space?.name);
    expect(await namesOf(cast.alice)).toEqual(['Closed', 'Default']);
    expect(await namesOf(cast.agent)).toEqual(['Closed', 'Default']);
    expect(await namesOf(cast.bob)).toEqual(['Default']);
    expect(await namesOf(cast.aliceOfGlobex)).toEqual(['Default']);
    expect(await usage(cast.bob)).toMatchObject({ usedBytes: bytes.length });
    expect(await usage(cast.aliceOfGlobex)).toMatchObject({ usedBytes: 0 });
  });

  /** With a file in it, as far as the counters tell. */
  async function addSpace(name: string, usedBytes: number): Promise<string> {
    const [space] = await rows<{ id: string }>(
      backends,
      `insert into spaces (id, org_id, name)
         select translate(gen_random_uuid()::text, '-', '')::char(27), id, $1 from organizations where external_id = 'acme'
         returning id`,
      [name],
    );
    await rows(
      backends,
      `insert into space_usage (org_id, space_id, used_bytes, asset_count) select org_id, id, $2, 1 from spaces
         where id = $1`,
      [space?.id, usedBytes],
    );
    return space?.id ?? '';
  }
});

describe('setStorageQuota', () => {
  test('is for an admin alone', async () => {
    const others = actors.filter((actor): actor is Exclude<Actor, 'admin'> => actor !== 'admin');
    for (const actor of others) {
      const code = actor === 'nobody' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED';
      expect({ actor, ...(await cast[actor].refusal(setQuotaMutation, { bytes: 1 })) }).toEqual({
        actor,
        code,
      });
    }
    expect(await usage(cast.admin)).toMatchObject({ quotaBytes: null });
  });

  test('takes any number of bytes, none at all, and no limit; setting it again is not on record', async () => {
    for (const quotaBytes of [0, 1, 2 ** 53 - 1, null]) {
      expect(await setQuota(quotaBytes)).toMatchObject({ quotaBytes });
      expect(await setQuota(quotaBytes)).toMatchObject({ quotaBytes });
      expect(await usage(cast.alice)).toMatchObject({ quotaBytes });
    }
    const acts = await audited(cast.admin, { action: 'setStorageQuota' });
    expect(acts.map(({ details }) => details['quotaBytes'])).toEqual([null, 2 ** 53 - 1, 1, 0]);
  });

  test('refuses whatever else, names the field, and changes nothing', async () => {
    await setQuota(7);
    for (const variables of [{ bytes: -1 }, { bytes: 1.5 }, { bytes: '1' }, {}]) {
      expect(await cast.admin.refusal(setQuotaMutation, variables)).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    const refused = { code: 'BAD_USER_INPUT', field: 'quotaBytes' };
    expect(await cast.admin.refusal(setQuotaMutation, { bytes: -1 })).toEqual(refused);
    expect(await cast.admin.refusal('mutation { setStorageQuota { quotaBytes } }')).toEqual(refused);
    expect(await usage(cast.admin)).toMatchObject({ quotaBytes: 7 });
  });

  test('below what is used nothing more fits until there is room, and what is there stays', async () => {
    const { id } = await givenAsset(cast, bytes);
    await givenAsset(cast, bytes);
    await setQuota(bytes.length);
    const { id: promptId } = await request(cast.agent);
    const variables = { id: promptId, file: fileOf(bytes) };
    expect(await cast.alice.refusal(beginMutation, variables)).toEqual({
      code: 'QUOTA_EXCEEDED',
      quotaBytes: bytes.length,
      usedBytes: 2 * bytes.length,
      reservedBytes: 0,
      sizeBytes: bytes.length,
    });
    await deleteAssets(cast.alice, id);
    expect(await cast.alice.refusal(beginMutation, variables)).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await purge(cast.alice, id);
    await setQuota(2 * bytes.length);
    await answer(cast.alice, promptId, bytes);
    expect(
      await cast.alice.refusal(beginMutation, { ...variables, id: (await request(cast.agent)).id }),
    ).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await expectInvariants(backends);
  });
});

/** Every way in which a file of some size is begun: what is to be set up before, and the call that races. */
const ways: Readonly<Record<string, () => Promise<Racer>>> = { beginPromptUpload };

interface Racer {
  /** The code of its refusal; undefined when it has begun. */
  begin(sizeBytes: number): Promise<string | undefined>;
  end(): Promise<unknown>;
}

async function beginPromptUpload(): Promise<Racer> {
  const { id } = await request(cast.agent);
  return {
    begin: async (sizeBytes) => {
      const file = { ...fileOf(bytes), sizeBytes };
      const { errors } = await cast.alice.ask<object>(beginMutation, { id, file });
      return errors?.[0]?.extensions.code;
    },
    end: () => cast.alice.get(declineMutation, { id }),
  };
}

describe('a hundred uploads at once', () => {
  test.each(Object.entries(ways))(
    'by %s never overshoot, to the last byte',
    async (_, prepare) => {
      const racers = await Promise.all(Array.from({ length: 100 }, () => prepare()));
      // Room for 37 of them, and a byte less than one more.
      await setQuota(38 * 1000 - 1);
      const codes = await Promise.all(racers.map((racer) => racer.begin(1000)));
      expect(codes.filter((code) => code === undefined)).toHaveLength(37);
      expect(codes.filter((code) => code === 'QUOTA_EXCEEDED')).toHaveLength(63);
      expect(await usage(cast.admin)).toMatchObject({ usedBytes: 0, reservedBytes: 37_000 });

      await Promise.all(racers.map((racer) => racer.end()));
      expect(await usage(cast.admin)).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
      await expectInvariants(backends);
    },
    90_000,
  );

  test('hold each limit that an admin sets meanwhile', async () => {
    const racers = await Promise.all(Array.from({ length: 50 }, beginPromptUpload));
    const limits = [20_000, 5_000, 10_000];
    const [codes] = await Promise.all([
      Promise.all(racers.map((racer) => racer.begin(1000))),
      (async () => {
        for (const limit of limits) await setQuota(limit);
      })(),
    ]);
    const begun = codes.filter((code) => code === undefined).length;
    const { reservedBytes } = await usage(cast.admin);
    expect(reservedBytes).toBe(1000 * begun);
    await setQuota(reservedBytes);
    const { id } = await request(cast.agent);
    expect(
      await cast.alice.refusal(beginMutation, { id, file: { ...fileOf(bytes), sizeBytes: 1 } }),
    ).toMatchObject({ code: 'QUOTA_EXCEEDED', reservedBytes });
  });
});

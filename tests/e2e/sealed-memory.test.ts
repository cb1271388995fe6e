import { Redis } from 'ioredis';
import type { Api } from '../support/api.js';
import {
  answer,
  awaitResult,
  begin,
  beginMutation,
  complete,
  completeMutation,
  downloadMutation,
  fileOf,
  getPrompt,
  newDownloadUrl,
  pdf,
  put,
  request,
  resultSubscription,
  scanned,
  type ResultFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { seedCast, type Cast } from '../support/cast.js';
import { rows } from '../support/state.js';
import { deleteAssets, findAsset, isGone, purge, restore } from '../support/trash.js';
import { encrypt, forgetAttempts, givenMemory, lock, lockedMessage, unlock } from '../support/vault.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let urn: string;

const bytes = pdf('a last will');
const file = { ...fileOf(bytes), filename: 'last-will.pdf', description: 'to be read in time' };

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  cast = await seedCast(service);
  urn = await givenMemory(cast);
  await encrypt(cast.alice, urn);
});

afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

beforeEach(async () => {
  await forgetAttempts(backends);
  await unlock(cast.alice, urn);
});

const refusalOf = async (api: Api, mutation: string, variables: object) => {
  const { errors } = await api.ask(mutation, variables);
  return { message: errors?.[0]?.message, ...errors?.[0]?.extensions };
};

const locked = () => ({ code: 'MEMORY_LOCKED', message: lockedMessage, memoryUrn: urn });

const givenAsset = async () =>
  scanned(cast.alice, await answer(cast.alice, (await request(cast.agent)).id, bytes, file));

interface Listed {
  id: string;
  filename: string;
  description: string | null;
  sha256: string | null;
  mimeType: string;
  sizeBytes: number;
  scanStatus: string;
}

const assetFields = 'id filename description sha256 mimeType sizeBytes scanStatus';

/** The asset as each of the places shows it where assets are shown. */
async function everywhere(by: Api, assetId: string, promptId: string): Promise<Listed[]> {
  const who = by === cast.agent ? 'userId: "alice", ' : '';
  const found = await by.get<{
    asset: Listed;
    node: Listed;
    agentAssets: { nodes: Listed[] };
    uploadPrompt: { assets: Listed[]; uploads: { asset: Listed }[] };
    awaitUpload: { assets: Listed[] };
  }>(
    `query($id: ID!, $promptId: ID!) {
      asset(id: $id) { ${assetFields} }
      node(id: $id) { ... on Asset { ${assetFields} } }
      agentAssets(${who}first: 100) { nodes { ${assetFields} } }
      uploadPrompt(id: $promptId) { assets { ${assetFields} } uploads { asset { ${assetFields} } } }
      awaitUpload(promptId: $promptId) { assets { ${assetFields} } }
    }`,
    { id: assetId, promptId },
  );
  const { asset, node, agentAssets, uploadPrompt, awaitUpload } = found;
  return [
    asset,
    node,
    agentAssets.nodes.find(({ id }) => id === assetId),
    uploadPrompt.assets[0],
    uploadPrompt.uploads[0]?.asset,
    awaitUpload.assets[0],
  ].map((shown) => {
    if (shown === undefined) throw new Error('An asset is missing somewhere.');
    return shown;
  });
}

describe('unlocked', () => {
  test('a prompt is answered as in any memory, and the agent gets the file by its name', async () => {
    const { id } = await request(cast.agent);
    const waiting = cast.agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id });
    const result = waiting.next();
    const asset = await answer(cast.alice, id, bytes, file);
    expect(asset).toMatchObject({ filename: 'last-will.pdf', mimeType: 'application/pdf' });
    expect((await result)?.uploadResult).toMatchObject({
      outcome: 'UPLOADED',
      assets: [{ id: asset.id, filename: 'last-will.pdf' }],
    });
    expect(await scanned(cast.alice, asset)).toMatchObject({
      scanStatus: 'CLEAN',
      filename: 'last-will.pdf',
    });
    for (const who of [cast.alice, cast.agent]) {
      const download = await fetch(await newDownloadUrl(who, asset));
      expect(download.headers.get('content-disposition')).toBe('attachment; filename=last-will.pdf');
      expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
    }
    await waiting.close();
  });

  test('its names are nowhere in the database, and what stands for them is the id', async () => {
    const { id } = await request(cast.agent);
    const upload = await begin(cast.alice, id, file);
    await put(upload, bytes);
    const asset = await complete(cast.alice, upload.id);
    const [stored] = await rows(
      backends,
      'select filename, description, storage_key, key_version from assets where id = $1',
      [asset.id],
    );
    expect(stored).toEqual({
      filename: asset.id,
      description: null,
      storage_key: expect.stringMatching(
        new RegExp(`^\\w{27}/${urn.split(':').at(-1)}/${asset.id}$`),
      ) as string,
      key_version: 1,
    });
    const [begun] = await rows(
      backends,
      'select filename, description, key_version from uploads where id = $1',
      [upload.id],
    );
    expect(begun).toEqual({ filename: upload.id, description: null, key_version: 1 });
  });

  test('an upload is shown by its name to the session and the agent, to another session by its id', async () => {
    const { id } = await request(cast.agent);
    const upload = await begin(cast.alice, id, file);
    const query = 'query($id: ID!) { uploadPrompt(id: $id) { uploads { filename } } }';
    const nameFor = async (by: Api) =>
      (await by.get<{ uploadPrompt: { uploads: { filename: string }[] } }>(query, { id })).uploadPrompt
        .uploads[0]?.filename;
    // The agent sees it once it is handed over.
    expect([await nameFor(cast.alice), await nameFor(cast.agent)]).toEqual([file.filename, undefined]);
    await put(upload, bytes);
    await complete(cast.alice, upload.id);
    expect([await nameFor(cast.alice), await nameFor(cast.agent)]).toEqual([file.filename, file.filename]);
    expect(await nameFor(cast.aliceElsewhere)).toBe(upload.id);
  });
});

describe('locked', () => {
  test('begin, complete, submit, an answer with assets and a download each ask for the password; the prompt stays open', async () => {
    const asset = await givenAsset();
    const [one, several, held] = [
      await request(cast.agent),
      await request(cast.agent, { maxFiles: 2 }),
      await request(cast.agent),
    ];
    const upload = await begin(cast.alice, one.id, file);
    await put(upload, bytes);
    const first = await begin(cast.alice, several.id, file);
    await put(first, bytes);
    await complete(cast.alice, first.id);
    await lock(cast.alice, urn);

    for (const [mutation, variables] of [
      [beginMutation, { id: held.id, file }],
      [beginMutation, { id: several.id, file }],
      [completeMutation, { id: upload.id }],
      ['mutation($id: ID!) { submitPromptUploads(promptId: $id) { id } }', { id: several.id }],
      [
        'mutation($id: ID!, $ids: [ID!]!) { answerWithAssets(promptId: $id, assetIds: $ids) { id } }',
        { id: held.id, ids: [asset.id] },
      ],
      [downloadMutation, { id: asset.id }],
    ] as const) {
      expect(await refusalOf(cast.alice, mutation, variables)).toEqual(locked());
    }
    expect(await refusalOf(cast.agent, downloadMutation, { id: asset.id })).toEqual(locked());
    for (const [{ id }, status] of [
      [one, 'UPLOADING'],
      [several, 'UPLOADING'],
      [held, 'PENDING'],
    ] as const) {
      expect(await getPrompt(cast.agent, id)).toMatchObject({ status });
      expect(await awaitResult(cast.agent, id)).toBeNull();
    }

    await unlock(cast.alice, urn);
    expect(await complete(cast.alice, upload.id)).toMatchObject({ filename: 'last-will.pdf' });
    await cast.alice.get('mutation($id: ID!) { submitPromptUploads(promptId: $id) { id } }', {
      id: several.id,
    });
    await cast.alice.get(
      'mutation($id: ID!, $ids: [ID!]!) { answerWithAssets(promptId: $id, assetIds: $ids) { id } }',
      { id: held.id, ids: [asset.id] },
    );
    for (const { id } of [one, several, held]) {
      expect(await awaitResult(cast.agent, id)).toMatchObject({
        outcome: 'UPLOADED',
        assets: [{ filename: 'last-will.pdf' }],
      });
    }
  });

  test('repeating what succeeded takes no password, and tells no name', async () => {
    const { id } = await request(cast.agent, { maxFiles: 2 });
    const upload = await begin(cast.alice, id, file);
    await put(upload, bytes);
    const asset = await complete(cast.alice, upload.id);
    await cast.alice.get('mutation($id: ID!) { submitPromptUploads(promptId: $id) { id } }', { id });
    await lock(cast.alice, urn);
    expect(await complete(cast.alice, upload.id)).toMatchObject({ id: asset.id, filename: asset.id });
    const submitted = await cast.alice.get(
      'mutation($id: ID!) { submitPromptUploads(promptId: $id) { status assets { filename } } }',
      { id },
    );
    expect(submitted).toEqual({
      submitPromptUploads: { status: 'UPLOADED', assets: [{ filename: asset.id }] },
    });
  });

  test('assets are listed with ids, types, sizes and times; never with names, descriptions or hashes', async () => {
    const { id: promptId } = await request(cast.agent);
    const asset = await scanned(cast.alice, await answer(cast.alice, promptId, bytes, file));
    const common = {
      id: asset.id,
      mimeType: 'application/pdf',
      sizeBytes: bytes.length,
      scanStatus: 'CLEAN',
    };
    const open = {
      ...common,
      filename: 'last-will.pdf',
      description: file.description,
      sha256: asset.sha256,
    };
    const hidden = { ...common, filename: asset.id, description: null, sha256: null };
    for (const shown of await everywhere(cast.alice, asset.id, promptId)) expect(shown).toEqual(open);
    for (const shown of await everywhere(cast.agent, asset.id, promptId)) expect(shown).toEqual(open);
    for (const shown of await everywhere(cast.aliceElsewhere, asset.id, promptId))
      expect(shown).toEqual(hidden);
    await lock(cast.alice, urn);
    for (const who of [cast.alice, cast.agent, cast.aliceElsewhere]) {
      for (const shown of await everywhere(who, asset.id, promptId)) expect(shown).toEqual(hidden);
    }
  });

  test('a download link made before leads nowhere, and does again once it is unlocked', async () => {
    const asset = await givenAsset();
    const links = [await newDownloadUrl(cast.alice, asset), await newDownloadUrl(cast.agent, asset)];
    await lock(cast.alice, urn);
    for (const link of links) {
      const refused = await fetch(link);
      expect(refused.status).toBe(423);
      expect(await refused.json()).toEqual({ error: locked() });
    }
    await unlock(cast.alice, urn);
    for (const link of links) {
      const download = await fetch(link);
      expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
      expect((await fetch(link)).status).toBe(404);
    }
  });

  test('programs without GraphQL are told as little, and are led nowhere', async () => {
    const asset = await givenAsset();
    const get = (path: string) =>
      fetch(`${service.url}/v1/assets/${asset.id}${path}`, {
        headers: { authorization: `Bearer ${cast.agent.credential}` },
        redirect: 'manual',
      });
    expect(await (await get('')).json()).toMatchObject({ filename: 'last-will.pdf' });
    expect((await get('/content')).headers.get('location')).toContain('last-will.pdf');
    await lock(cast.alice, urn);
    expect(await (await get('')).json()).toMatchObject({
      filename: asset.id,
      description: null,
      sha256: null,
      mimeType: 'application/pdf',
    });
    const content = await get('/content');
    expect([content.status, content.headers.get('location')]).toEqual([423, null]);
    expect(await content.json()).toEqual({ error: locked() });
  });

  test('what is not wanted can be declined, deleted, restored and purged without the password', async () => {
    const [kept, purged] = [await givenAsset(), await givenAsset()];
    const { id } = await request(cast.agent);
    await lock(cast.alice, urn);
    await cast.alice.get('mutation($id: ID!) { declineUpload(promptId: $id) { id } }', { id });
    const deleted = await deleteAssets(cast.alice, kept.id, purged.id);
    expect(deleted.map(({ filename }) => filename)).toEqual([kept.id, purged.id]);
    expect(await restore(cast.alice, kept.id)).toMatchObject({ filename: kept.id, deletedAt: null });
    await purge(cast.alice, purged.id);
    expect(await isGone(backends, purged.id)).toBe(true);
    const objects: string[] = [];
    for await (const { key } of service.adapters.objects.list('')) objects.push(key);
    expect(objects.filter((key) => key.includes(purged.id))).toEqual([]);
    expect(objects.filter((key) => key.includes(kept.id))).toHaveLength(1);
    await unlock(cast.alice, urn);
    expect(await findAsset(cast.alice, kept.id)).toMatchObject({
      filename: 'last-will.pdf',
      description: file.description,
    });
  });

  test('an admin deletes and restores by id, with whatever they have unlocked', async () => {
    const asset = await givenAsset();
    expect((await deleteAssets(cast.admin, asset.id))[0]).toMatchObject({
      filename: asset.id,
      description: null,
    });
    expect(await restore(cast.admin, asset.id)).toMatchObject({ filename: asset.id, sha256: null });
  });
});

test('bytes that storage has lost are noticed without the password', async () => {
  const asset = await givenAsset();
  await deleteAssets(cast.alice, asset.id);
  await lock(cast.alice, urn);
  const keys: string[] = [];
  for await (const { key } of service.adapters.objects.list('')) if (key.includes(asset.id)) keys.push(key);
  expect(keys).toHaveLength(1);
  await service.adapters.objects.delete(keys[0] ?? '');
  const restoring = 'mutation($id: ID!) { restoreAsset(id: $id) { id } }';
  expect((await cast.alice.refusal(restoring, { id: asset.id })).code).toBe('ASSET_BYTES_GONE');
  await purge(cast.alice, asset.id);
  expect(await isGone(backends, asset.id)).toBe(true);
});

describe('sealed values that were moved or changed in the database', () => {
  test('show no other name: neither of another row nor of another field', async () => {
    const [one, other] = [await givenAsset(), await givenAsset()];
    const columns = ['sealed_filename', 'sealed_description', 'sealed_storage_key'];
    const pairs = columns.flatMap((to) =>
      columns.flatMap((from) => [
        ...(from === to ? [] : [{ to, from, id: one.id }]),
        { to, from, id: other.id },
      ]),
    );
    const [saved] = await rows<Record<string, string>>(
      backends,
      `select ${columns.join(', ')} from assets where id = $1`,
      [one.id],
    );
    for (const { to, from, id } of pairs) {
      await rows(
        backends,
        `update assets set ${to} = (select ${from} from assets where id = $2) where id = $1`,
        [one.id, id],
      );
      if (to !== 'sealed_storage_key') {
        expect(await findAsset(cast.alice, one.id)).toMatchObject({ filename: one.id, description: null });
      }
      const link = await newDownloadUrl(cast.alice, one);
      expect((await fetch(link)).status).toBe(500);
      await rows(backends, `update assets set ${to} = $2 where id = $1`, [one.id, saved?.[to]]);
    }
    expect(await findAsset(cast.alice, one.id)).toMatchObject({ filename: 'last-will.pdf' });
    const complaints = service.log.lines.filter(({ message }) => message === 'sealed names do not open');
    expect(complaints.length).toBeGreaterThan(0);
    // What does not open is on record, and is no reason for an alarm at the end.
    expect(JSON.stringify(service.log.lines)).not.toContain('last-will');
  });

  test('a wrapped key serves no other memory', async () => {
    const others = await givenMemory({ alice: cast.alice, agent: cast.otherAgent });
    await encrypt(cast.alice, others);
    const ids = [urn, others].map((one) => one.split(':').at(-1) ?? '');
    const before = await rows<{ memory_id: string; wrapped_key: string }>(
      backends,
      'select memory_id, wrapped_key from vault_keys',
    );
    const keyOf = (id?: string) => before.find(({ memory_id }) => memory_id === id)?.wrapped_key;
    await rows(backends, 'update vault_keys set wrapped_key = $2 where memory_id = $1', [
      ids[0],
      keyOf(ids[1]),
    ]);
    const unlocking =
      'mutation($urn: ID!) { unlockMemory(urn: $urn, password: "correct horse battery staple") { urn } }';
    expect((await cast.aliceElsewhere.refusal(unlocking, { urn })).code).toBe('WRONG_PASSWORD');
    await rows(backends, 'update vault_keys set wrapped_key = $2 where memory_id = $1', [
      ids[0],
      keyOf(ids[0]),
    ]);
    await cast.aliceElsewhere.get(unlocking, { urn });
  });
});

test('while Redis is away a memory is locked, and nothing worse', async () => {
  const asset = await givenAsset();
  const redis = new Redis(backends.redis.url);
  await redis.flushall();
  redis.disconnect();
  expect(await refusalOf(cast.alice, downloadMutation, { id: asset.id })).toEqual(locked());
  expect(await findAsset(cast.alice, asset.id)).toMatchObject({ filename: asset.id });
  await unlock(cast.alice, urn);
  expect(await findAsset(cast.alice, asset.id)).toMatchObject({ filename: 'last-will.pdf' });
});

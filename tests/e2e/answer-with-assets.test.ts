import type { Api } from '../support/api.js';
import { seedCast, type Cast } from '../support/cast.js';
import {
  abortMutation,
  answer,
  awaitResult,
  begin,
  declineMutation,
  fileOf,
  getPrompt,
  pdf,
  request,
  scanned,
  type AssetFields,
} from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { sample } from '../support/samples.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import {
  answerWithAssets,
  answerWithAssetsMutation,
  getSeveral,
  submitMutation,
} from '../support/several.js';
import { listKeys, movePrompt, rows, usageOf } from '../support/state.js';

let backends: TestBackends;
let service: TestService;
let cast: Cast;
let agent: Api;
let alice: Api;
/** What the memory holds already. */
let held: AssetFields[];

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROMPT_LIMIT_PER_USER: '1000' } });
  cast = await seedCast(service);
  ({ agent, alice } = cast);
  held = [];
  for (const name of ['one', 'two', 'three']) {
    held.push(await answer(alice, (await request(agent)).id, pdf(name)));
  }
  await Promise.all(held.map((asset) => scanned(alice, asset)));
});

afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

const refusal = (by: Api, id: string, assets: readonly { id: string }[]) =>
  by.refusal(answerWithAssetsMutation, { id, assetIds: assets.map((asset) => asset.id) });
const several = (counts: object = {}) => request(agent, { minFiles: 2, maxFiles: 3, ...counts });

test('the assets themselves are the answer, in the order given; nothing is copied or counted again', async () => {
  const { id } = await several();
  const before = [await usageOf(backends), await listKeys(service)];
  const given = [held[2], held[0]].flatMap((asset) => asset ?? []);
  const answered = await answerWithAssets(alice, id, given);
  expect(answered).toMatchObject({ status: 'UPLOADED', version: 2, uploads: [] });
  expect(answered.assets.map((asset) => asset.id)).toEqual(given.map((asset) => asset.id));
  const result = await awaitResult(agent, id);
  expect(result).toMatchObject({ outcome: 'UPLOADED', reason: null });
  expect(result?.assets.map((asset) => asset.id)).toEqual(given.map((asset) => asset.id));
  expect([await usageOf(backends), await listKeys(service)]).toEqual(before);
});

test('one file is answered in the same way, and again with the same', async () => {
  for (let round = 0; round < 2; round += 1) {
    const { id } = await request(agent);
    expect(await answerWithAssets(alice, id, held.slice(0, 1))).toMatchObject({
      status: 'UPLOADED',
      assets: [{ id: held[0]?.id }],
    });
  }
});

test('repeating it in the same session returns the same; anything else is too late', async () => {
  const { id } = await several();
  const first = await answerWithAssets(alice, id, held);
  expect(await answerWithAssets(alice, id, held)).toEqual(first);
  const late = { code: 'PROMPT_ALREADY_RESOLVED', outcome: 'UPLOADED' };
  expect(await refusal(alice, id, [...held].reverse())).toMatchObject(late);
  expect(await refusal(alice, id, held.slice(0, 2))).toMatchObject(late);
  expect(await refusal(cast.aliceElsewhere, id, held)).toMatchObject(late);
  expect(await alice.refusal(submitMutation, { id })).toMatchObject(late);
  expect(await alice.refusal(declineMutation, { id })).toMatchObject(late);
});

describe('refused is', () => {
  test('another number than the prompt takes, or the same asset twice', async () => {
    const { id } = await several();
    const wrong = { code: 'BAD_USER_INPUT', field: 'assetIds' };
    const [one, two] = held.flatMap((asset) => [asset]);
    expect(await refusal(alice, id, [])).toMatchObject({ ...wrong, minFiles: 2, maxFiles: 3 });
    expect(await refusal(alice, id, held.slice(0, 1))).toMatchObject(wrong);
    expect(await refusal(alice, id, [...held, ...held])).toMatchObject(wrong);
    expect(
      await refusal(
        alice,
        id,
        [one, two, one].flatMap((asset) => asset ?? []),
      ),
    ).toMatchObject(wrong);
    expect(await getPrompt(alice, id)).toMatchObject({ status: 'PENDING', version: 1 });
  });

  test('whatever is not of that very memory: not there, malformed, another agent’s, another person’s', async () => {
    const { id } = await several();
    const ofOtherAgent = await answer(alice, (await request(cast.otherAgent)).id);
    await cast.bob.get('{ viewer { id } }');
    const ofBob = await answer(cast.bob, (await request(agent, { userId: 'bob' })).id);
    const strange = [ofOtherAgent.id, ofBob.id, '0ujsszwN8NRY24YaXiTIE2VWDTS', 'nonsense', ''];
    for (const strangeId of strange) {
      const given = [...held.slice(0, 1), { id: strangeId }];
      expect(await refusal(alice, id, given)).toEqual({ code: 'NOT_FOUND' });
    }
    expect(await getPrompt(alice, id)).toMatchObject({ status: 'PENDING', version: 1 });
  });

  test('a type, a size or a verdict that the prompt does not take', async () => {
    const image = sample('png');
    const file = { filename: 'a.png', mimeType: 'image/png', sizeBytes: image.length };
    const picture = await answer(alice, (await request(agent)).id, image, file);
    const onlyPdf = await request(agent, { allowedMimeTypes: ['application/pdf'] });
    expect(await refusal(alice, onlyPdf.id, [picture])).toMatchObject({
      code: 'MIME_TYPE_NOT_ALLOWED',
      field: 'assetIds',
      assetId: picture.id,
    });
    const small = await request(agent, { maxSizeBytes: 5 });
    expect(await refusal(alice, small.id, held.slice(0, 1))).toMatchObject({
      code: 'FILE_TOO_LARGE',
      field: 'assetIds',
      maxSizeBytes: 5,
    });
    const { id } = await several();
    const blocked = await answer(alice, (await request(agent)).id, pdf('to be blocked'));
    await scanned(alice, blocked);
    await rows(backends, `update assets set scan_status = 'BLOCKED' where id = $1`, [blocked.id]);
    expect(await refusal(alice, id, [...held.slice(0, 1), blocked])).toMatchObject({
      code: 'SCAN_BLOCKED',
      assetId: blocked.id,
    });
    await rows(backends, `update assets set scan_status = 'PENDING', sha256 = null where id = $1`, [
      blocked.id,
    ]);
    await answerWithAssets(alice, id, [...held.slice(0, 1), blocked]);
    await rows(backends, `update assets set scan_status = 'CLEAN', sha256 = repeat('0', 64) where id = $1`, [
      blocked.id,
    ]);
    await rows(backends, `update assets set sha256 = encode(sha256($2::bytea), 'hex') where id = $1`, [
      blocked.id,
      pdf('to be blocked'),
    ]);
  });

  test('everybody but the person asked', async () => {
    const { id } = await several();
    const codes = {
      bob: 'NOT_FOUND',
      admin: 'NOT_FOUND',
      aliceOfGlobex: 'NOT_FOUND',
      agent: 'PERMISSION_DENIED',
      otherAgent: 'PERMISSION_DENIED',
      account: 'PERMISSION_DENIED',
      nobody: 'UNAUTHENTICATED',
    } as const;
    for (const [who, code] of Object.entries(codes)) {
      expect(await refusal(cast[who as keyof typeof codes], id, held)).toMatchObject({ code });
    }
    expect(await answerWithAssets(cast.aliceElsewhere, id, held)).toMatchObject({ status: 'UPLOADED' });
  });

  test.each([1, 3])('an answer while files are being uploaded (maxFiles %i)', async (maxFiles) => {
    const { id } = await request(agent, { maxFiles });
    const upload = await begin(alice, id, fileOf(pdf()));
    const variables = { id, assetIds: held.slice(0, 1).map((asset) => asset.id) };
    for (const [by, where] of [
      [alice, 'in this session'],
      [cast.aliceElsewhere, 'in another session'],
    ] as const) {
      const { errors } = await by.ask(answerWithAssetsMutation, variables);
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining(where) as unknown,
          extensions: { code: 'UPLOAD_IN_PROGRESS', promptId: id },
        },
      ]);
    }
    await alice.get(abortMutation, { id: upload.id });
    await answerWithAssets(alice, id, held.slice(0, 1));
  });

  test('an answer after the deadline', async () => {
    const { id } = await several();
    await movePrompt(backends, id, { expiresIn: -1 });
    expect(await refusal(alice, id, held)).toMatchObject({
      code: 'PROMPT_ALREADY_RESOLVED',
      outcome: 'TIMEOUT',
      reason: 'NO_ANSWER',
    });
    expect(await getSeveral(alice, id)).toMatchObject({ assets: [] });
  });
});

test('of many answers and refusals at once, one wins', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await several();
    const devices = [alice, cast.aliceElsewhere];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const by = devices[index % 2] ?? alice;
        const assetIds = (index % 4 < 2 ? held : held.slice(1)).map((asset) => asset.id);
        return index % 5 === 4
          ? by.ask(declineMutation, { id })
          : by.ask(answerWithAssetsMutation, { id, assetIds });
      }),
    );
    const end = await getSeveral(agent, id);
    expect(end.version).toBe(2);
    expect(answers.some(({ errors }) => errors === undefined)).toBe(true);
    for (const { errors } of answers) {
      if (errors === undefined) continue;
      expect(errors[0]?.extensions).toMatchObject({
        code: 'PROMPT_ALREADY_RESOLVED',
        outcome: end.status,
      });
    }
  }
});

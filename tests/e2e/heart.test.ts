import { createHash } from 'node:crypto';
import { openForAll } from '../support/open-for-all.js';
import type { TestService } from '../support/service.js';
import {
  answer,
  awaitResult,
  getPrompt,
  pdf,
  promptsSubscription,
  request,
  resultSubscription,
  seedHeart,
  type AssetFields,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { until } from '../support/until.js';

let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll({}, async (opened) => {
  ({ service } = opened);
  people = await seedHeart(service);
});

test('an agent asks, the person sees it at once and answers, the file is verified, scanned and downloaded', async () => {
  const { agent, alice } = people;
  const portal = alice.subscribe<{ uploadPrompts: { kind: string; prompts: PromptFields[] } }>(
    promptsSubscription,
  );
  expect((await portal.next())?.uploadPrompts).toEqual({ kind: 'SNAPSHOT', prompts: [] });

  const prompt = await request(agent);
  const shown = (await portal.next())?.uploadPrompts;
  expect(shown).toEqual({ kind: 'UPSERT', prompts: [prompt] });

  const waiting = agent.subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id: prompt.id });
  const result = waiting.next();
  const bytes = pdf();
  const asset = await answer(alice, prompt.id, bytes);

  expect((await result)?.uploadResult).toMatchObject({
    promptId: prompt.id,
    outcome: 'UPLOADED',
    assets: [{ id: asset.id, filename: 'plan.pdf', mimeType: 'application/pdf', sizeBytes: bytes.length }],
  });
  // Exactly one, then the subscription is over.
  expect(await waiting.next()).toBeUndefined();
  expect((await portal.next())?.uploadPrompts).toMatchObject({
    kind: 'UPSERT',
    prompts: [{ status: 'UPLOADING' }],
  });
  expect((await portal.next())?.uploadPrompts).toMatchObject({
    kind: 'RESOLVED',
    prompts: [{ status: 'UPLOADED' }],
  });
  expect(await awaitResult(agent, prompt.id)).toMatchObject({ outcome: 'UPLOADED' });
  expect(await getPrompt(alice, prompt.id)).toMatchObject({ status: 'UPLOADED', version: 3 });

  const find = async () =>
    (
      await agent.get<{ asset: AssetFields }>(
        'query($urn: ID!) { asset(urn: $urn) { scanStatus sha256 } }',
        asset,
      )
    ).asset;
  await until(async () => (await find()).scanStatus !== 'PENDING');
  expect(await find()).toEqual({
    scanStatus: 'CLEAN',
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });

  const { createDownloadUrl } = await agent.get<{ createDownloadUrl: { url: string } }>(
    'mutation($id: ID!) { createDownloadUrl(assetId: $id) { url } }',
    asset,
  );
  const download = await fetch(createDownloadUrl.url);
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  expect(download.headers.get('content-disposition')).toBe('attachment; filename=plan.pdf');
  expect((await fetch(createDownloadUrl.url)).status).toBe(404);
  await portal.close();
  await waiting.close();
});

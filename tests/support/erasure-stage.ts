import { makeApi, type Api } from './api.js';
import { seedCast } from './cast.js';
import { findKeys, findText } from './erasure.js';
import { answer, begin, fileOf, getPrompt, pdf, put, request } from './heart.js';
import { withOneConnection } from './one-connection.js';
import { openBackends, openService, token, type TestBackends, type TestService } from './service.js';
import { completed, requestSeveral } from './several.js';
import { deleteAssets, findAsset, purge } from './trash.js';

/** In no other text. */
export const zoeId = 'zoe.unmistakable';

async function openErasureStage() {
  const backends = await openBackends();
  const service = await openService(backends, {
    env: { DELIVERY_CHECK_SECONDS: '1' },
    adapt: withOneConnection(backends),
  });
  const cast = await seedCast(service);
  const zoe = makeApi(service.url, await token(zoeId, { name: 'Zoe', role: 'admin' }));
  for (const person of [zoe, cast.bob]) await person.get('{ viewer { id } }');
  return { backends, service, cast, zoe };
}

export type ErasureStage = Awaited<ReturnType<typeof openErasureStage>>;

/**
 * For each test of a file: a service of its own, whose admin Zoe is to be forgotten. A test may put another in its
 * place.
 */
export function openErasureForEach(onOpened: (stage: ErasureStage) => void): void {
  let stage: ErasureStage | undefined;
  beforeEach(async () => {
    stage = await openErasureStage();
    onOpened(stage);
  });
  afterEach(async () => {
    await stage?.service.close();
    await stage?.backends.close();
  });
}

export interface Traces {
  /** Of rows of that memory: prompts, uploads, assets, the memory itself. */
  ids: string[];
  memoryId: string;
  memoryUrn: string;
  openPromptIds: string[];
}

/** Of everything that there may be in a memory, something. */
export async function fillMemory(agent: Api, userId: string, person: Api): Promise<Traces> {
  const ask = async () => (await request(agent, { userId })).id;
  const kept = await answer(person, await ask(), pdf());
  const trashed = await answer(person, await ask(), pdf());
  await deleteAssets(person, trashed.id);
  const purged = await answer(person, await ask(), pdf());
  await purge(person, purged.id);
  const pending = await ask();
  const uploading = await ask();
  const upload = await begin(person, uploading, fileOf(pdf()));
  await put(upload, pdf());
  const several = (await requestSeveral(agent, { userId })).id;
  const { asset } = await completed(person, several);
  const memoryUrn = kept.urn.replace(/:assets:.*$/, '');
  const memoryId = memoryUrn.replace(/^.*:/, '');
  return {
    ids: [kept.id, trashed.id, purged.id, pending, uploading, upload.id, several, asset.id, memoryId],
    memoryId,
    memoryUrn,
    openPromptIds: [pending, uploading, several],
  };
}

/** All but the audit log, which keeps ids. */
export const outsideAudit = (places: string[]) =>
  places.filter((place) => !place.startsWith('audit_entries.'));

/** No row but in the audit log, and no byte. */
export async function expectGone(
  { backends, service }: { backends: TestBackends; service: TestService },
  { ids, memoryId }: Traces,
): Promise<void> {
  for (const id of ids)
    expect({ id, places: outsideAudit(await findText(backends, id)) }).toEqual({ id, places: [] });
  expect(await findKeys(service, memoryId)).toEqual([]);
}

/** Nothing of it was touched. */
export async function expectThere(
  { ids: [kept = '', trashed = ''], openPromptIds }: Traces,
  agent: Api,
): Promise<void> {
  expect(await findAsset(agent, kept)).toMatchObject({ id: kept, deletedAt: null });
  expect(await findAsset(agent, trashed)).toMatchObject({
    id: trashed,
    deletedAt: expect.any(String) as unknown,
  });
  for (const id of openPromptIds) expect((await getPrompt(agent, id)).status).toMatch(/PENDING|UPLOADING/);
}

import type { Api } from './api.js';
import { answer, pdf, request, scanned, type AssetFields } from './heart.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';

export interface TrashFields extends AssetFields {
  description: string | null;
  deletedAt: string | null;
  restorableUntil: string | null;
}

const fields = 'id urn filename mimeType sizeBytes sha256 scanStatus description deletedAt restorableUntil';

export const deleteMutation = `mutation($ids: [ID!]!) { deleteAssets(ids: $ids) { ${fields} } }`;
export const restoreMutation = `mutation($id: ID!) { restoreAsset(id: $id) { ${fields} } }`;
export const purgeMutation = 'mutation($id: ID!) { purgeAsset(id: $id) }';

/** An asset of alice, scanned. */
export async function givenAsset(
  { alice, agent }: { alice: Api; agent: Api },
  bytes: Buffer = pdf(),
): Promise<AssetFields> {
  return scanned(alice, await answer(alice, (await request(agent)).id, bytes));
}

export async function deleteAssets(by: Api, ...ids: string[]): Promise<TrashFields[]> {
  return (await by.get<{ deleteAssets: TrashFields[] }>(deleteMutation, { ids })).deleteAssets;
}

export async function restore(by: Api, id: string): Promise<TrashFields> {
  return (await by.get<{ restoreAsset: TrashFields }>(restoreMutation, { id })).restoreAsset;
}

export async function purge(by: Api, id: string): Promise<string> {
  return (await by.get<{ purgeAsset: string }>(purgeMutation, { id })).purgeAsset;
}

export async function findAsset(by: Api, id: string): Promise<TrashFields | null> {
  const query = `query($id: ID!) { asset(id: $id) { ${fields} } }`;
  return (await by.get<{ asset: TrashFields | null }>(query, { id })).asset;
}

/** Ids of what alice's memories list. */
export async function listIds(by: Api, variables: object = {}): Promise<string[]> {
  const query = `query($includeDeleted: Boolean, $userId: ID) {
    agentAssets(includeDeleted: $includeDeleted, userId: $userId, first: 100) { nodes { id } } }`;
  const { agentAssets } = await by.get<{ agentAssets: { nodes: { id: string }[] } }>(query, variables);
  return agentAssets.nodes.map(({ id }) => id);
}

/** Moves the end of the time in which it can be restored: seconds from now, negative for the past. */
export async function moveTrash(backends: TestBackends, id: string, endsInSeconds: number): Promise<void> {
  await rows(
    backends,
    'update assets set restorable_until = now() + make_interval(secs => $2) where id = $1',
    [id, endsInSeconds],
  );
}

export async function isGone(backends: TestBackends, id: string): Promise<boolean> {
  return (await rows(backends, 'select from assets where id = $1', [id])).length === 0;
}

import type { Db, Tx } from '../../core/db.js';
import { badInput, notFound, permissionDenied } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import { normalizeMimeType } from '../../core/mime.js';
import type { Viewer } from '../../core/viewer.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import { isExternalId } from '../accounts/account.js';
import { isUrn } from '../accounts/agent.js';
import { parseAssetUrn } from '../memories/memory.js';
import type { Asset, AssetType } from './asset.js';
import { makeAssetStore, type MemoryFilter, type NewAsset } from './asset.store.js';

export type Assets = ReturnType<typeof makeAssets>;

export interface AgentAssetsQuery {
  agentUrn?: string | undefined;
  userId?: string | undefined;
  type?: AssetType | undefined;
  mimeType?: string | undefined;
}

/** Whether this viewer may read it: its person, or that agent's App on the person's behalf. */
export function canRead(viewer: Viewer, asset: Pick<Asset, 'orgId' | 'userId' | 'agentUrn'>): boolean {
  if (viewer.orgId !== asset.orgId) return false;
  if (viewer.kind === 'APP') return viewer.agentUrn === asset.agentUrn;
  return viewer.kind === 'USER' && viewer.id === asset.userId;
}

/** What is stored. Who may see it is asked here, for every edge alike. */
export function makeAssets({ db, cursors }: { db: Db; cursors: Cursors }) {
  const store = makeAssetStore(db);

  return {
    create: (tx: Tx, asset: NewAsset) => makeAssetStore(tx.db).insert(asset),

    /** For work of our own, which acts for nobody. */
    findById: (id: string) => store.findById(id),

    /** For callers that have checked already whose it is; throws NOT_FOUND. */
    async getById(id: string): Promise<Asset> {
      const asset = await store.findById(id);
      if (asset === undefined) throw notFound('The asset');
      return asset;
    },

    /** By id or by URN (BAD_USER_INPUT unless exactly one is given); undefined when the viewer has no such asset. */
    async find(
      viewer: Viewer,
      by: { id?: string | undefined; urn?: string | undefined },
    ): Promise<Asset | undefined> {
      if ((by.id === undefined) === (by.urn === undefined)) throw badInput('id', 'Give either id or urn.');
      const parsed = by.urn === undefined ? undefined : parseAssetUrn(by.urn);
      const id = by.id ?? parsed?.assetId;
      if (id === undefined || !isId(id)) return undefined;
      const asset = await store.findById(id);
      if (asset === undefined || !canRead(viewer, asset)) return undefined;
      return parsed === undefined || parsed.memoryId === asset.memoryId ? asset : undefined;
    },

    /** For a loader: those of the organization, in any order. Whoever follows a reference to them may read them. */
    listByIds: (orgId: string, ids: readonly string[]) => store.listByIds(orgId, ids),

    /**
     * A person's memories, newest first: all of theirs, or one agent's. A person lists their own; an App lists
     * its own agent's memory of the person named by `userId` (BAD_USER_INPUT without).
     */
    async listAgentAssets(
      viewer: Viewer,
      query: AgentAssetsQuery,
      page: PageArgs,
    ): Promise<Connection<Asset>> {
      const filter = toMemoryFilter(viewer, query);
      const cursor = cursors.bind<{ createdAt: string; id: string }>('agentAssets', viewer.orgId, filter);
      const after = cursor.decode(page.after);
      const position = after && { createdAt: new Date(after.createdAt), id: after.id };
      const rows = mayExist(filter) ? await store.listOfPerson(filter, page.first + 1, position) : [];
      return toConnection(rows, page, ({ createdAt, id }) =>
        cursor.encode({ createdAt: createdAt.toISOString(), id }),
      );
    },

    /** Whether an asset's bytes live at this key. */
    existsAt: (storageKey: string) => store.existsAt(storageKey),

    /** Once and for good: false when a verdict was there already. */
    recordVerdict: (
      id: string,
      verdict: { scanStatus: 'CLEAN' | 'BLOCKED'; scanReason: string | null; sha256: string },
    ): Promise<boolean> => store.recordVerdict(id, verdict),
  };
}

/** A cheap refusal before any query. */
function mayExist({ userId, agentUrn }: MemoryFilter): boolean {
  return isExternalId(userId) && (agentUrn === undefined || isUrn(agentUrn));
}

function toMemoryFilter(viewer: Viewer, query: AgentAssetsQuery): MemoryFilter {
  const mimeType = query.mimeType === undefined ? undefined : normalizeMimeType(query.mimeType);
  if (query.mimeType !== undefined && mimeType === undefined) {
    throw badInput('mimeType', 'The type is not a MIME type such as image/png.');
  }
  const common = { orgId: viewer.orgId, type: query.type, mimeType };
  if (viewer.kind === 'APP') {
    if (query.userId === undefined) throw badInput('userId', 'Say whose files to list.');
    if (query.agentUrn !== undefined && query.agentUrn !== viewer.agentUrn) {
      throw permissionDenied("An App may list its own agent's memories only.");
    }
    return { ...common, userId: query.userId, agentUrn: viewer.agentUrn };
  }
  if (viewer.kind !== 'USER' || (query.userId !== undefined && query.userId !== viewer.id)) {
    throw permissionDenied('A memory belongs to its person alone.');
  }
  return { ...common, userId: viewer.id, agentUrn: query.agentUrn };
}

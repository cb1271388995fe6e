import type { Db } from '../../core/db.js';
import { badInput, permissionDenied } from '../../core/errors.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import type { Viewer } from '../../core/viewer.js';
import { isExternalId } from '../accounts/account.js';
import { isUrn } from '../accounts/agent.js';
import type { Memory } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import {
  toConditions,
  type AssetConditions,
  type AssetFilterInput,
  type AssetOrder,
} from './asset-filter.js';
import { makeAssetListStore, type ListPosition } from './asset-list.store.js';
import { toPage } from './asset-page.js';
import type { Assets } from './asset.service.js';
import { makeAssetStore } from './asset.store.js';
import type { Asset } from './asset.js';

export type MemoryLists = ReturnType<typeof makeMemoryLists>;

export interface AgentAssetsQuery extends Pick<
  AssetFilterInput,
  'type' | 'mimeType' | 'search' | 'includeDeleted'
> {
  agentUrn?: string | undefined;
  userId?: string | undefined;
  orderBy: AssetOrder;
}

/** Whose memories: all of a person's, or one agent's of them. */
interface MemoriesOf {
  readonly orgId: string;
  readonly userId: string;
  readonly agentUrn?: string | undefined;
}

export interface MemoryListsDeps {
  db: Db;
  cursors: Cursors;
  memories: Memories;
  assets: Pick<Assets, 'show'>;
}

/** Listing and finding what is in memories. */
export function makeMemoryLists({ db, cursors, memories, assets }: MemoryListsDeps) {
  const store = makeAssetStore(db);
  const lists = makeAssetListStore(db);

  /** What is asked for most: by statements that were prepared, and one query. */
  async function listNewest(
    viewer: Viewer,
    of: MemoriesOf,
    { type, mimeType, includeDeleted }: AssetConditions,
    page: PageArgs,
  ): Promise<Connection<Asset>> {
    const filter = { ...of, type, mimeType, includeDeleted };
    const cursor = cursors.bind<{ createdAt: string; id: string }>('agentAssets', viewer.orgId, filter);
    const after = cursor.decode(page.after);
    const position = after && { createdAt: new Date(after.createdAt), id: after.id };
    const found = mayExist(of) ? await store.listOfPerson(filter, page.first + 1, position) : [];
    const rows = await assets.show(viewer, found);
    return toConnection(rows, page, ({ createdAt, id }) =>
      cursor.encode({ createdAt: createdAt.toISOString(), id }),
    );
  }

  async function listMemories({ orgId, userId, agentUrn }: MemoriesOf): Promise<Memory[]> {
    const all = await memories.listOfPerson(orgId, userId);
    return agentUrn === undefined ? all : all.filter((memory) => memory.agentUrn === agentUrn);
  }

  async function find(
    viewer: Viewer,
    of: MemoriesOf,
    conditions: AssetConditions,
    orderBy: AssetOrder,
    page: PageArgs,
  ): Promise<Connection<Asset>> {
    const { orgId } = of;
    const cursor = cursors.bind<ListPosition>('agentAssets.found', orgId, { ...of, conditions, orderBy });
    const after = cursor.decode(page.after);
    const asked = mayExist(of) ? await listMemories(of) : [];
    if (of.agentUrn !== undefined) assertNamed(asked, conditions, orderBy);
    const scope = { kind: 'memories', memoryIds: asked.map(({ id }) => id) } as const;
    const found = await lists.list({ orgId, scope, conditions, orderBy, limit: page.first + 1, after });
    return toPage(found, page, cursor, (rows) => assets.show(viewer, rows));
  }

  return {
    /**
     * A person's memories: all of theirs, or one agent's. A person lists their own; an App lists its own agent's memory
     * of the person named by `userId` (BAD_USER_INPUT without). The names of an encrypted memory are neither searched
     * nor put in order, whether it is unlocked or not: BAD_USER_INPUT (`search`, `orderBy`) where it is the one that
     * was asked for; among all memories nothing of it is found by words, and by name it comes last.
     */
    async listAgentAssets(
      viewer: Viewer,
      { agentUrn, userId, orderBy, ...filter }: AgentAssetsQuery,
      page: PageArgs,
    ): Promise<Connection<Asset>> {
      const conditions = toConditions(filter, '');
      const of = toMemoriesOf(viewer, agentUrn, userId);
      const isPlain = orderBy === 'NEWEST' && conditions.words.length === 0;
      return isPlain ? listNewest(viewer, of, conditions, page) : find(viewer, of, conditions, orderBy, page);
    },
  };
}

/** A cheap refusal before any query. */
function mayExist({ userId, agentUrn }: MemoriesOf): boolean {
  return isExternalId(userId) && (agentUrn === undefined || isUrn(agentUrn));
}

function assertNamed(asked: readonly Memory[], { words }: AssetConditions, orderBy: AssetOrder): void {
  if (asked.every(({ keyVersion }) => keyVersion === null)) return;
  if (words.length > 0) {
    throw badInput('search', 'This memory is encrypted: nothing in it can be found by words.');
  }
  if (orderBy === 'NAME') {
    throw badInput(
      'orderBy',
      'This memory is encrypted: its files cannot be put in the order of their names.',
    );
  }
}

function toMemoriesOf(viewer: Viewer, agentUrn: string | undefined, userId: string | undefined): MemoriesOf {
  const { orgId } = viewer;
  if (viewer.kind === 'APP') {
    if (userId === undefined) throw badInput('userId', 'Say whose files to list.');
    if (agentUrn !== undefined && agentUrn !== viewer.agentUrn) {
      throw permissionDenied("An App may list its own agent's memories only.");
    }
    return { orgId, userId, agentUrn: viewer.agentUrn };
  }
  if (viewer.kind !== 'USER' || (userId !== undefined && userId !== viewer.id)) {
    throw permissionDenied('A memory belongs to its person alone.');
  }
  return { orgId, userId: viewer.id, agentUrn };
}

import type { Db } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import { type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import type { Viewer } from '../../core/viewer.js';
import type { Folders } from '../spaces/folder.service.js';
import type { SpaceAccess } from '../spaces/space-access.js';
import {
  toConditions,
  type AssetConditions,
  type AssetFilterInput,
  type AssetOrder,
} from './asset-filter.js';
import { makeAssetListStore, type AssetScope, type ListPosition } from './asset-list.store.js';
import { toPage } from './asset-page.js';
import type { Asset } from './asset.js';

export type AssetLists = ReturnType<typeof makeAssetLists>;

export interface AssetListsDeps {
  db: Db;
  cursors: Cursors;
  spaceAccess: SpaceAccess;
  folders: Folders;
}

const anything: AssetConditions = { words: [], includeDeleted: false };

/** Finding what is in spaces. What is in memories is found by `makeMemoryLists`. */
export function makeAssetLists({ db, cursors, spaceAccess, folders }: AssetListsDeps) {
  const store = makeAssetListStore(db);

  async function list(
    { orgId }: Viewer,
    scope: AssetScope,
    { conditions, orderBy, page, of }: ListOptions,
  ): Promise<Connection<Asset>> {
    const cursor = cursors.bind<ListPosition>('assets', orgId, { ...of, conditions, orderBy });
    const after = cursor.decode(page.after);
    const found = await store.list({ orgId, scope, conditions, orderBy, limit: page.first + 1, after });
    // Nothing in a space is sealed.
    return toPage(found, page, cursor, (rows) => Promise.resolve(rows));
  }

  /** Throws NOT_FOUND, also where the viewer may not read, and when it is not in the space that was named besides. */
  async function scopeOfFolder(
    viewer: Viewer,
    { folderId, spaceId, recursive }: { folderId: string; spaceId?: string | null; recursive: boolean },
  ): Promise<AssetScope> {
    const space = (await folders.findWithSpace(viewer, folderId))?.space;
    if (!space?.permissions.has('ASSETS_READ')) throw notFound('The folder');
    if (spaceId != null && spaceId !== space.id) throw notFound('The folder');
    return recursive
      ? { kind: 'subtree', spaceId: space.id, folderId }
      : { kind: 'place', spaceId: space.id, placeId: folderId };
  }

  async function scopeOf(viewer: Viewer, filter: AssetFilterInput): Promise<AssetScope> {
    const { spaceId, folderId, recursive } = filter;
    if (folderId !== undefined && folderId !== null) {
      return scopeOfFolder(viewer, { folderId, spaceId: spaceId ?? null, recursive: recursive ?? false });
    }
    if (spaceId !== undefined && spaceId !== null) {
      const { id } = await spaceAccess.assertMay(viewer, spaceId, 'ASSETS_READ');
      return { kind: 'spaces', spaceIds: [id] };
    }
    const spaces = await spaceAccess.list(viewer);
    const readable = spaces.filter(({ permissions }) => permissions.has('ASSETS_READ'));
    return { kind: 'spaces', spaceIds: readable.map(({ id }) => id) };
  }

  return {
    /**
     * The assets of all spaces that the viewer may read, of one of them, or of one folder; `recursive` says nothing
     * without a folder. Throws NOT_FOUND (no such space or folder), PERMISSION_DENIED (a space in which the viewer may
     * do something, but not read), BAD_USER_INPUT (`filter.…`, `after`).
     */
    async listAssets(
      viewer: Viewer,
      filter: AssetFilterInput,
      orderBy: AssetOrder,
      page: PageArgs,
    ): Promise<Connection<Asset>> {
      const conditions = toConditions(filter);
      const scope = await scopeOf(viewer, filter);
      const of = {
        spaceId: filter.spaceId ?? undefined,
        folderId: filter.folderId ?? undefined,
        recursive: filter.recursive ?? false,
      };
      return list(viewer, scope, { conditions, orderBy, page, of });
    },

    /** What is in a folder, and not beneath it. Throws NOT_FOUND, BAD_USER_INPUT (`after`). */
    async listOfFolder(
      viewer: Viewer,
      folderId: string,
      orderBy: AssetOrder,
      page: PageArgs,
    ): Promise<Connection<Asset>> {
      const scope = await scopeOfFolder(viewer, { folderId, recursive: false });
      return list(viewer, scope, { conditions: anything, orderBy, page, of: { placeId: folderId } });
    },

    /** What is in a space's root, and in no folder. Throws NOT_FOUND, PERMISSION_DENIED, BAD_USER_INPUT (`after`). */
    async listOfRoot(
      viewer: Viewer,
      spaceId: string,
      orderBy: AssetOrder,
      page: PageArgs,
    ): Promise<Connection<Asset>> {
      const { id } = await spaceAccess.assertMay(viewer, spaceId, 'ASSETS_READ');
      const scope: AssetScope = { kind: 'place', spaceId: id, placeId: id };
      return list(viewer, scope, { conditions: anything, orderBy, page, of: { placeId: id } });
    },
  };
}

interface ListOptions {
  conditions: AssetConditions;
  orderBy: AssetOrder;
  page: PageArgs;
  /** What the caller asked to look in, which the cursor is bound to. */
  of: object;
}

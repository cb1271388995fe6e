import type { Db } from '../../core/db.js';
import { toConnection, type Connection, type Cursors, type PageArgs } from '../../core/pagination.js';
import type { Viewer } from '../../core/viewer.js';
import type { SpaceAccess } from '../spaces/space-access.js';
import { toShown, type AssetAccess } from './asset-access.js';
import type { Asset } from './asset.js';
import type { Assets } from './asset.service.js';
import { makeTrashListStore } from './trash-list.store.js';

export type TrashLists = ReturnType<typeof makeTrashLists>;

export interface TrashListsDeps {
  db: Db;
  cursors: Cursors;
  spaceAccess: SpaceAccess;
  access: AssetAccess;
  assets: Assets;
}

/** What a viewer can take back, wherever it lay. */
export function makeTrashLists({ db, cursors, spaceAccess, access, assets }: TrashListsDeps) {
  const store = makeTrashListStore(db);

  return {
    /**
     * What was deleted of the spaces in which the viewer may delete and, for a person, of their own memories, until it
     * is swept; the last deleted first. Throws BAD_USER_INPUT (`after`).
     */
    async listTrash(viewer: Viewer, page: PageArgs): Promise<Connection<Asset>> {
      const { orgId, kind, id } = viewer;
      const cursor = cursors.bind<{ deletedAt: string; id: string }>('trash', orgId, { kind, id });
      const after = cursor.decode(page.after);
      const position = after && { deletedAt: new Date(after.deletedAt), id: after.id };
      const spaces = await spaceAccess.list(viewer);
      const spaceIds = spaces.flatMap((space) => (space.permissions.has('ASSETS_DELETE') ? [space.id] : []));
      const scope = { orgId, spaceIds, userId: kind === 'USER' ? id : undefined };
      const found = await store.list(scope, page.first + 1, position);
      const granted = await access.listPermissions(viewer, found);
      const shown = found.map((asset, index) => toShown(granted[index] ?? new Set(), asset));
      return toConnection(
        await assets.show(viewer, shown),
        page,
        // Everything in the trash has the time at which it went there.
        ({ deletedAt, id }) => cursor.encode({ deletedAt: deletedAt!.toISOString(), id }),
      );
    },
  };
}

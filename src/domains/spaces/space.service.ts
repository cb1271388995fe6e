import type { Transact, Tx } from '../../core/db.js';
import { newId } from '../../core/ids.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import { nameTaken, toName } from './names.js';
import type { SpaceAccess, SpaceOfViewer } from './space-access.js';
import { defaultSpaceName } from './space.js';
import { makeSpaceStore } from './space.store.js';

export type Spaces = ReturnType<typeof makeSpaces>;

export interface SpacesDeps {
  transact: Transact;
  audit: Audit;
  access: SpaceAccess;
}

/** Where an organization keeps its files. What a viewer may do in them is `space-access.ts`. */
export function makeSpaces({ transact, audit, access }: SpacesDeps) {
  return {
    /** Every organization has one from its beginning. */
    async createDefault(tx: Tx, orgId: string): Promise<void> {
      await makeSpaceStore(tx.db).insert({ id: newId(), orgId, name: defaultSpaceName });
    },

    /** Everybody's role in the organization cascades to it. Throws PERMISSION_DENIED, BAD_USER_INPUT, NAME_TAKEN. */
    async createSpace(viewer: Viewer, input: { name: string }): Promise<SpaceOfViewer> {
      assertOrgAdmin(viewer);
      const name = toName(input.name);
      const id = newId();
      await transact(async (tx) => {
        if (!(await makeSpaceStore(tx.db).insert({ id, orgId: viewer.orgId, name }))) {
          throw nameTaken('There is a space of this name already.');
        }
        await audit.record(tx, viewer, 'createSpace', id, {});
      });
      return access.assertMay(viewer, id, 'ASSETS_READ');
    },

    /** undefined when there is none in which the viewer may do anything. */
    find: (viewer: Viewer, id: string) => access.find(viewer, id),

    /** Those in which the viewer may do anything, by name. */
    list: (viewer: Viewer) => access.list(viewer),

    /** For a loader: those of them in which the viewer may do anything, in any order. */
    listByIds: (viewer: Viewer, ids: readonly string[]) => access.listByIds(viewer, ids),
  };
}

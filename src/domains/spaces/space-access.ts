import type { Db } from '../../core/db.js';
import { notFound, permissionDenied } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import type { Viewer } from '../../core/viewer.js';
import { builtInRoles, cascadingRole, type Permission } from './role.js';
import { makeSpaceStore, type SpaceGrant } from './space.store.js';
import { defaultSpaceName, type Space } from './space.js';

export type SpaceAccess = ReturnType<typeof makeSpaceAccess>;

/** A space with what one viewer may do in it. */
export interface SpaceOfViewer extends Space {
  readonly permissions: ReadonlySet<Permission>;
}

const none: ReadonlySet<Permission> = new Set();

const needs: Readonly<Record<Permission, string>> = {
  ASSETS_READ: 'read files',
  ASSETS_CREATE: 'add files or folders',
  ASSETS_UPDATE: 'change files or folders',
  ASSETS_DELETE: 'delete files or folders',
};

/** May this viewer do that here? The organization's role cascades to a space that names no other for them. */
export function makeSpaceAccess({ db }: { db: Db }) {
  const store = makeSpaceStore(db);

  async function list(
    viewer: Viewer,
    only?: { ids?: readonly string[]; name?: string },
  ): Promise<SpaceOfViewer[]> {
    const grants = await store.listGrants(viewer.orgId, viewer, only);
    return grants
      .map((grant) => ({ ...grant.space, permissions: permissionsOf(viewer, grant) }))
      .filter(({ permissions }) => permissions.size > 0);
  }

  async function find(viewer: Viewer, spaceId: string): Promise<SpaceOfViewer | undefined> {
    return isId(spaceId) ? (await list(viewer, { ids: [spaceId] }))[0] : undefined;
  }

  return {
    /** undefined when there is none in which the viewer may do anything. */
    find,

    /** The one that the organization has from its beginning. Throws NOT_FOUND where the viewer may do nothing in it. */
    async getDefault(viewer: Viewer): Promise<SpaceOfViewer> {
      const [space] = await list(viewer, { name: defaultSpaceName });
      if (space === undefined) throw notFound('The space');
      return space;
    },

    /** Those in which the viewer may do anything, by name. */
    list: (viewer: Viewer) => list(viewer),

    /** Those of them in which the viewer may do anything, in any order. One query. */
    listByIds: (viewer: Viewer, ids: readonly string[]) => list(viewer, { ids }),

    /** By the space's id; a space that is missing here may not exist. */
    async listPermissions(
      viewer: Viewer,
      spaceIds: readonly string[],
    ): Promise<ReadonlyMap<string, ReadonlySet<Permission>>> {
      if (spaceIds.length === 0) return new Map();
      return new Map((await list(viewer, { ids: spaceIds })).map(({ id, permissions }) => [id, permissions]));
    },

    /**
     * The space, when the viewer may do that in it. Throws NOT_FOUND where they may do nothing at all, and
     * PERMISSION_DENIED.
     */
    async assertMay(viewer: Viewer, spaceId: string, permission: Permission): Promise<SpaceOfViewer> {
      const space = await find(viewer, spaceId);
      if (space === undefined) throw notFound('The space');
      assertGranted(space.permissions, permission);
      return space;
    },
  };
}

/** Throws PERMISSION_DENIED. */
export function assertGranted(granted: ReadonlySet<Permission>, permission: Permission): void {
  if (!granted.has(permission)) {
    throw permissionDenied(`Your role in this space does not let you ${needs[permission]}.`);
  }
}

function permissionsOf(viewer: Viewer, { roleId, permissions }: SpaceGrant): ReadonlySet<Permission> {
  if (permissions !== null) return new Set(permissions);
  const role = roleId === null ? cascadingRole(viewer) : builtInRoles.find(({ id }) => id === roleId);
  return role === undefined ? none : new Set(role.permissions);
}

import { notFound } from '../../core/errors.js';
import { isOrgAdmin, type Viewer } from '../../core/viewer.js';
import { permissions, type Permission } from '../spaces/role.js';
import { assertGranted, type SpaceAccess } from '../spaces/space-access.js';
import type { Asset } from './asset.js';

export type AssetAccess = ReturnType<typeof makeAssetAccess>;

/** Whose it is, and where. */
export type Owned = Pick<Asset, 'orgId' | 'userId' | 'agentUrn' | 'spaceId'>;

export type Granted = ReadonlySet<Permission>;

const all: Granted = new Set(permissions);
const none: Granted = new Set();
/** An admin of the organization deletes and restores what is in a person's memory, and reads none of it. */
const deleteOnly: Granted = new Set<Permission>(['ASSETS_DELETE']);

/** What a viewer may do with an asset. In a space their role says; a memory belongs to its person, and the agent. */
export function makeAssetAccess({ spaceAccess }: { spaceAccess: SpaceAccess }) {
  /** In the order of the assets. One query, whatever their number; none for memories. */
  async function listPermissions(viewer: Viewer, assets: readonly Owned[]): Promise<Granted[]> {
    const own = assets.filter(({ orgId }) => orgId === viewer.orgId);
    const spaceIds = [...new Set(own.flatMap(({ spaceId }) => spaceId ?? []))];
    const inSpaces = await spaceAccess.listPermissions(viewer, spaceIds);
    return assets.map((asset) => {
      if (asset.orgId !== viewer.orgId) return none;
      if (asset.spaceId === null) return inMemory(viewer, asset);
      return withOwnOutput(viewer, asset, inSpaces.get(asset.spaceId) ?? none);
    });
  }

  async function permissionsOn(viewer: Viewer, asset: Owned): Promise<Granted> {
    return (await listPermissions(viewer, [asset]))[0] ?? none;
  }

  return {
    listPermissions,
    permissionsOn,

    async canRead(viewer: Viewer, asset: Owned): Promise<boolean> {
      return (await permissionsOn(viewer, asset)).has('ASSETS_READ');
    },

    /** Throws NOT_FOUND to whoever may not read it, and PERMISSION_DENIED. */
    async assertMay(viewer: Viewer, asset: Owned, permission: Permission): Promise<void> {
      const granted = await permissionsOn(viewer, asset);
      if (!granted.has('ASSETS_READ')) throw notFound('The asset');
      assertGranted(granted, permission);
    },
  };
}

/** The person, or that agent's App on the person's behalf. */
export function inMemory(viewer: Viewer, memory: Pick<Owned, 'orgId' | 'userId' | 'agentUrn'>): Granted {
  if (viewer.orgId !== memory.orgId) return none;
  if (viewer.kind === 'APP') return viewer.agentUrn === memory.agentUrn ? all : none;
  if (viewer.kind === 'USER' && viewer.id === memory.userId) return all;
  return isOrgAdmin(viewer) ? deleteOnly : none;
}

/** Whoever may add files through an agent may take back what that agent generated. */
function withOwnOutput(viewer: Viewer, asset: Owned, granted: Granted): Granted {
  const isOwnOutput = viewer.kind === 'APP' && viewer.agentUrn === asset.agentUrn;
  return isOwnOutput && granted.has('ASSETS_CREATE') ? all : granted;
}

/**
 * The asset as this viewer may see it. Who may delete but not read gets what it is, not what it says: no name,
 * description, metadata, hash or what the scan found in it; the id stands where the name would.
 */
export function toShown(granted: Granted, asset: Asset): Asset {
  if (granted.has('ASSETS_READ')) return asset;
  return { ...asset, filename: asset.id, description: null, sha256: null, scanReason: null, metadata: {} };
}

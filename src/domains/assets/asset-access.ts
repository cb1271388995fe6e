import { isOrgAdmin, type Viewer } from '../../core/viewer.js';
import type { Asset } from './asset.js';

/** Whose it is. */
type Owned = Pick<Asset, 'orgId' | 'userId' | 'agentUrn'>;

/** Whether this viewer may read it: its person, or that agent's App on the person's behalf. */
export function canRead(viewer: Viewer, asset: Owned): boolean {
  if (viewer.orgId !== asset.orgId) return false;
  if (viewer.kind === 'APP') return viewer.agentUrn === asset.agentUrn;
  return viewer.kind === 'USER' && viewer.id === asset.userId;
}

/** Whether this viewer may delete and restore it: an admin of the organization, too. */
export function canDelete(viewer: Viewer, asset: Owned): boolean {
  return (isOrgAdmin(viewer) && viewer.orgId === asset.orgId) || canRead(viewer, asset);
}

/**
 * The asset as this viewer may see it. Who may delete but not read gets what it is, not what it says: no name,
 * description or hash; the id stands where the name would.
 */
export function toShown(viewer: Viewer, asset: Asset): Asset {
  if (canRead(viewer, asset)) return asset;
  return { ...asset, filename: asset.id, description: null, sha256: null };
}

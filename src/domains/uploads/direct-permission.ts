import type { Db } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import type { Viewer } from '../../core/viewer.js';
import { makeAssetAccess } from '../assets/asset-access.js';
import { findLiveAsset } from '../assets/asset-bytes.js';
import { makeSpaceAccess } from '../spaces/space-access.js';

/**
 * Where a file goes when no space is named: where the asset is that it replaces, or into the organization's Default.
 * Throws NOT_FOUND.
 */
export async function findSpaceId(
  db: Db,
  viewer: Viewer,
  { replacesAssetId }: { replacesAssetId: string | null },
): Promise<string> {
  const spaceAccess = makeSpaceAccess({ db });
  if (replacesAssetId === null) return (await spaceAccess.getDefault(viewer)).id;
  const spaceId = isId(replacesAssetId) && (await findLiveAsset(db, replacesAssetId))?.spaceId;
  if (!spaceId || (await spaceAccess.find(viewer, spaceId)) === undefined) throw notFound('The asset');
  return spaceId;
}

/**
 * May they put a file there? Asked when it begins, and again when it is complete, in that transaction. Throws
 * NOT_FOUND (the space, or the asset to replace, which must be one of that space) and PERMISSION_DENIED.
 */
export async function assertMayUpload(
  db: Db,
  viewer: Viewer,
  { spaceId, replacesAssetId }: { spaceId: string; replacesAssetId: string | null },
): Promise<void> {
  const spaceAccess = makeSpaceAccess({ db });
  if (replacesAssetId === null) {
    await spaceAccess.assertMay(viewer, spaceId, 'ASSETS_CREATE');
    return;
  }
  if ((await spaceAccess.find(viewer, spaceId)) === undefined) throw notFound('The space');
  const asset = isId(replacesAssetId) ? await findLiveAsset(db, replacesAssetId) : undefined;
  if (asset?.spaceId !== spaceId) throw notFound('The asset');
  await makeAssetAccess({ spaceAccess }).assertMay(viewer, asset, 'ASSETS_UPDATE');
}

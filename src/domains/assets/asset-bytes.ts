import type { Db } from '../../core/db.js';
import type { Asset } from './asset.js';
import { makeAssetStore } from './asset.store.js';

/** undefined when it is not there, in the trash, or being purged. */
export async function findLiveAsset(db: Db, id: string): Promise<Asset | undefined> {
  const asset = await makeAssetStore(db).findById(id);
  return asset?.deletedAt === null ? asset : undefined;
}

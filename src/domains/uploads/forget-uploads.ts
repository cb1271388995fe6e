import type { Db, Tx } from '../../core/db.js';
import type { AssetUploads } from '../assets/asset-uploads.js';
import { listKeys, toAssetStem, toStem } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { makeAssetUploadStore } from './asset-upload.store.js';
import { isAlive } from './upload.js';
import type { Uploads } from './upload.service.js';

export interface ForgetUploadsDeps {
  db: Db;
  objects: ObjectStore;
  uploads: Uploads;
}

/** The uploads that made an asset and replaced its bytes go with it: they have names of their own. */
export function makeForgetUploads({ db, objects, uploads }: ForgetUploadsDeps): AssetUploads {
  const store = makeAssetUploadStore(db);

  return {
    async deleteReplaced(asset) {
      const copies = await store.listCopiesOfReplacing(asset.id);
      if (copies.length === 0) return;
      const ofSpace = (id: string) => toAssetStem(asset.orgId, asset.spaceId ?? '', id);
      const stems = [asset.id, ...copies].map(ofSpace).filter((stem) => stem !== toStem(asset.storageKey));
      for (const stem of stems) for (const key of await listKeys(objects, stem)) await objects.delete(key);
    },

    async forget(tx: Tx, assetId) {
      const rows = makeAssetUploadStore(tx.db);
      for (const { id, status } of (await rows.listOfAsset(assetId)).filter(isAlive)) {
        await uploads.end(tx, id, 'ABORTED', status);
      }
      await rows.deleteOfAsset(assetId);
    },
  };
}

import type { Db } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import type { Folders } from '../spaces/folder.service.js';
import type { Destination } from './destination.js';
import { assertMayUpload } from './direct-permission.js';
import { isReplacing, spaceIdOf, uploadEnded } from './upload.js';

export interface DirectDestinationDeps {
  db: Db;
  folders: Folders;
}

/** The space that a direct upload goes into: as long as its creator may add files there. */
export function makeDirectDestination({ db, folders }: DirectDestinationDeps): Destination {
  return {
    async assertWaiting(upload, creator) {
      // Completed, and whoever asks again would have got the asset.
      if (upload.status === 'COMPLETED') throw notFound('The asset');
      if (upload.status !== 'OPEN') throw uploadEnded();
      await assertMayUpload(db, creator, { ...upload, spaceId: spaceIdOf(upload) });
    },

    async accept(tx, upload, _assetId, creator) {
      const { folderId, replacesAssetId } = upload;
      const spaceId = spaceIdOf(upload);
      await assertMayUpload(tx.db, creator, { spaceId, replacesAssetId });
      const isThere = folderId !== null && (await folders.lockForChild(tx, spaceId, folderId));
      if (isReplacing(upload)) return { as: 'REPLACEMENT' };
      // What was meant for a folder that is gone by now lies in the root.
      return { as: 'ASSET', folderId: isThere ? folderId : null };
    },

    /** It held nothing. */
    abandon: () => Promise.resolve(),
  };
}

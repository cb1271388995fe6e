import type { Db, Transact, Tx } from '../../core/db.js';
import type { Log } from '../../core/log.js';
import type { Queue } from '../../core/queue.js';
import type { Asset } from '../assets/asset.js';
import { findLiveAsset, type AssetBytes } from '../assets/asset-bytes.js';
import type { Quotas } from '../quotas/quota.service.js';
import type { Scanning } from '../scanning/scanning.service.js';
import { TooLateError } from './destination.js';
import { isReplacing, type ReplacingUpload, type Upload } from './upload.js';
import type { Uploads } from './upload.service.js';
import { makeUploadStore } from './upload.store.js';
import type { VerifiedFile } from './verified-file.js';
import { makeVerifiedFileStore, type VerifiedFileRow } from './verified-file.store.js';

export type Replacements = ReturnType<typeof makeReplacements>;

export interface ReplacementsDeps {
  db: Db;
  transact: Transact;
  queue: Queue;
  quotas: Quotas;
  assetBytes: AssetBytes;
  scanning: Scanning;
  uploads: Uploads;
  log: Log;
}

/**
 * New bytes for an asset: verified and kept apart, their size still reserved, until a scan has found them clean. The
 * old ones are served until then, and for good when the new ones are blocked, or the asset is deleted meanwhile.
 * The order of locks is: the upload that completes, asset, verified files, uploads that were complete before.
 */
export function makeReplacements(deps: ReplacementsDeps) {
  const { db, transact, queue, quotas, assetBytes, scanning, uploads, log } = deps;

  /** Whoever completes a replacement takes the place of those that are not finished. */
  async function supersede(tx: Tx, { id, orgId }: Asset, by: Upload): Promise<void> {
    const taken = await makeVerifiedFileStore(tx.db).takeReplacementsOf(id, by.id);
    for (const { storageKey: key } of taken) await queue.enqueue(tx, 'discard-object', { key });
    const sizeBytes = taken.reduce((sum, file) => sum + file.sizeBytes, 0);
    if (sizeBytes > 0) await quotas.release(tx, orgId, sizeBytes);
  }

  /** The upload ends without having replaced anything. Nothing happens where it was superseded or let go. */
  async function drop({ id, replacesAssetId }: ReplacingUpload, reason: string): Promise<void> {
    const ended = await transact((tx) => uploads.end(tx, id, 'ABORTED', 'COMPLETED'));
    if (ended !== undefined) log.info({ assetId: replacesAssetId, reason }, 'a replacement was dropped');
  }

  /** false when the asset was deleted meanwhile. */
  async function swap(upload: ReplacingUpload, file: VerifiedFileRow, sha256: string): Promise<boolean> {
    return transact(async (tx) => {
      const asset = await assetBytes.lockLive(tx, upload.replacesAssetId);
      if (asset === undefined) return false;
      const [taken] = await makeVerifiedFileStore(tx.db).take([upload.id]);
      // Superseded or let go while it was scanned.
      if (taken === undefined) return true;
      const { storageKey, etag, mimeType, type, verifiedAt: replacedAt } = file;
      const { sizeBytes, filename, createdBy: uploadedBy } = upload;
      const description = upload.description ?? asset.description;
      const found = { storageKey, etag, mimeType, type, sha256, replacedAt };
      await assetBytes.replace(tx, asset, { ...found, sizeBytes, filename, description, uploadedBy });
      return true;
    });
  }

  return {
    /**
     * The upload is COMPLETED: its file waits for its scan. Resolves with the asset, which is still as it was.
     * Throws `TooLateError` when that was deleted.
     */
    async keep(tx: Tx, upload: ReplacingUpload, file: VerifiedFile): Promise<Asset> {
      const asset = await assetBytes.lockLive(tx, upload.replacesAssetId);
      if (asset === undefined) throw new TooLateError();
      await makeVerifiedFileStore(tx.db).insert(upload.id, file);
      await queue.enqueue(tx, 'scan-replacement', { uploadId: upload.id });
      await supersede(tx, asset, upload);
      return asset;
    },

    /**
     * Idempotent. Throws `ScannerUnavailableError` or STORAGE_UNAVAILABLE when nothing is certain: the file waits, and
     * this is to be run again.
     */
    async finishReplacement(uploadId: string, signal: AbortSignal): Promise<void> {
      const file = await makeVerifiedFileStore(db).find(uploadId);
      const upload = await makeUploadStore(db).findById(uploadId);
      if (file === undefined || upload === undefined || !isReplacing(upload)) return;
      const { replacesAssetId: assetId, sizeBytes } = upload;
      if ((await findLiveAsset(db, assetId)) === undefined) return drop(upload, 'deleted');
      const scanned = await scanning.scanFile({ ...file, sizeBytes }, signal);
      if (scanned === undefined) return drop(upload, 'missing');
      if (scanned.verdict.status === 'BLOCKED') return drop(upload, scanned.verdict.reason);
      if (!(await swap(upload, file, scanned.sha256))) await drop(upload, 'deleted');
    },
  };
}

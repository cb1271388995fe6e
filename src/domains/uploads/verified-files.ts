import type { Db, Tx } from '../../core/db.js';
import type { Queue } from '../../core/queue.js';
import type { Asset } from '../assets/asset.js';
import { sealAsset } from '../assets/sealed-asset.js';
import { toStem } from '../storage/object-keys.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import type { Assets } from '../assets/asset.service.js';
import type { Quotas } from '../quotas/quota.service.js';
import { toFinalKey } from './final-key.js';
import { openUpload } from './sealed-upload.js';
import type { Upload } from './upload.js';
import type { VerifiedFile } from './verified-file.js';
import { makeVerifiedFileStore, type VerifiedFileRow } from './verified-file.store.js';

export type VerifiedFiles = ReturnType<typeof makeVerifiedFiles>;

export interface VerifiedFilesDeps {
  db: Db;
  assets: Assets;
  quotas: Quotas;
  queue: Queue;
}

/** From verified bytes to an asset: at once, or kept apart until the prompt is submitted. */
export function makeVerifiedFiles({ db, assets, quotas, queue }: VerifiedFilesDeps) {
  const store = makeVerifiedFileStore(db);

  /** The upload is COMPLETED with this asset's id: what was reserved for it is now stored, and is to be scanned. */
  async function makeAsset(
    tx: Tx,
    upload: Upload,
    assetId: string,
    file: VerifiedFile,
    cipher: MemoryCipher | null,
  ): Promise<Asset> {
    const { storageKey, etag, mimeType, type } = file;
    const own = { ...toOwnColumns(upload, assetId), sealed: null };
    const asset = await assets.create(tx, sealAsset(cipher, { ...own, storageKey, etag, mimeType, type }));
    await queue.enqueue(tx, 'scan-asset', { assetId });
    await quotas.settle(tx, upload);
    return asset;
  }

  return {
    makeAsset,

    /** Keeps it apart, its size still reserved; returns the asset that it may become. */
    async keep(
      tx: Tx,
      upload: Upload,
      assetId: string,
      file: VerifiedFile,
      cipher: MemoryCipher | null,
    ): Promise<Asset> {
      // Its asset seals the whole key, which is made of ids and the upload's type.
      const storageKey = cipher === null ? file.storageKey : toStem(file.storageKey);
      const kept = await makeVerifiedFileStore(tx.db).insert(upload.id, { ...file, storageKey });
      return toFutureAsset(upload, assetId, kept);
    },

    /** The asset that a completed upload may become; undefined when it is one already, or will never be. */
    async findKept(upload: Upload): Promise<Asset | undefined> {
      const file = await store.find(upload.id);
      return file && upload.assetId !== null ? toFutureAsset(upload, upload.assetId, file) : undefined;
    },

    /**
     * Of completed uploads that are kept, in their order; the caller holds the row of their prompt, which is open, and
     * their memory.
     */
    async makeAssets(tx: Tx, uploads: readonly Upload[], cipher: MemoryCipher | null): Promise<Asset[]> {
      const taken = await makeVerifiedFileStore(tx.db).take(uploads.map(({ id }) => id));
      const files = new Map(taken.map((file) => [file.uploadId, file]));
      const made: Asset[] = [];
      for (const upload of uploads) {
        const file = files.get(upload.id);
        if (file === undefined || upload.assetId === null)
          throw new Error(`Upload ${upload.id} is not kept.`);
        const storageKey = cipher === null ? file.storageKey : toFinalKey(upload, upload.assetId);
        const opened = openUpload(cipher, upload);
        made.push(await makeAsset(tx, opened, upload.assetId, { ...file, storageKey }, cipher));
      }
      return made;
    },

    /** Whether the bytes of one that is kept live at this key. */
    existsAt: (storageKey: string) => store.existsAt(storageKey),
  };
}

/** What an asset has of its upload. */
function toOwnColumns(upload: Upload, id: string) {
  const { orgId, memoryId, userId, spaceId, folderId, agentUrn, executionId, provider, metadata } = upload;
  const { filename, sizeBytes, description, createdBy } = upload;
  return {
    ...{ id, orgId, memoryId, userId, spaceId, folderId, agentUrn, executionId, provider, metadata },
    ...{ filename, sizeBytes, description, uploadedBy: createdBy },
  };
}

function toFutureAsset(upload: Upload, assetId: string, file: VerifiedFileRow): Asset {
  const { uploadId: _, verifiedAt, ...verified } = file;
  return {
    ...toOwnColumns(upload, assetId),
    ...verified,
    sha256: null,
    scanStatus: 'PENDING',
    scanReason: null,
    createdAt: verifiedAt,
    replacedAt: null,
    updatedAt: verifiedAt,
    deletions: 0,
    deletedAt: null,
    restorableUntil: null,
    purgingAt: null,
    bytesGoneAt: null,
    sealed: upload.sealed && { ...upload.sealed, storageKey: null },
  };
}

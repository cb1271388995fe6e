import { forEachAnyway } from '../../core/each.js';
import type { Db, Transact, Tx } from '../../core/db.js';
import { idempotencyConflict, type Repeatable } from '../../core/idempotency.js';
import { isId, newId } from '../../core/ids.js';
import type { JobPayloads, Queue } from '../../core/queue.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Viewer } from '../../core/viewer.js';
import { AppError, badInput, notFound } from '../../core/errors.js';
import { serviceActor } from '../accounts/audit.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Quotas } from '../quotas/quota.service.js';
import { newStagingKey } from '../storage/object-keys.js';
import type { ObjectStore, PresignedRequest } from '../storage/object-store.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import type { ShowNames } from '../vault/show-names.js';
import { TooLateError, type Destination } from './destination.js';
import { planLease } from './lease.js';
import { makeMultipart } from './multipart.js';
import { planPartSize } from './part-plan.js';
import { toStoredNames } from './sealed-upload.js';
import {
  isAlive,
  maySend,
  uploadEnded,
  type DeclaredFile,
  type Upload,
  type UploadPlace,
  type UploadStatus,
} from './upload.js';
import { makeUploadStore } from './upload.store.js';
import { sumReserved } from './reserved-sum.store.js';
import { makeVerifiedFileStore } from './verified-file.store.js';

export type Uploads = ReturnType<typeof makeUploads>;

export interface UploadsDeps {
  db: Db;
  transact: Transact;
  objects: ObjectStore;
  quotas: Quotas;
  audit: Audit;
  queue: Queue;
  showNames: ShowNames;
  /** Resolved on use: the destination may be a later domain that itself needs this one. */
  destinationOf: (upload: Upload) => Destination;
  /** A lease lasts at least this long. */
  minLeaseSeconds: number;
  /** Files of this size or more are put in parts. */
  multipartFromBytes: number;
}

export interface NewUpload extends UploadPlace, Pick<Upload, 'promptId' | 'replacesAssetId'> {
  file: DeclaredFile;
  createdBy: ActorRef;
  sessionId: string;
  /** The lease ends no later. */
  latestEnd: Date;
  /** Of its memory; null where that is not encrypted. The caller holds the memory. */
  cipher: MemoryCipher | null;
  /** We put the bytes ourselves, as they come. Its size is what is expected, until `noteReceived`. */
  isStreamed?: boolean;
  /** Under which its creator may repeat the begin. */
  repeatable?: Repeatable | null;
}

type EndStatus = 'ABORTED' | 'EXPIRED';

/** A PUT may begin in the URL's last second and still be running: its object is deleted this much later. */
const stragglerSeconds = 300;

/** Bytes on their way: begun, ended without an asset, read. Completion is `complete-upload.ts`. */
export function makeUploads({
  db,
  transact,
  objects,
  quotas,
  audit,
  queue,
  showNames,
  destinationOf,
  minLeaseSeconds,
  multipartFromBytes,
}: UploadsDeps) {
  const store = makeUploadStore(db);
  const multipart = makeMultipart({ db, objects, destinationOf, getOfViewer, minLeaseSeconds });

  /** Its quota is free again and its bytes are deleted, now and once more when its URL can bring no more. */
  async function end(
    tx: Tx,
    id: string,
    status: EndStatus,
    from: UploadStatus = 'OPEN',
  ): Promise<Upload | undefined> {
    // What is complete may only vanish while it waits for its prompt.
    const kept = from === 'COMPLETED' ? await makeVerifiedFileStore(tx.db).take([id]) : [];
    if (from === 'COMPLETED' && kept.length === 0) return undefined;
    const ended = await makeUploadStore(tx.db).end(id, status, from);
    if (ended === undefined) return undefined;
    await queue.enqueue(tx, 'discard-object', toStaged(ended));
    for (const { storageKey: key } of kept) await queue.enqueue(tx, 'discard-object', { key });
    await quotas.release(tx, ended.orgId, ended.sizeBytes);
    return ended;
  }

  /**
   * Ends it on its own account, unless it is no longer as it was seen: its destination is told first. `onEnded` runs
   * in the same transaction.
   */
  async function endAndTell(
    upload: Upload,
    status: EndStatus,
    onEnded: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await transact(async (tx) => {
      await destinationOf(upload).abandon(tx, upload);
      if (await end(tx, upload.id, status, upload.status)) await onEnded(tx);
    });
  }

  async function showOne(viewer: Viewer, upload: Upload): Promise<Upload> {
    return (await showNames(viewer, [upload]))[0] ?? upload;
  }

  async function getOfViewer(viewer: Viewer, id: string): Promise<Upload> {
    const upload = isId(id) ? await store.findOfCreator(viewer.orgId, viewer, id) : undefined;
    if (upload === undefined) throw notFound('The upload');
    return upload;
  }

  return {
    end,
    endAndTell,
    getOfViewer,
    multipart,

    /**
     * Reserves the declared size (QUOTA_EXCEEDED) and writes the row before any URL exists. Throws `TooLateError` when
     * its creator has begun one under the same key meanwhile.
     */
    async open(
      tx: Tx,
      { file, latestEnd, isStreamed = false, repeatable = null, cipher, ...owner }: NewUpload,
    ): Promise<Upload> {
      const isWhole = isStreamed || file.sizeBytes < multipartFromBytes;
      const partSizeBytes = isWhole ? null : planPartSize(file.sizeBytes);
      const { sizeBytes } = file;
      const lease = planLease({ sizeBytes, partSizeBytes, isStreamed }, { minLeaseSeconds, latestEnd });
      const id = newId();
      const upload = await makeUploadStore(tx.db).insert(
        {
          ...owner,
          ...file,
          ...toStoredNames(cipher, id, file),
          id,
          stagingKey: newStagingKey(owner.orgId),
          partSizeBytes,
        },
        lease,
        repeatable,
      );
      if (upload === undefined) throw new TooLateError();
      // Whatever happens to this process or to the bytes: nothing stays in staging.
      const longestSeconds = Math.max(0, Math.ceil((lease.latestEnd.getTime() - Date.now()) / 1000));
      const delaySeconds = (lease.isExtended ? longestSeconds : lease.seconds) + stragglerSeconds;
      await queue.enqueue(tx, 'discard-object', toStaged(upload), { delaySeconds });
      await quotas.reserve(tx, owner.orgId, sizeBytes);
      return upload;
    },

    /**
     * What the viewer has begun under this key, unless it has ended without a file. Throws IDEMPOTENCY_CONFLICT where
     * that was something else.
     */
    async findRepeated(viewer: Viewer, { key, inputHash }: Repeatable): Promise<Upload | undefined> {
      const found = await store.findByKey(viewer.orgId, viewer, key);
      if (found !== undefined && found.inputHash !== inputHash) throw idempotencyConflict('idempotencyKey');
      return found?.upload;
    },

    /**
     * So many bytes of a streamed upload came, whatever was reserved for it. Throws UPLOAD_NOT_FOUND when it has ended,
     * QUOTA_EXCEEDED.
     */
    async noteReceived({ id, orgId, sizeBytes: reservedBytes }: Upload, sizeBytes: number): Promise<void> {
      await transact(async (tx) => {
        if (!(await makeUploadStore(tx.db).setSize(id, sizeBytes))) throw uploadEnded();
        if (sizeBytes > reservedBytes) await quotas.reserve(tx, orgId, sizeBytes - reservedBytes);
        else await quotas.release(tx, orgId, reservedBytes - sizeBytes);
      });
    },

    /**
     * The request that puts all bytes, for whoever may send them; null for everybody else, in parts, and once the
     * upload has ended or its lease is over.
     */
    async presign(viewer: Viewer, upload: Upload): Promise<PresignedRequest | null> {
      const expiresInSeconds = Math.floor((upload.expiresAt.getTime() - Date.now()) / 1000);
      if (upload.status !== 'OPEN' || upload.partSizeBytes !== null || expiresInSeconds < 1) return null;
      if (!maySend(upload, viewer)) return null;
      return objects.presignPut({
        key: upload.stagingKey,
        contentType: upload.mimeType,
        sizeBytes: upload.sizeBytes,
        ...(upload.sha256 === null ? {} : { sha256: upload.sha256 }),
        expiresInSeconds,
      });
    },

    /**
     * The viewer's own upload, in any of their sessions, or one that answered the viewer, an App; undefined when there
     * is none. Names of encrypted memories only where those are unlocked, here and below.
     */
    async find(viewer: Viewer, id: string): Promise<Upload | undefined> {
      const upload = isId(id) ? await store.findSeen(viewer, id) : undefined;
      return upload && showOne(viewer, upload);
    },

    /** For a loader: those that `find` finds, in the order of their begin. */
    listOfPrompts: async (viewer: Viewer, promptIds: readonly string[]): Promise<Upload[]> =>
      showNames(viewer, await store.listSeenOfPrompts(viewer, promptIds)),

    /** Whether bytes at this key are those of an open upload. */
    isAwaited: (stagingKey: string) => store.isAwaited(stagingKey),

    /** Whether a completion that may still succeed makes an asset of this id. */
    isCompleting: (assetId: string) => store.isCompleting(assetId),

    /** To check the counters by, in bytes: what open uploads have declared, and what is verified and waits. */
    sumReserved: (tx: Tx, orgId: string) => sumReserved(tx.db, orgId),

    /** Those of an open prompt that may come to something, in the order of their begin. */
    async listAlive(tx: Tx, promptId: string): Promise<Upload[]> {
      return (await makeUploadStore(tx.db).listOfPrompts([promptId])).filter(isAlive);
    },

    /** Ends every upload of a prompt whose row the caller holds, so that none can complete meanwhile. */
    async endAll(tx: Tx, promptId: string, status: EndStatus): Promise<void> {
      for (const upload of await makeUploadStore(tx.db).listOfPrompts([promptId])) {
        if (isAlive(upload)) await end(tx, upload.id, status, upload.status);
      }
    },

    /**
     * Ends the viewer's upload, also one that is complete and waits for its prompt to be submitted; repeating it
     * changes nothing. NOT_FOUND; once its file has been handed over, PROMPT_ALREADY_RESOLVED, and BAD_USER_INPUT
     * (`uploadId`) where it answers no prompt.
     */
    async abort(viewer: Viewer, id: string): Promise<Upload> {
      for (let upload = await getOfViewer(viewer, id); ;) {
        if (!isAlive(upload)) return showOne(viewer, upload);
        const { promptId } = upload;
        await endAndTell(upload, 'ABORTED', (tx) =>
          audit.record(tx, viewer, 'abortUpload', id, { promptId }),
        );
        const now = await getOfViewer(viewer, id);
        // Completed in this very moment is tried once more: it may only wait.
        if (now.status === upload.status) throw handedOver(now);
        upload = now;
      }
    },

    /** For the sweep: ends uploads whose lease is over. Returns how many it looked at. */
    async endLapsed(limit: number): Promise<number> {
      const lapsed = await store.listLapsed(limit);
      await forEachAnyway(lapsed, (upload) =>
        endAndTell(upload, 'EXPIRED', (tx) => {
          const { id, orgId, promptId } = upload;
          return audit.record(tx, { orgId, ...serviceActor }, 'expireUpload', id, { promptId });
        }),
      );
      return lapsed.length;
    },
  };
}

/** What there may be of it at storage besides an asset. What its sender does not put in parts, we do as it comes. */
export function toStaged({ stagingKey, latestEnd }: Upload): JobPayloads['discard-object'] {
  return { key: stagingKey, inParts: latestEnd !== null };
}

function handedOver({ promptId, assetId }: Upload): AppError {
  if (promptId === null) {
    return badInput('uploadId', 'This upload is complete: what came of it can only be deleted as an asset.');
  }
  return new AppError('PROMPT_ALREADY_RESOLVED', 'This upload is complete: its file has been handed over.', {
    extensions: { outcome: 'UPLOADED', promptId, assetId },
  });
}

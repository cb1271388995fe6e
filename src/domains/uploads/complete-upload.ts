import { setTimeout as delay } from 'node:timers/promises';
import type { Db, Transact, Tx } from '../../core/db.js';
import { AppError, badInput, notFound } from '../../core/errors.js';
import type { Log } from '../../core/log.js';
import type { Queue } from '../../core/queue.js';
import type { Viewer } from '../../core/viewer.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Asset } from '../assets/asset.js';
import { toShown, type AssetAccess } from '../assets/asset-access.js';
import type { Assets } from '../assets/asset.service.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { MemoryCipher } from '../vault/memory-cipher.js';
import type { MemoryCiphers } from '../vault/memory-ciphers.js';
import { makeCompletionClaims, type CompletionClaim } from './completion-claim.js';
import { TooLateError, type Destination } from './destination.js';
import { openUpload } from './sealed-upload.js';
import { assertSession, isReplacing, type Upload } from './upload.js';
import type { SentPart } from './multipart.js';
import { assertPartNumbers, isInParts } from './part-plan.js';
import type { Replacements } from './replacements.js';
import { toStaged, type Uploads } from './upload.service.js';
import { makeUploadStore } from './upload.store.js';
import { makeVerifyCopy, type VerifiedCopy } from './verify-copy.js';
import type { VerifiedFiles } from './verified-files.js';

export type CompleteUpload = ReturnType<typeof makeCompleteUpload>;

export interface CompleteUploadDeps {
  db: Db;
  transact: Transact;
  objects: ObjectStore;
  queue: Queue;
  access: AssetAccess;
  audit: Audit;
  assets: Assets;
  uploads: Uploads;
  verifiedFiles: VerifiedFiles;
  ciphers: MemoryCiphers;
  replacements: Replacements;
  destinationOf: (upload: Upload) => Destination;
  log: Log;
}

/** How long a call waits for the same call that is being answered elsewhere. */
const maxWaitMs = 30_000;

/** The upload with its names. */
interface Attempt extends CompletionClaim {
  readonly viewer: Viewer;
  readonly sent: readonly SentPart[];
}

/** Its creator may not put it there any more. */
const forbidden = new Set(['PERMISSION_DENIED', 'NOT_FOUND']);
/** The upload ends with it: the bytes are unfit, and another file may be tried, or they are not wanted. */
const refusals = new Set(['UPLOAD_MISMATCH', 'FILE_TOO_LARGE', 'MIME_TYPE_NOT_ALLOWED', ...forbidden]);

/**
 * Verifies what landed and makes it an asset, once: asking again returns the same asset.
 *
 * The staged object is copied first, to a key that only this try knows, and only the copy is looked at: whoever
 * still holds the upload's URL can change nothing that was verified. A crash leaves the copy to the job that was
 * enqueued with the claim, and the upload open for the next try.
 */
export function makeCompleteUpload(deps: CompleteUploadDeps) {
  const {
    db,
    transact,
    objects,
    queue,
    access,
    assets,
    uploads,
    verifiedFiles,
    replacements,
    ciphers,
    destinationOf,
    audit,
    log,
  } = deps;
  const claims = makeCompletionClaims({ db, transact, queue, log });
  const verifyCopy = makeVerifyCopy({ objects });

  /**
   * What landed in parts is compared with `sent`, as far as that names parts.
   *
   * Throws NOT_FOUND, PERMISSION_DENIED (another session's upload, or a space where one may not add files any more:
   * the upload has ended), BAD_USER_INPUT (parts that it does not have),
   * UPLOAD_NOT_FOUND (no bytes landed, or not every part: the upload stays open), UPLOAD_MISMATCH (the upload has
   * ended), MEMORY_LOCKED (unlock it, then try again), STORAGE_UNAVAILABLE (try again), or the refusal of its
   * destination when it is too late.
   */
  return async function completeUpload(
    viewer: Viewer,
    uploadId: string,
    sent: readonly SentPart[] = [],
  ): Promise<Asset> {
    try {
      return await assets.showOne(viewer, await completeOnce(viewer, uploadId, sent));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'PROMPT_ALREADY_RESOLVED') throw error;
      // It may be this very upload that won, elsewhere, since it was looked at.
      const { status, assetId } = await uploads.getOfViewer(viewer, uploadId);
      if (status === 'COMPLETED' && assetId !== null) {
        return assets.showOne(viewer, await assets.getById(assetId));
      }
      throw error;
    }
  };

  async function completeOnce(viewer: Viewer, uploadId: string, sent: readonly SentPart[]): Promise<Asset> {
    const giveUpAt = Date.now() + maxWaitMs;
    for (let pauseMs = 50; Date.now() < giveUpAt; pauseMs = Math.min(pauseMs * 2, 1000)) {
      const upload = await uploads.getOfViewer(viewer, uploadId);
      assertSession(upload, viewer);
      assertParts(upload, sent);
      const made = await findMade(viewer, upload);
      if (made !== undefined) return made;
      await assertWaiting(viewer, upload);
      // Its name is needed to verify it, and for what it becomes.
      const named = await ciphers.withCipher(viewer, upload.memoryId, (cipher) =>
        Promise.resolve(openUpload(cipher, upload)),
      );
      const claim = await claims.take(named);
      if (claim !== undefined) return claims.holdDuring(claim, () => run({ ...claim, viewer, sent }));
      // The same call is being answered elsewhere: its outcome is ours too.
      await delay(pauseMs);
    }
    throw new AppError('STORAGE_UNAVAILABLE', 'The file is still being verified. Try again in a moment.');
  }

  /** As far as the viewer may see it by now; NOT_FOUND where they may do nothing any more. */
  async function findMade(viewer: Viewer, upload: Upload): Promise<Asset | undefined> {
    if (upload.status !== 'COMPLETED' || upload.assetId === null) return undefined;
    // In this order: what is kept becomes an asset, never the other way.
    const made = isReplacing(upload)
      ? await assets.findById(upload.replacesAssetId)
      : ((await verifiedFiles.findKept(upload)) ?? (await assets.findById(upload.assetId)));
    if (made === undefined || made.purgingAt !== null) return undefined;
    const granted = await access.permissionsOn(viewer, made);
    if (granted.size === 0) throw notFound('The asset');
    return toShown(granted, made);
  }

  /** What its creator may not put there any more is discarded. */
  async function assertWaiting(viewer: Viewer, upload: Upload): Promise<void> {
    try {
      await destinationOf(upload).assertWaiting(upload, viewer);
    } catch (error) {
      if (error instanceof AppError && forbidden.has(error.code)) await uploads.endAndTell(upload, 'ABORTED');
      throw error;
    }
  }

  async function run(attempt: Attempt): Promise<Asset> {
    try {
      return await commit(attempt, await copyAndVerify(attempt));
    } catch (error) {
      await giveUp(attempt, error).catch((fault: unknown) =>
        log.warn(
          { error: fault, uploadId: attempt.upload.id },
          'a failed completion is left to the clean-up',
        ),
      );
      if (!(error instanceof TooLateError)) throw error;
      const now = await uploads.getOfViewer(attempt.viewer, attempt.upload.id);
      const made = await findMade(attempt.viewer, now);
      if (made !== undefined) return made;
      await assertWaiting(attempt.viewer, now);
      throw new AppError('STORAGE_UNAVAILABLE', 'Verifying the file took too long. Try again.', {
        cause: error,
      });
    }
  }

  async function copyAndVerify({ upload, sent, key }: Attempt): Promise<VerifiedCopy> {
    const staged = isInParts(upload)
      ? await uploads.multipart.join(upload, sent)
      : await objects.head(upload.stagingKey);
    if (staged === undefined) {
      throw new AppError(
        'UPLOAD_NOT_FOUND',
        'No bytes have arrived for this upload. Send them, then try again.',
      );
    }
    return verifyCopy(upload, staged, key);
  }

  /** Row, quota, destination and jobs are one transaction. One of several files waits, and is no asset yet. */
  async function commit(attempt: Attempt, verified: VerifiedCopy): Promise<Asset> {
    const { viewer, upload } = attempt;
    return ciphers.withCipher(viewer, upload.memoryId, (cipher) =>
      transact((tx) => accept(tx, attempt, verified, cipher)),
    );
  }

  async function accept(
    tx: Tx,
    { viewer, upload, assetId, key }: Attempt,
    { copy, content }: VerifiedCopy,
    cipher: MemoryCipher | null,
  ): Promise<Asset> {
    const accepted = await destinationOf(upload).accept(tx, upload, assetId, viewer);
    await ciphers.hold(tx, upload.memoryId, cipher);
    if (!(await makeUploadStore(tx.db).complete(upload.id, assetId))) throw new TooLateError();
    await queue.enqueue(tx, 'discard-object', toStaged(upload));
    await record(tx, upload, { assetId });
    const file = { storageKey: key, etag: copy.etag, mimeType: content.mimeType, type: content.type };
    if (accepted.as === 'ASSET') {
      const placed = { ...upload, folderId: accepted.folderId };
      return verifiedFiles.makeAsset(tx, placed, assetId, file, cipher);
    }
    return isReplacing(upload)
      ? replacements.keep(tx, upload, file)
      : verifiedFiles.keep(tx, upload, assetId, file, cipher);
  }

  /** Whoever completes it is who began it. */
  function record(
    tx: Tx,
    { id: uploadId, orgId, createdBy, promptId, spaceId, replacesAssetId, sizeBytes }: Upload,
    { assetId, refusal }: { assetId?: string; refusal?: string },
  ): Promise<void> {
    const details = { uploadId, promptId, spaceId, sizeBytes, ...(refusal !== undefined && { refusal }) };
    const subject = replacesAssetId ?? assetId ?? uploadId;
    return audit.record(tx, { orgId, ...createdBy }, 'completeUpload', subject, details);
  }

  /** A wrong file ends the upload; anything else leaves it open for another try. */
  async function giveUp(attempt: Attempt, error: unknown): Promise<void> {
    const { upload } = attempt;
    if (error instanceof AppError && refusals.has(error.code)) {
      await uploads.endAndTell(upload, 'ABORTED', (tx) => record(tx, upload, { refusal: error.code }));
    } else await claims.release(attempt);
    // An unexpected fault may be a commit whose answer was lost: that copy is left to the claim's own job.
    const isRolledBack = error instanceof AppError || error instanceof TooLateError;
    if (isRolledBack) await claims.discardCopy(attempt);
  }
}

/** Throws BAD_USER_INPUT. */
function assertParts(upload: Upload, sent: readonly SentPart[]): void {
  const numbers = sent.map(({ partNumber }) => partNumber);
  if (isInParts(upload)) assertPartNumbers(upload, numbers, 'parts');
  else if (sent.length > 0) throw badInput('parts', 'One request puts all bytes of this upload.');
}

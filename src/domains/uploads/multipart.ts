import type { Db } from '../../core/db.js';
import { AppError, badInput } from '../../core/errors.js';
import type { Viewer } from '../../core/viewer.js';
import { ObjectChangedError } from '../storage/object-store.js';
import type { ObjectStore, PresignedRequest, StoredObject, StoredPart } from '../storage/object-store.js';
import type { Destination } from './destination.js';
import { toLeaseSeconds } from './lease.js';
import { assertPartNumbers, countParts, isInParts, sizeOfPart, type PartedUpload } from './part-plan.js';
import { assertSession, uploadEnded, type Upload } from './upload.js';
import { makeUploadStore } from './upload.store.js';

export interface MultipartDeps {
  db: Db;
  objects: ObjectStore;
  destinationOf: (upload: Upload) => Destination;
  /** Reads the viewer's own upload; throws NOT_FOUND. */
  getOfViewer: (viewer: Viewer, id: string) => Promise<Upload>;
  minLeaseSeconds: number;
}

export interface PresignedPart {
  readonly partNumber: number;
  readonly request: PresignedRequest;
}

/** A part as its sender knows it. */
export interface SentPart {
  readonly partNumber: number;
  /** As storage answered, with or without quotes. */
  readonly etag: string;
}

const maxPartsAtOnce = 100;
/** No signature lives longer. */
const maxLifetimeSeconds = 7 * 24 * 3600;
const maxMissingTold = 100;

/**
 * Large files, put in parts. Storage is told of an upload when its first part is asked for, and which parts have
 * arrived is read from storage: a page that was reloaded, or a program that was restarted, goes on where it was.
 */
export function makeMultipart(deps: MultipartDeps) {
  const { db, objects, destinationOf, getOfViewer, minLeaseSeconds } = deps;
  const store = makeUploadStore(db);

  /** Begins it at storage, once: of several that do, one is recorded and the others take theirs back. */
  async function begin(upload: PartedUpload): Promise<string> {
    if (upload.multipartId !== null) return upload.multipartId;
    const key = upload.stagingKey;
    const multipartId = await objects.createMultipart({ key, contentType: upload.mimeType });
    if (await store.recordMultipart(upload.id, multipartId)) return multipartId;
    // Left to the clean-up of this key when that fails.
    await objects.abortMultipart({ key, multipartId });
    const recorded = (await store.findById(upload.id))?.multipartId;
    if (!recorded) throw uploadEnded();
    return recorded;
  }

  async function listStored(upload: PartedUpload): Promise<StoredPart[] | undefined> {
    const { stagingKey: key, multipartId } = upload;
    return multipartId === null ? [] : objects.listParts({ key, multipartId });
  }

  return {
    /**
     * Requests that put these parts, at most 100 at once, each of exactly its length. Extends the upload's lease for as
     * long as they may take, but never past the deadline of what it is for.
     * Throws NOT_FOUND, PERMISSION_DENIED (another session's upload), BAD_USER_INPUT, UPLOAD_NOT_FOUND (it has ended),
     * STORAGE_UNAVAILABLE, or the refusal of its destination.
     */
    async presignUploadParts(
      viewer: Viewer,
      uploadId: string,
      partNumbers: readonly number[],
    ): Promise<PresignedPart[]> {
      const upload = await getOfViewer(viewer, uploadId);
      assertSession(upload, viewer);
      if (!isInParts(upload)) throw badInput('uploadId', 'One request puts all bytes of this upload.');
      if (partNumbers.length < 1 || partNumbers.length > maxPartsAtOnce) {
        throw badInput('partNumbers', `Ask for 1 to ${maxPartsAtOnce} parts at once.`);
      }
      assertPartNumbers(upload, partNumbers, 'partNumbers');
      await destinationOf(upload).assertWaiting(upload, viewer);

      const asked = partNumbers.map((partNumber) => ({
        partNumber,
        sizeBytes: sizeOfPart(upload, partNumber),
      }));
      const askedBytes = asked.reduce((sum, part) => sum + part.sizeBytes, 0);
      const held = await store.extendLease(upload.id, toLeaseSeconds(minLeaseSeconds, askedBytes));
      const secondsLeft = Math.floor(((held?.expiresAt.getTime() ?? 0) - Date.now()) / 1000);
      if (held === undefined || secondsLeft < 1) throw uploadEnded();
      const multipartId = await begin({ ...upload, multipartId: held.multipartId });
      const expiresInSeconds = Math.min(secondsLeft, maxLifetimeSeconds);
      return Promise.all(
        asked.map(async (part) => ({
          partNumber: part.partNumber,
          request: await objects.presignPart({
            key: upload.stagingKey,
            multipartId,
            expiresInSeconds,
            ...part,
          }),
        })),
      );
    },

    /** The numbers of the parts that storage has, in order; none once the upload has ended. */
    async listUploadedParts(upload: PartedUpload): Promise<number[]> {
      if (upload.status !== 'OPEN') return [];
      const stored = await listStored(upload);
      if (stored !== undefined) {
        return stored.filter((part) => isWhole(upload, part)).map(({ partNumber }) => partNumber);
      }
      // Joined, and not handed over yet: nothing is left to send.
      const isJoined = (await objects.head(upload.stagingKey)) !== undefined;
      return isJoined ? allNumbers(upload) : [];
    },

    /**
     * Joins the parts to the staged object; again, it gives the same. Throws UPLOAD_NOT_FOUND while some are missing,
     * UPLOAD_MISMATCH when one is not as it was declared or as its sender knows it.
     */
    async join(upload: PartedUpload, sent: readonly SentPart[]): Promise<StoredObject> {
      const joined = await objects.head(upload.stagingKey);
      if (joined !== undefined) return joined;
      const stored = (await listStored(upload)) ?? [];
      const parts = selectParts(upload, stored);
      assertSent(parts, sent);
      // Without an id no part is stored, and above has thrown.
      const multipart = { key: upload.stagingKey, multipartId: upload.multipartId ?? '' };
      try {
        await objects.completeMultipart(multipart, parts);
      } catch (error) {
        if (!(error instanceof ObjectChangedError)) throw error;
        throw mismatch('A part was replaced while the parts were being joined.', error);
      }
      const object = await objects.head(upload.stagingKey);
      if (object === undefined) throw uploadEnded();
      return object;
    },
  };
}

function allNumbers(upload: PartedUpload): number[] {
  return Array.from({ length: countParts(upload) }, (_, index) => index + 1);
}

function isWhole(upload: PartedUpload, { partNumber, sizeBytes }: StoredPart): boolean {
  return sizeBytes === sizeOfPart(upload, partNumber);
}

/** Every part of the plan, in order. */
function selectParts(upload: PartedUpload, stored: readonly StoredPart[]): StoredPart[] {
  const byNumber = new Map(stored.map((part) => [part.partNumber, part]));
  const missing = allNumbers(upload).filter((partNumber) => !byNumber.has(partNumber));
  if (missing.length > 0) {
    throw new AppError(
      'UPLOAD_NOT_FOUND',
      `${missing.length} of ${countParts(upload)} parts have not arrived. Send them, then try again.`,
      { extensions: { missingParts: missing.slice(0, maxMissingTold) } },
    );
  }
  const parts = allNumbers(upload).flatMap((partNumber) => byNumber.get(partNumber) ?? []);
  // Storage should have refused these itself; not every one does.
  const wrong = parts.find((part) => !isWhole(upload, part));
  if (wrong !== undefined) {
    const { partNumber, sizeBytes } = wrong;
    throw mismatch(
      `Part ${partNumber} should have ${sizeOfPart(upload, partNumber)} bytes, ${sizeBytes} have arrived.`,
    );
  }
  return parts;
}

function assertSent(parts: readonly StoredPart[], sent: readonly SentPart[]): void {
  for (const { partNumber, etag } of sent) {
    const stored = parts[partNumber - 1]?.etag ?? '';
    if (bare(stored) !== bare(etag)) throw mismatch(`Part ${partNumber} is not the one that was sent.`);
  }
}

function bare(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

function mismatch(message: string, cause?: unknown): AppError {
  return new AppError('UPLOAD_MISMATCH', message, { cause });
}

import { AppError, permissionDenied } from '../../core/errors.js';
import type { ActorRef, Viewer } from '../../core/viewer.js';
import type { Asset } from '../assets/asset.js';
import type { SealedNames } from '../vault/sealed-names.js';

export const uploadStatuses = ['OPEN', 'COMPLETED', 'ABORTED', 'EXPIRED'] as const;
export type UploadStatus = (typeof uploadStatuses)[number];

/** A file as its sender declares it, after the checks at the door. */
export interface DeclaredFile {
  readonly filename: string;
  /** Canonical, without parameters. */
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Hex, lower case; null when not declared. */
  readonly sha256: string | null;
  readonly description: string | null;
}

/** Of an upload that answers one. */
export function promptIdOf({ id, promptId }: Upload): string {
  if (promptId === null) throw new Error(`Upload ${id} answers no prompt.`);
  return promptId;
}

/** Of an upload that answers no prompt. */
export function spaceIdOf({ id, spaceId }: Pick<Upload, 'id' | 'spaceId'>): string {
  if (spaceId === null) throw new Error(`Upload ${id} goes into no space.`);
  return spaceId;
}

/** Throws PERMISSION_DENIED in another of its creator's sessions than the one that answers the prompt. */
export function assertSession(upload: Upload, viewer: Viewer): void {
  if (isInSession(upload, viewer)) return;
  throw permissionDenied('This upload was begun in another of your sessions.');
}

/** Whether the viewer may send its bytes: who began it, and for a prompt in the session that holds that. */
export function maySend(upload: Upload, viewer: Viewer): boolean {
  const { kind, id } = upload.createdBy;
  return kind === viewer.kind && id === viewer.id && isInSession(upload, viewer);
}

/** A prompt is held by one session. A direct upload is its creator's, in any. */
function isInSession({ promptId, sessionId }: Upload, viewer: Viewer): boolean {
  return promptId === null || sessionId === viewer.sessionId;
}

/** For whoever goes on with one that is neither open nor complete. */
export function uploadEnded(): AppError {
  return new AppError('UPLOAD_NOT_FOUND', 'This upload has ended without a file. Choose the file again.');
}

/** An upload whose bytes are to take the place of an asset's. */
export type ReplacingUpload = Upload & { readonly replacesAssetId: string };

export function isReplacing(upload: Upload): upload is ReplacingUpload {
  return upload.replacesAssetId !== null;
}

/** The asset that came of it, or whose bytes it replaces; null where it has none (yet). */
export function assetIdOf({ status, assetId, replacesAssetId }: Upload): string | null {
  return status === 'COMPLETED' ? (replacesAssetId ?? assetId) : null;
}

/** Whether it may still come to something, in a prompt that is open: the bytes are on their way, or wait. */
export function isAlive({ status }: Upload): boolean {
  return status === 'OPEN' || status === 'COMPLETED';
}

/** What the asset will have of it, besides the file. */
export type UploadPlace = Pick<
  Asset,
  | 'orgId'
  | 'memoryId'
  | 'userId'
  | 'spaceId'
  | 'folderId'
  | 'agentUrn'
  | 'executionId'
  | 'provider'
  | 'metadata'
>;

/** Bytes on their way to storage. */
export interface Upload extends DeclaredFile, UploadPlace {
  readonly id: string;
  /** The prompt that it answers; null for a direct upload. */
  readonly promptId: string | null;
  /** The asset whose bytes it is to replace. */
  readonly replacesAssetId: string | null;
  readonly status: UploadStatus;
  /** Where it is for an encrypted memory, until they are opened: the upload has its id for a name. null otherwise. */
  readonly sealed: SealedNames | null;
  /** Where the bytes land; unguessable, so that nobody else's URL can be aimed at it. */
  readonly stagingKey: string;
  /** Until when its URL may be used; its lease. */
  readonly expiresAt: Date;
  /** Its lease is extended while bytes come, but never past this; null where it is never extended. */
  readonly latestEnd: Date | null;
  readonly createdBy: ActorRef;
  readonly sessionId: string;
  /** The asset that came of it, or that the running completion is about to make; null before any. */
  readonly assetId: string | null;
  /** Of every part but the last; null when one request puts all bytes. */
  readonly partSizeBytes: number | null;
  /** Storage's id of the upload in parts; null before the first part is asked for. */
  readonly multipartId: string | null;
  readonly createdAt: Date;
}

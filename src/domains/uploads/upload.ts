import type { ActorRef } from '../../core/viewer.js';

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

/** Whether it may still come to something, in a prompt that is open: the bytes are on their way, or wait. */
export function isAlive({ status }: Upload): boolean {
  return status === 'OPEN' || status === 'COMPLETED';
}

/** Bytes on their way to storage. */
export interface Upload extends DeclaredFile {
  readonly id: string;
  readonly orgId: string;
  readonly promptId: string;
  readonly memoryId: string;
  readonly agentUrn: string;
  readonly userId: string;
  readonly status: UploadStatus;
  /** Where the bytes land; unguessable, so that nobody else's URL can be aimed at it. */
  readonly stagingKey: string;
  /** Until when its URL may be used; its lease. */
  readonly expiresAt: Date;
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

import type { ActorRef } from '../../core/viewer.js';

export const assetTypes = ['DOCUMENT', 'IMAGE', 'AUDIO', 'VIDEO', 'OTHER'] as const;
export type AssetType = (typeof assetTypes)[number];

export const scanStatuses = ['PENDING', 'CLEAN', 'BLOCKED'] as const;
export type ScanStatus = (typeof scanStatuses)[number];

/** A stored file. Its bytes are at `storageKey`, which nobody outside was ever given a URL to write to. */
export interface Asset {
  readonly id: string;
  readonly orgId: string;
  readonly memoryId: string;
  readonly agentUrn: string;
  readonly userId: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Hex; null until the scan has read the bytes. */
  readonly sha256: string | null;
  readonly type: AssetType;
  readonly scanStatus: ScanStatus;
  /** Why it is BLOCKED, in plain words. */
  readonly scanReason: string | null;
  readonly description: string | null;
  readonly storageKey: string;
  /** Of the object at `storageKey` when it was verified: reads are on this condition. */
  readonly etag: string;
  readonly uploadedBy: ActorRef;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** In the trash since; null when not deleted. */
  readonly deletedAt: Date | null;
  /** Until when it can be restored; null when not deleted. */
  readonly restorableUntil: Date | null;
  /** Its bytes and its row are being deleted for good: nobody gets to see it any more. */
  readonly purgingAt: Date | null;
  /** Its bytes were found missing in storage then. */
  readonly bytesGoneAt: Date | null;
}

/** What is left of an asset that was purged, so that whoever asks for it can be told. */
export interface PurgedAsset {
  readonly id: string;
  readonly orgId: string;
  readonly agentUrn: string;
  readonly userId: string;
}

export const assetEventKinds = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'PURGED'] as const;
export type AssetEventKind = (typeof assetEventKinds)[number];

export interface AssetEvent {
  readonly kind: AssetEventKind;
  readonly assetId: string;
}

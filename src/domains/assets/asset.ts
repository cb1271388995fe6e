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
}

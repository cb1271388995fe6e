import type { ActorRef } from '../../core/viewer.js';
import type { SealedNames } from '../vault/sealed-names.js';

export const assetTypes = ['DOCUMENT', 'IMAGE', 'AUDIO', 'VIDEO', 'OTHER'] as const;
export type AssetType = (typeof assetTypes)[number];

export const scanStatuses = ['PENDING', 'CLEAN', 'BLOCKED'] as const;
export type ScanStatus = (typeof scanStatuses)[number];

/** A stored file. Its bytes are at `storageKey`, which nobody outside was ever given a URL to write to. */
export interface Asset {
  readonly id: string;
  readonly orgId: string;
  /** In one agent's memory of one person: null in a space. Exactly one of `memoryId` and `spaceId` is there. */
  readonly memoryId: string | null;
  /** The memory's person; null in a space. */
  readonly userId: string | null;
  readonly spaceId: string | null;
  /** null in the space's root, and in a memory. */
  readonly folderId: string | null;
  /** The memory's agent; in a space the one that generated it, if any did. */
  readonly agentUrn: string | null;
  /** The agent's execution that generated it. */
  readonly executionId: string | null;
  /** Who made it for the agent, such as elevenlabs or fal. */
  readonly provider: string | null;
  /** Of the execution: model, prompt, cost and the like. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Its id where `sealed` says what it is. */
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
  /** Only its stem, where `sealed` has the whole. */
  readonly storageKey: string;
  /** In an encrypted memory, until it is opened; null otherwise. */
  readonly sealed: SealedAsset | null;
  /** Of the object at `storageKey` when it was verified: reads are on this condition. */
  readonly etag: string;
  /** Whose bytes it has. */
  readonly uploadedBy: ActorRef;
  readonly createdAt: Date;
  /** When the bytes that it has now came in the place of others; null while it has its first. */
  readonly replacedAt: Date | null;
  readonly updatedAt: Date;
  /** How often it was deleted. */
  readonly deletions: number;
  /** In the trash since; null when not deleted. */
  readonly deletedAt: Date | null;
  /** Until when it can be restored; null when not deleted. */
  readonly restorableUntil: Date | null;
  /** Its bytes and its row are being deleted for good: nobody gets to see it any more. */
  readonly purgingAt: Date | null;
  /** Its bytes were found missing in storage then. */
  readonly bytesGoneAt: Date | null;
}

/** What is sealed of an asset. */
export interface SealedAsset extends SealedNames {
  /** null: hidden only, and not sealed yet. */
  readonly storageKey: string | null;
}

/** When the bytes that it has now were uploaded. */
export function uploadedAtOf({ replacedAt, createdAt }: Pick<Asset, 'replacedAt' | 'createdAt'>): Date {
  return replacedAt ?? createdAt;
}

/** What is left of an asset that was purged, so that whoever asks for it can be told. */
export interface PurgedAsset {
  readonly id: string;
  readonly orgId: string;
  readonly agentUrn: string | null;
  readonly userId: string | null;
  readonly spaceId: string | null;
  readonly executionId: string | null;
}

/** What agents put into spaces: in one execution, or one agent in all of its own. */
export type Generated = { readonly executionId: string } | { readonly agentUrn: string };

/** The memory or the space that it is in. */
export function ownerIdOf({ memoryId, spaceId }: Pick<Asset, 'memoryId' | 'spaceId'>): string {
  const ownerId = memoryId ?? spaceId;
  if (ownerId === null) throw new Error('an asset is neither in a memory nor in a space');
  return ownerId;
}

export const assetEventKinds = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'PURGED'] as const;
export type AssetEventKind = (typeof assetEventKinds)[number];

export interface AssetEvent {
  readonly kind: AssetEventKind;
  readonly assetId: string;
}

import type { ActorRef, UserViewer } from '../../core/viewer.js';

export const promptStatuses = ['PENDING', 'UPLOADING', 'UPLOADED', 'DECLINED', 'TIMEOUT'] as const;
export type PromptStatus = (typeof promptStatuses)[number];

/** Why a prompt ended as it did. */
export const promptReasons = [
  'USER',
  'AGENT_CANCELLED',
  'REVOKED',
  'NO_ANSWER',
  'UPLOAD_INCOMPLETE',
] as const;
export type PromptReason = (typeof promptReasons)[number];

export const uploadOutcomes = ['UPLOADED', 'DECLINED', 'TIMEOUT'] as const;
export type UploadOutcome = (typeof uploadOutcomes)[number];

/** An agent's question to a person for a file, and its answer. */
export interface UploadPrompt {
  readonly id: string;
  readonly orgId: string;
  readonly agentUrn: string;
  readonly userId: string;
  readonly memoryId: string;
  /** Grows by one with every change. */
  readonly version: number;
  readonly status: PromptStatus;
  readonly reason: PromptReason | null;
  readonly note: string | null;
  readonly conversationId: string | null;
  readonly prompt: string;
  readonly allowedMimeTypes: readonly string[];
  readonly maxSizeBytes: number;
  readonly minFiles: number;
  readonly maxFiles: number;
  readonly createdAt: Date;
  /** The deadline while PENDING. */
  readonly expiresAt: Date;
  /** The deadline while UPLOADING. */
  readonly hardExpiresAt: Date;
  readonly seenAt: Date | null;
  readonly resolvedAt: Date | null;
  /** null also when time ended it. */
  readonly resolvedBy: ActorRef | null;
  readonly resolvedSessionId: string | null;
  /** Of a prompt for one file: the upload that holds it while UPLOADING; the one that answered it once UPLOADED. */
  readonly uploadId: string | null;
  /** Of a prompt for several files: the session that holds it while UPLOADING, or did when it ended. */
  readonly holderSessionId: string | null;
  /** Open although its deadline is over, by the database's clock when it was read: whoever sees that ends it. */
  readonly isDue: boolean;
  /** Hash of the input it was asked with, to tell a retry from another question under the same key. */
  readonly inputHash: string;
}

/** What keeps others from a prompt that is UPLOADING: its one upload, or the session of several. */
export type Hold = { readonly uploadId: string } | { readonly sessionId: string };

/** null while nobody holds it. */
export function holdOf({ status, uploadId, holderSessionId }: UploadPrompt): Hold | null {
  if (status !== 'UPLOADING') return null;
  if (uploadId !== null) return { uploadId };
  return holderSessionId === null ? null : { sessionId: holderSessionId };
}

/** What the waiting agent gets: exactly one per prompt. */
export interface UploadResult {
  readonly promptId: string;
  readonly outcome: UploadOutcome;
  readonly reason: PromptReason | null;
  readonly note: string | null;
  readonly resolvedAt: Date;
}

export function isOpen(prompt: UploadPrompt): boolean {
  return prompt.status === 'PENDING' || prompt.status === 'UPLOADING';
}

/** Whether this session has answered it, which it may repeat. */
export function isOwnAnswer({ status, resolvedSessionId }: UploadPrompt, { sessionId }: UserViewer): boolean {
  return status === 'UPLOADED' && resolvedSessionId === sessionId;
}

/** Of one that has ended: whether uploads held it, rather than nobody, as when it was answered by what the memory has. */
export function wasHeld({ uploadId, holderSessionId }: UploadPrompt): boolean {
  return uploadId !== null || holderSessionId !== null;
}

/** The answer, once there is one. */
export function toResult(prompt: UploadPrompt): UploadResult | null {
  if (prompt.status === 'PENDING' || prompt.status === 'UPLOADING' || prompt.resolvedAt === null) return null;
  return {
    promptId: prompt.id,
    outcome: prompt.status,
    reason: prompt.reason,
    note: prompt.note,
    resolvedAt: prompt.resolvedAt,
  };
}

import type * as generated from './generated/types.js';
import type { UploadPromptReason } from './generated/schema.js';

export type Actor = generated.ActorFieldsFragment;
export type Asset = generated.AssetFieldsFragment;
export type UploadPrompt = generated.UploadPromptFieldsFragment;
export type UploadPromptEvent = generated.UploadPromptsSubscription['uploadPrompts'];
/** What one agent remembers of one person. `unlocked` is said of the caller's own session. */
export type Memory = generated.MemoryFieldsFragment;
export type Viewer = generated.ViewerQuery['viewer'];
export type DownloadUrl = generated.CreateDownloadUrlMutation['createDownloadUrl'];
/** One request, to be made as given: method, URL and every header to the letter. */
export type PresignedRequest = NonNullable<generated.UploadFieldsFragment['request']>;

/** How a large file is cut: parts 1 to `partCount` of equal size, the last is the rest. */
export type MultipartPlan = NonNullable<generated.UploadFieldsFragment['multipart']>;

export type {
  ActorKind,
  AssetOrder,
  AssetType,
  ContentDisposition,
  OrgRole,
  ScanStatus,
  UploadPromptReason,
  UploadPromptStatus,
} from './generated/schema.js';

interface ResultBase {
  readonly promptId: string;
  /** ISO 8601. */
  readonly resolvedAt: string;
}

/** The one answer to a prompt, the same whenever it is read again. Switch on `outcome`. */
export type UploadResult =
  | (ResultBase & {
      readonly outcome: 'UPLOADED';
      readonly assets: readonly [Asset, ...Asset[]];
      /** The first of `assets`. */
      readonly asset: Asset;
    })
  | (ResultBase & {
      readonly outcome: 'DECLINED';
      /** `USER`: the person said no. `AGENT_CANCELLED`, `REVOKED`: it was taken back. */
      readonly reason: UploadPromptReason | null;
      /** What the person wrote along, plain text. */
      readonly note: string | null;
    })
  | (ResultBase & {
      readonly outcome: 'TIMEOUT';
      /** `NO_ANSWER`, or `UPLOAD_INCOMPLETE` when bytes were still on their way. */
      readonly reason: UploadPromptReason | null;
    });

import { AskfileError, type UploadPrompt } from '../../client/index.js';
import type { AnswerOfPromptQuery } from './generated/types.js';

interface AboutPrompt {
  readonly promptId: string;
  readonly conversationId: string | null;
}

export type GivenAsset = NonNullable<AnswerOfPromptQuery['uploadPrompt']>['assets'][number];

/** What the page is told, by the name of the event: what happened, never a byte of a file. */
export interface AskfileEvents {
  /** A request has appeared. */
  'askfile-prompt': AboutPrompt & {
    readonly agentUrn: string;
    readonly agentName: string;
    readonly prompt: string;
    /** ISO 8601. */
    readonly expiresAt: string;
  };
  /** Answered with files, here or on another device. */
  'askfile-uploaded': AboutPrompt & {
    readonly outcome: 'UPLOADED';
    /** Empty where they could not be read any more. */
    readonly assets: readonly GivenAsset[];
  };
  /** `USER`: the person said no. `AGENT_CANCELLED`, `REVOKED`: it was taken back. */
  'askfile-declined': AboutPrompt & { readonly outcome: 'DECLINED'; readonly reason: UploadPrompt['reason'] };
  'askfile-timeout': AboutPrompt & { readonly outcome: 'TIMEOUT'; readonly reason: UploadPrompt['reason'] };
  /**
   * Without `promptId`, nothing can be shown: UNAUTHENTICATED until `token` is set again, SERVICE_UNREACHABLE until
   * it is there. With it, sending was refused, and the person sees why.
   */
  'askfile-error': { readonly code: string; readonly message: string; readonly promptId?: string };
}

export type Tell = <Name extends keyof AskfileEvents>(name: Name, detail: AskfileEvents[Name]) => void;

export const aboutPrompt = ({ id, conversationId }: UploadPrompt): AboutPrompt => ({
  promptId: id,
  conversationId,
});

export function toErrorDetail(error: unknown): AskfileEvents['askfile-error'] {
  if (error instanceof AskfileError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED_ERROR', message: error instanceof Error ? error.message : String(error) };
}

import type { UploadPolicyInput } from '../../../client/generated/schema.js';
import type { LimitsFragment } from '../generated/types.js';
import {
  fromAmount,
  sizeUnits,
  timeUnits,
  toAmount,
  toAmountProblem,
  type Amount,
} from '../words/amounts.js';

/** A policy as it is being typed. */
export interface PolicyDraft {
  readonly maxSize: Amount;
  readonly types: readonly string[];
  readonly timeout: Amount;
}

export function toDraft(policy: LimitsFragment): PolicyDraft {
  return {
    maxSize: toAmount(policy.maxSizeBytes, sizeUnits),
    types: policy.allowedMimeTypes,
    timeout: toAmount(policy.promptTimeoutSeconds, timeUnits),
  };
}

export type DraftProblems = Partial<Record<keyof PolicyDraft, string>>;

/** What can't even be asked for; whatever else is wrong is for the service to say. */
export function findProblems({ maxSize, types, timeout }: PolicyDraft): DraftProblems {
  const sizeProblem = toAmountProblem(maxSize, sizeUnits);
  const timeoutProblem = toAmountProblem(timeout, timeUnits);
  return {
    ...(sizeProblem !== undefined && { maxSize: sizeProblem }),
    ...(types.length === 0 && { types: 'Allow one type at least, or switch asking off above.' }),
    ...(timeoutProblem !== undefined && { timeout: timeoutProblem }),
  };
}

/**
 * What differs from the policy that holds: what is the same as the service's own limit becomes null, so that it
 * follows that limit from then on. Empty where nothing differs.
 */
export function toInput(
  draft: PolicyDraft,
  policy: LimitsFragment,
  limits: LimitsFragment,
): UploadPolicyInput {
  const maxSizeBytes = fromAmount(draft.maxSize, sizeUnits);
  const promptTimeoutSeconds = fromAmount(draft.timeout, timeUnits);
  return {
    ...(maxSizeBytes !== policy.maxSizeBytes && {
      maxSizeBytes: maxSizeBytes === limits.maxSizeBytes ? null : maxSizeBytes,
    }),
    ...(!isSameSet(draft.types, policy.allowedMimeTypes) && {
      allowedMimeTypes: isSameSet(draft.types, limits.allowedMimeTypes) ? null : draft.types,
    }),
    ...(promptTimeoutSeconds !== policy.promptTimeoutSeconds && {
      promptTimeoutSeconds:
        promptTimeoutSeconds === limits.promptTimeoutSeconds ? null : promptTimeoutSeconds,
    }),
  };
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

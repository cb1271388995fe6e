import { follow } from './follow.js';
import {
  AwaitUpload,
  GetUploadPrompt,
  UploadPromptProgress,
  UploadResult as UploadResultDocument,
} from './generated/documents.js';
import type { UploadResultFieldsFragment } from './generated/types.js';
import { AskfileError } from './errors.js';
import { tiedController } from './abort.js';
import type { Execute } from './http.js';
import type { RetryPolicy } from './retry.js';
import type { Subscribe } from './subscriptions.js';
import type { UploadPrompt, UploadResult } from './types.js';

/** Well below what proxies allow one answer to take; the service allows 45. */
const LONG_POLL_SECONDS = 25;
/** While somebody looks at the progress, which is read between two polls. */
const SHORT_POLL_SECONDS = 5;

export interface Waiting {
  readonly execute: Execute;
  readonly subscribe: Subscribe;
  readonly policy: RetryPolicy;
}

/**
 * Waits for the one result of a prompt, over the socket or by long polling. The service sees to it that there is
 * one soon after the prompt's deadline; it may be unreachable for as long as the prompt lives before we give up.
 */
export async function awaitResult(
  { execute, subscribe, policy }: Waiting,
  prompt: UploadPrompt,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: ((prompt: UploadPrompt) => void) | undefined },
): Promise<UploadResult> {
  const promptId = prompt.id;
  let version = 0;
  const report = (seen: UploadPrompt | null) => {
    if (seen === null || seen.version <= version) return;
    version = seen.version;
    onProgress?.(seen);
  };
  report(prompt);

  async function listen(): Promise<UploadResult | undefined> {
    let result: UploadResult | undefined;
    const progress = tiedController(signal);
    if (onProgress !== undefined) {
      const onNext = (data: { uploadPromptProgress: UploadPrompt }) => report(data.uploadPromptProgress);
      // Only news: when it fails, so does the result beside it, or it is read on the next occasion.
      subscribe(UploadPromptProgress, { promptId }, { onNext, signal: progress.signal }).catch(() => {});
    }
    try {
      const onNext = (data: { uploadResult: UploadResultFieldsFragment }) => {
        result = toUploadResult(data.uploadResult);
      };
      await subscribe(UploadResultDocument, { promptId }, { onNext, signal });
    } catch (error) {
      if (result === undefined) throw error;
    } finally {
      progress.abort(undefined);
      progress.dispose();
    }
    return result;
  }

  async function look(isPatient: boolean): Promise<UploadResult | undefined> {
    const patience = onProgress === undefined ? LONG_POLL_SECONDS : SHORT_POLL_SECONDS;
    const waitSeconds = isPatient ? patience : 0;
    const timeoutMs = (waitSeconds + 15) * 1000;
    const { awaitUpload } = await execute(AwaitUpload, { promptId, waitSeconds }, { signal, timeoutMs });
    if (awaitUpload !== null) return toUploadResult(awaitUpload);
    if (onProgress !== undefined)
      report((await execute(GetUploadPrompt, { id: promptId }, { signal })).uploadPrompt);
    return undefined;
  }

  // Of the service's clock, both: only their distance counts here.
  const outageMs = Date.parse(prompt.hardExpiresAt) - Date.parse(prompt.createdAt);
  return follow({ listen, look, policy, outageMs, signal });
}

export function toUploadResult(sent: UploadResultFieldsFragment): UploadResult {
  const { promptId, outcome, reason, note, resolvedAt } = sent;
  switch (outcome) {
    case 'UPLOADED': {
      const [asset, ...others] = sent.assets;
      if (asset === undefined) {
        throw new AskfileError(
          'ASSET_BYTES_GONE',
          'The prompt was answered, and its files were purged since.',
        );
      }
      return { promptId, outcome, assets: [asset, ...others], asset, resolvedAt };
    }
    case 'DECLINED':
      return { promptId, outcome, reason, note, resolvedAt };
    case 'TIMEOUT':
      return { promptId, outcome, reason, resolvedAt };
  }
}

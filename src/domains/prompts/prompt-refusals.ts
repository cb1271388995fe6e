import { AppError } from '../../core/errors.js';
import { isOpen, type UploadPrompt } from './prompt.js';

/**
 * Tells who lost what became of the prompt: PROMPT_ALREADY_RESOLVED with the outcome, or UPLOAD_IN_PROGRESS when
 * another session holds it.
 */
export function refusalOf(prompt: UploadPrompt): AppError {
  if (!isOpen(prompt)) {
    const { id: promptId, status: outcome, reason, resolvedAt, resolvedBy } = prompt;
    return new AppError('PROMPT_ALREADY_RESOLVED', endings[prompt.status] ?? 'This request has ended.', {
      extensions: { promptId, outcome, reason, resolvedAt: resolvedAt?.toISOString() ?? null, resolvedBy },
    });
  }
  return new AppError('UPLOAD_IN_PROGRESS', 'A file for this request is being uploaded in another session.', {
    extensions: { promptId: prompt.id },
  });
}

const endings: Partial<Record<UploadPrompt['status'], string>> = {
  UPLOADED: 'This request was answered with a file already.',
  DECLINED: 'This request was declined or withdrawn already.',
  TIMEOUT: 'The time to answer this request is over.',
};

import { badInput } from '../../core/errors.js';

/** More than this no prompt takes. */
export const maxFilesOfPrompt = 20;

export interface FileCounts {
  /** At least 1. */
  readonly minFiles: number;
  /** At least `minFiles`; 1 for a prompt that its one upload resolves. */
  readonly maxFiles: number;
}

/** How many files a prompt takes, one by default. Throws BAD_USER_INPUT with the field. */
export function parseFileCounts(input: {
  minFiles?: number | null | undefined;
  maxFiles?: number | null | undefined;
}): FileCounts {
  const minFiles = input.minFiles ?? 1;
  const maxFiles = input.maxFiles ?? 1;
  if (!Number.isInteger(minFiles) || minFiles < 1) {
    throw badInput('input.minFiles', 'Ask for at least 1 file.');
  }
  if (!Number.isInteger(maxFiles) || maxFiles > maxFilesOfPrompt) {
    throw badInput('input.maxFiles', `Ask for ${maxFilesOfPrompt} files at most.`);
  }
  if (maxFiles < minFiles) {
    throw badInput('input.maxFiles', 'At most must not be less than at least: maxFiles is below minFiles.');
  }
  return { minFiles, maxFiles };
}

/** Such as `2 files`, `1 file`. */
export function inFiles(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** Such as `2 to 5 files`, `3 files`. */
export function inCounts({ minFiles, maxFiles }: FileCounts): string {
  return minFiles === maxFiles ? inFiles(maxFiles) : `${minFiles} to ${maxFiles} files`;
}

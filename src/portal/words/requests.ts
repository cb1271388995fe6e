import type { UploadPrompt } from '../../client/index.js';
import type { EndedPrompt } from '../state/feed.js';
import type { FileProblem } from '../state/file-checks.js';
import { toTypeNames } from './file-types.js';
import { toSize } from './size.js';

/** What the request takes: "PDF, up to 50 MB". */
export function toLimits({ allowedMimeTypes, maxSizeBytes, minFiles, maxFiles }: UploadPrompt): string {
  const count = maxFiles === 1 ? '' : `${toFileCount(minFiles, maxFiles)} · `;
  return `${count}${toTypeNames(allowedMimeTypes)} · up to ${toSize(maxSizeBytes)}${maxFiles === 1 ? '' : ' each'}`;
}

export function toFileCount(min: number, max: number): string {
  if (min === max) return min === 1 ? '1 file' : `${min} files`;
  return `${min} to ${max} files`;
}

/** "1 file is on its way", "3 files are on their way". */
export function toUnsent(count: number): string {
  return count === 1 ? '1 file is on its way' : `${count} files are on their way`;
}

export function toProblem(
  problem: FileProblem,
  { allowedMimeTypes, maxSizeBytes }: Pick<UploadPrompt, 'allowedMimeTypes' | 'maxSizeBytes'>,
): string {
  switch (problem) {
    case 'empty':
      return 'This file is empty.';
    case 'too-large':
      return `This file is too large: up to ${toSize(maxSizeBytes)} can be sent.`;
    case 'wrong-type':
      return `This kind of file can't be sent here, only ${toTypeNames(allowedMimeTypes)}.`;
  }
}

/** What became of a request. */
export function toEndingWords({ prompt, ending }: EndedPrompt): { title: string; good: boolean } {
  const { name } = prompt.agent;
  switch (ending) {
    case 'sent':
      return { title: `Sent to ${name}`, good: true };
    case 'answered-elsewhere':
      return { title: 'Answered on another device', good: true };
    case 'declined':
      return { title: 'You declined', good: false };
    case 'declined-elsewhere':
      return { title: 'Declined on another device', good: false };
    case 'timed-out':
      return { title: 'The time to answer is over', good: false };
    case 'taken-back':
      return { title: `${name} no longer needs this`, good: false };
    case 'switched-off':
      return { title: `${name} may no longer ask for files`, good: false };
  }
}

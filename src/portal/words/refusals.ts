import { AskfileError, type AskfileErrorCode } from '../../client/index.js';

/** What the person can do about it. */
export type NextStep = 'again' | 'choose' | 'take-over' | 'nothing';

export interface Refusal {
  readonly title: string;
  readonly advice: string;
  readonly next: NextStep;
}

const choose = 'choose';
const again = 'again';
const nothing = 'nothing';

const words: Readonly<Partial<Record<AskfileErrorCode, Refusal>>> = {
  FILE_TOO_LARGE: { title: 'This file is too large', advice: 'Choose a smaller one.', next: choose },
  MIME_TYPE_NOT_ALLOWED: {
    title: "This kind of file can't be sent here",
    advice: 'Choose one of the kinds named above.',
    next: choose,
  },
  UPLOAD_MISMATCH: {
    title: 'This file is not what its name says',
    advice: 'It may be damaged, have the wrong ending, or have changed meanwhile. Choose another one.',
    next: choose,
  },
  SCAN_BLOCKED: {
    title: 'The security check has blocked this file',
    advice: 'It was not passed on. Choose another one.',
    next: choose,
  },
  ASSET_BYTES_GONE: { title: 'This file is gone', advice: 'Choose another one.', next: choose },
  QUOTA_EXCEEDED: {
    title: 'Your organization has no space left',
    advice: 'Choose a smaller file, or ask an admin of your organization for more space.',
    next: choose,
  },
  UPLOAD_IN_PROGRESS: {
    title: 'A file is being sent from another device',
    advice: 'You can leave it at that, or send this one instead.',
    next: 'take-over',
  },
  UPLOAD_NOT_FOUND: {
    title: 'Sending was stopped',
    advice: 'It took too long, or was ended on another device. Nothing was passed on.',
    next: again,
  },
  PROMPT_ALREADY_RESOLVED: {
    title: 'This request has ended',
    advice: 'Your file was not passed on.',
    next: nothing,
  },
  NOT_FOUND: { title: 'This request is gone', advice: 'Your file was not passed on.', next: nothing },
  MEMORY_LOCKED: {
    title: 'This memory is locked',
    advice: 'Enter its password to go on. The request stays open meanwhile.',
    next: again,
  },
  WRONG_PASSWORD: {
    title: 'This is not the password of this memory',
    advice: 'Check it, then enter it again. Nobody can tell you a password that you have forgotten.',
    next: again,
  },
  PERMISSION_DENIED: {
    title: 'You may not answer this',
    advice: 'Ask an admin of your organization.',
    next: nothing,
  },
  UNAUTHENTICATED: {
    title: 'Your sign-in has ended',
    advice: 'Sign in again; the request is still here then.',
    next: nothing,
  },
  UPLOAD_FAILED: {
    title: "The file didn't get through",
    advice: 'Check your connection, then try again.',
    next: again,
  },
  SERVICE_UNREACHABLE: {
    title: "Askfile can't be reached",
    advice: 'Check your connection, then try again.',
    next: again,
  },
  STORAGE_UNAVAILABLE: {
    title: 'The file store is not available right now',
    advice: 'Try again in a moment.',
    next: again,
  },
  RATE_LIMITED: { title: 'That was a lot at once', advice: 'Try again in a moment.', next: again },
  INTERNAL_SERVER_ERROR: {
    title: 'Something went wrong on our side',
    advice: 'Try again. Nothing was passed on.',
    next: again,
  },
};

/** A failure in words for the person whom it happens to. */
export function toRefusal(error: unknown): Refusal {
  if (!(error instanceof AskfileError)) return { ...unknown, advice: 'Try again.' };
  // Codes of a newer service are strings that the table does not know.
  const known = words[error.code as AskfileErrorCode];
  return known ?? { ...unknown, advice: error.message };
}

const unknown = { title: "That didn't work", next: again } as const;

/** Whether the upload may have ended because another device has taken the request over, the request being held. */
export function isTakenOver(error: unknown): boolean {
  if (!(error instanceof AskfileError)) return false;
  // Storage knows nothing of it any more, or the service says so itself.
  const isGone = error.code === 'UPLOAD_FAILED' && error.extensions['status'] === 404;
  return isGone || error.code === 'UPLOAD_NOT_FOUND' || error.code === 'UPLOAD_IN_PROGRESS';
}

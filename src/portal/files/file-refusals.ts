import { AskfileError } from '../../client/index.js';
import { toRefusal } from '../words/refusals.js';

interface Words {
  readonly title: string;
  readonly advice: string;
}

/** Where the words for answering a request do not fit what is done with files. */
const words: Readonly<Record<string, Words>> = {
  NAME_TAKEN: { title: 'There is a folder of that name already', advice: 'Choose another name.' },
  NOT_FOUND: {
    title: 'This is not there any more',
    advice: 'It was deleted or moved meanwhile, or is not shared with you.',
  },
  PERMISSION_DENIED: {
    title: 'You may not do this here',
    advice: 'Ask an admin of your organization for permission.',
  },
  FOLDER_NOT_EMPTY: { title: 'The folder is not empty', advice: 'Delete what is in it first.' },
  ASSET_BYTES_GONE: {
    title: 'This file is gone for good',
    advice: 'Its time in the trash is over, or the file store has lost it.',
  },
  SCAN_PENDING: { title: 'This file is still being checked', advice: 'Try again in a few seconds.' },
  SCAN_BLOCKED: {
    title: 'The security check has blocked this file',
    advice: 'It can’t be opened or downloaded.',
  },
  MEMORY_LOCKED: { title: 'This memory is locked', advice: 'Enter its password to go on.' },
  UNAUTHENTICATED: { title: 'Your sign-in has ended', advice: 'Sign in again.' },
  SERVICE_UNREACHABLE: {
    title: "Askfile can't be reached",
    advice: 'Nothing was changed. Check your connection, then try again.',
  },
  INTERNAL_SERVER_ERROR: { title: 'Something went wrong on our side', advice: 'Try again.' },
  DOWNLOAD_FAILED: { title: 'The file did not come whole', advice: 'Try again.' },
};

/** Why something could not be done with files, in words for the person who tried. */
export function toFileRefusal(error: unknown): Words {
  if (!(error instanceof AskfileError)) return toRefusal(error);
  if (error.code === 'BAD_USER_INPUT') return { title: 'That does not work', advice: error.message };
  return words[error.code] ?? toRefusal(error);
}

/** The same in one line. */
export function toFileRefusalLine(error: unknown): string {
  const { title, advice } = toFileRefusal(error);
  return `${title}. ${advice}`;
}

import { AskfileError } from '../../client/index.js';
import { toRefusal } from '../words/refusals.js';
import { toSize } from '../words/size.js';
import { toTimeLeft } from '../words/time.js';
import { toTotals, type UploadItem } from './upload-item.js';
import type { UploadsState } from './upload-queue.js';

export interface UploadRefusal {
  readonly title: string;
  readonly advice: string;
  /** Whether the same may succeed when it is tried again. */
  readonly canRetry: boolean;
}

/** Where the words for answering a request do not fit what goes into a space. */
const words: Readonly<Record<string, UploadRefusal>> = {
  UPLOAD_MISMATCH: {
    title: 'The file is not what its name says',
    advice: 'It may be damaged, have the wrong ending, or have changed meanwhile.',
    canRetry: false,
  },
  MIME_TYPE_NOT_ALLOWED: {
    title: "This kind of file can't be kept here",
    advice: 'Choose another one.',
    canRetry: false,
  },
  QUOTA_EXCEEDED: {
    title: 'Your organization has no space left',
    advice: 'Make room, such as in the trash, or ask an admin for more. Then try again.',
    canRetry: true,
  },
  NOT_FOUND: {
    title: 'The folder is gone',
    advice: 'It was deleted meanwhile, or is not shared with you any more. Upload it to another place.',
    canRetry: false,
  },
  NAME_TAKEN: {
    title: 'A folder of that name came in between',
    advice: 'Try again, and the files go into it.',
    canRetry: true,
  },
  PERMISSION_DENIED: {
    title: 'You may not add files here',
    advice: 'Ask an admin of your organization for permission, then try again.',
    canRetry: true,
  },
  UPLOAD_NOT_FOUND: { title: 'Sending was stopped', advice: 'It took too long. Try again.', canRetry: true },
  UNAUTHENTICATED: {
    title: 'Your sign-in has ended',
    advice: 'Sign in, then upload it again.',
    canRetry: true,
  },
  INTERNAL_SERVER_ERROR: {
    title: 'Something went wrong on our side',
    advice: 'Nothing was kept. Try again.',
    canRetry: true,
  },
};

/** Why something could not be uploaded, and what can be done about it. */
export function toUploadRefusal(error: unknown, { kind }: Pick<UploadItem, 'kind'>): UploadRefusal {
  if (error instanceof AskfileError) {
    const { code, extensions, message } = error;
    if (code === 'FILE_TOO_LARGE') {
      const { maxSizeBytes } = extensions;
      const advice = typeof maxSizeBytes === 'number' ? `Up to ${toSize(maxSizeBytes)} can be kept.` : '';
      return { title: 'The file is too large', advice, canRetry: false };
    }
    if (code === 'BAD_USER_INPUT' && extensions['field'] === 'file.sizeBytes') {
      return { title: 'The file is empty', advice: 'There is nothing in it to keep.', canRetry: false };
    }
    if (code === 'BAD_USER_INPUT') {
      const title = kind === 'folder' ? "The folder can't be made" : "It can't be kept like this";
      return { title, advice: message, canRetry: false };
    }
    const known = words[code];
    if (known !== undefined) return known;
  }
  const { title, advice } = toRefusal(error);
  return { title, advice, canRetry: true };
}

/** "12 files", "1 file and 2 folders". */
export function toCount(items: readonly Pick<UploadItem, 'kind'>[]): string {
  const folders = items.filter(({ kind }) => kind === 'folder').length;
  const files = items.length - folders;
  const parts = [files > 0 ? plural(files, 'file') : '', folders > 0 ? plural(folders, 'folder') : ''];
  return parts.filter((part) => part !== '').join(' and ');
}

/** What it all has come to, in a few words. */
export function toHeadline({ items, totals, isPaused, isOffline }: UploadsState): string {
  const { counts } = totals;
  const left = counts.sending + counts.waiting;
  if (left > 0) {
    if (isOffline) return 'Waiting for the connection';
    const of = items.filter(({ phase }) => phase === 'sending' || phase === 'waiting');
    return `${isPaused ? 'Paused' : 'Uploading'}: ${toCount(of)} left`;
  }
  if (counts.failed > 0) return `${toCount(items.filter(({ phase }) => phase === 'failed'))} not uploaded`;
  if (counts.interrupted > 0) return `${plural(counts.interrupted, 'upload')} interrupted`;
  return `${toCount(items)} uploaded`;
}

/** "45 MB of 200 MB · 12 MB/s · about a minute left". */
export function toProgressWords({ totals, rate, isPaused, isOffline }: UploadsState): string {
  const { sentBytes, totalBytes } = totals;
  const amount = `${toSize(sentBytes)} of ${toSize(totalBytes)}`;
  if (isPaused || isOffline || rate === undefined) return amount;
  return `${amount} · ${toSize(rate.bytesPerSecond)}/s · ${toTimeLeft(rate.secondsLeft)}`;
}

/** The second line of one of them, unless it has failed. */
export function toItemWords(
  item: UploadItem,
  { isPaused, isOffline }: Pick<UploadsState, 'isPaused' | 'isOffline'>,
): string {
  const { kind, phase, sizeBytes, sentBytes, rate, destination } = item;
  const { name, replaces } = destination;
  const place = [name, ...(kind === 'folder' ? item.path.slice(0, -1) : item.path)].join(' / ');
  switch (phase) {
    case 'waiting':
      return kind === 'folder' ? `Waiting · to ${place}` : `Waiting · ${toSize(sizeBytes)} · to ${place}`;
    case 'sending': {
      if (kind === 'folder') return 'Making the folder…';
      if (sentBytes === sizeBytes) return 'Checking that it has arrived whole…';
      const amount = `${toSize(sentBytes)} of ${toSize(sizeBytes)}`;
      if (isPaused || item.isPaused) return `Paused · ${amount}`;
      if (isOffline) return `Waiting for the connection · ${amount}`;
      if (rate === undefined) return amount;
      return `${amount} · ${toSize(rate.bytesPerSecond)}/s · ${toTimeLeft(rate.secondsLeft)}`;
    }
    case 'done':
      if (replaces !== undefined) return `Takes the place of ${replaces.filename} once it has been checked`;
      return kind === 'folder' ? `Made in ${place}` : `${toSize(sizeBytes)} · in ${place}`;
    case 'interrupted':
      return `Interrupted at ${toSize(sentBytes)} of ${toSize(sizeBytes)}. Choose it again, and it goes on there.`;
    case 'failed':
      return '';
  }
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** Of many, those that are not shown one by one: "3,120 more: 40 waiting, 3,080 uploaded". */
export function toRestWords(items: readonly UploadItem[], shown: readonly UploadItem[]): string {
  const counts = { all: toTotals(items).counts, shown: toTotals(shown).counts };
  const names = {
    waiting: 'waiting',
    sending: 'being sent',
    failed: 'not uploaded',
    interrupted: 'interrupted',
    done: 'uploaded',
  };
  const phases = ['waiting', 'sending', 'failed', 'interrupted', 'done'] as const;
  const rest = phases
    .map((phase) => ({ name: names[phase], count: counts.all[phase] - counts.shown[phase] }))
    .filter(({ count }) => count > 0);
  const number = (count: number) => count.toLocaleString('en');
  const more = number(items.length - shown.length);
  return `And ${more} more: ${rest.map(({ name, count }) => `${number(count)} ${name}`).join(', ')}`;
}

/** For those who can't see the tray: how it began, what goes wrong, and how it ended; not every step. */
export function toAnnouncement({ items, totals: { counts }, isPaused, isOffline }: UploadsState): string {
  const failed = counts.failed === 0 ? '' : ` ${counts.failed} could not be uploaded.`;
  if (counts.sending + counts.waiting > 0) {
    const how = isOffline
      ? 'Uploads wait for the connection.'
      : isPaused
        ? 'Uploads are paused.'
        : 'Uploading.';
    return how + failed;
  }
  const done = items.filter(({ phase }) => phase === 'done');
  return `${done.length === 0 ? '' : `${toCount(done)} uploaded.`}${failed}`.trim();
}

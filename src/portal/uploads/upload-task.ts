import { AskfileError, createPauseSwitch, type PauseSwitch } from '../../client/index.js';
import { makeRate } from '../state/rate.js';
import type { Interrupted } from './interrupted.js';
import type { Destination } from './kept-uploads.js';
import type { UploadItem } from './upload-item.js';

/** One of the queue: what is shown of it, and what it takes to send it. */
export interface Task {
  item: UploadItem;
  /** undefined once it has arrived, for a folder, and while it must be chosen again. */
  file: File | undefined;
  readonly pause: PauseSwitch;
  readonly rate: ReturnType<typeof makeRate>;
  /** Only while it is being sent. */
  stop: AbortController | undefined;
  /** What it goes on with. */
  uploadId: string | undefined;
  interrupted: Interrupted | undefined;
}

/** As it was added. */
export type NewItem = Pick<UploadItem, 'kind' | 'name' | 'sizeBytes' | 'destination' | 'path'>;

export function makeTask(item: NewItem, key: string, now: () => number): Task {
  const start = {
    phase: 'waiting',
    sentBytes: 0,
    isPaused: false,
    rate: undefined,
    error: undefined,
  } as const;
  return {
    item: { ...item, ...start, key },
    file: undefined,
    pause: createPauseSwitch(),
    rate: makeRate(now),
    stop: undefined,
    uploadId: undefined,
    interrupted: undefined,
  };
}

/** Whether it was cut off while it sent this file to this place. */
export function isOfSame(
  { interrupted }: Task,
  { spaceId, folderId, replaces }: Destination,
  file: File,
): boolean {
  if (interrupted === undefined || !isSameFile(interrupted, file)) return false;
  const { destination } = interrupted;
  return (
    destination.spaceId === spaceId &&
    destination.folderId === folderId &&
    destination.replaces?.assetId === replaces?.assetId
  );
}

/** As far as can be told. */
export function isSameFile(interrupted: Interrupted, { name, size, lastModified }: File): boolean {
  return (
    interrupted.filename === name &&
    interrupted.sizeBytes === size &&
    interrupted.lastModified === lastModified
  );
}

/** As the service would refuse it. */
export function emptyFile(): AskfileError {
  return new AskfileError('BAD_USER_INPUT', 'The file is empty.', {
    extensions: { field: 'file.sizeBytes' },
  });
}

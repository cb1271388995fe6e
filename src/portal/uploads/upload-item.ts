import type { Rate } from '../state/rate.js';
import type { Destination } from './kept-uploads.js';

/** How far it has come; `interrupted`: an earlier page of this tab was sending it, and the file must be chosen again. */
export type UploadPhase = 'waiting' | 'sending' | 'done' | 'failed' | 'interrupted';

/** A file on its way, or a folder with nothing in it. */
export interface UploadItem {
  readonly key: string;
  readonly kind: 'file' | 'folder';
  readonly name: string;
  readonly sizeBytes: number;
  readonly destination: Destination;
  /** Folders beneath the destination, from the outermost. */
  readonly path: readonly string[];
  readonly phase: UploadPhase;
  readonly sentBytes: number;
  /** Held by the person; only while sending. */
  readonly isPaused: boolean;
  readonly rate: Rate | undefined;
  /** Why it failed. */
  readonly error: unknown;
}

export interface UploadTotals {
  readonly counts: Readonly<Record<UploadPhase, number>>;
  /** Of those that are waiting, being sent, or done. */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** All of them together. */
export function toTotals(items: readonly UploadItem[]): UploadTotals {
  const counts = { waiting: 0, sending: 0, done: 0, failed: 0, interrupted: 0 };
  let [sentBytes, totalBytes] = [0, 0];
  for (const { phase, sizeBytes, sentBytes: sent } of items) {
    counts[phase] += 1;
    if (phase === 'failed' || phase === 'interrupted') continue;
    totalBytes += sizeBytes;
    sentBytes += phase === 'done' ? sizeBytes : sent;
  }
  return { counts, sentBytes, totalBytes };
}

/** More rows than that would only be scrolled over. */
const maxShown = 40;

/**
 * Those to show: all of a few; of many, those that are being sent or want something of the person, then those that
 * come next. In the order in which they were added.
 */
export function selectShown(items: readonly UploadItem[]): readonly UploadItem[] {
  if (items.length <= maxShown) return items;
  const rank = { sending: 0, interrupted: 1, failed: 1, waiting: 2, done: 3 } as const;
  const shown = new Set<UploadItem>();
  for (const wanted of [0, 1, 2, 3]) {
    for (const item of items) {
      if (shown.size === maxShown) break;
      if (rank[item.phase] === wanted) shown.add(item);
    }
  }
  return items.filter((item) => shown.has(item));
}

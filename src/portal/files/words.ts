import type { AssetOrder, AssetType, Permission, ScanStatus } from '../../client/generated/schema.js';

export const orderNames: Readonly<Record<AssetOrder, string>> = {
  NEWEST: 'Newest first',
  OLDEST: 'Oldest first',
  NAME: 'By name',
  LARGEST: 'Largest first',
};

export const typeNames: Readonly<Record<AssetType, string>> = {
  DOCUMENT: 'Documents',
  IMAGE: 'Pictures',
  AUDIO: 'Audio',
  VIDEO: 'Video',
  OTHER: 'Other',
};

/** Of one file. */
export const kindNames: Readonly<Record<AssetType, string>> = {
  DOCUMENT: 'Document',
  IMAGE: 'Picture',
  AUDIO: 'Audio',
  VIDEO: 'Video',
  OTHER: 'File',
};

export const scanNames: Readonly<Record<ScanStatus, string>> = {
  PENDING: 'Being checked',
  CLEAN: 'Safe',
  BLOCKED: 'Blocked',
};

/** What one may do in a space, in one line. */
export function toPermissionWords(permissions: readonly Permission[]): string {
  const may = new Set(permissions);
  const words = [
    may.has('ASSETS_READ') ? 'see' : '',
    may.has('ASSETS_CREATE') ? 'add' : '',
    may.has('ASSETS_UPDATE') ? 'change' : '',
    may.has('ASSETS_DELETE') ? 'delete' : '',
  ].filter((word) => word !== '');
  const last = words.pop();
  if (last === undefined) return 'You may do nothing here';
  if (words.length === 0) return last === 'see' ? 'You may look, not change' : `You may ${last} files`;
  return `You may ${words.join(', ')} and ${last} files`;
}

/** "0:42", "1:02:09". */
export function toDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "14:05" today, "12 Nov" this year, "12 Nov 2025" before. */
export function toShortDate(iso: string, now: number): string {
  const date = new Date(iso);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) {
    return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  }
  const isThisYear = date.getFullYear() === today.getFullYear();
  return date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
  });
}

/** "12 November 2026 at 14:05". */
export function toLongDate(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
}

/** "12 Nov 2026", for a day such as 2026-11-12. */
export function toDay(day: string): string {
  // Without a time it would be taken for a day of Greenwich.
  return new Date(`${day}T00:00`).toLocaleDateString('en-GB', { dateStyle: 'medium' });
}

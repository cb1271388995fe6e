import type { StoredFile } from '../entry.js';

export type PreviewKind = 'image' | 'audio' | 'video' | 'pdf' | 'text';

const mebibyte = 1024 * 1024;

/** Held in memory whole while it is looked at: a download URL works once, so nothing can be read piece by piece. */
export const maxPreviewBytes: Readonly<Record<PreviewKind, number>> = {
  image: 100 * mebibyte,
  audio: 100 * mebibyte,
  video: 100 * mebibyte,
  pdf: 100 * mebibyte,
  text: mebibyte,
};

/**
 * What is shown as what. Pictures that can carry scripts (SVG) are not among them, and what is text is shown as text,
 * whatever it would be to a browser.
 */
const kinds: readonly (readonly [RegExp, PreviewKind])[] = [
  [/^image\/(jpeg|png|gif|webp|avif|bmp)$/, 'image'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
  [/^application\/pdf$/, 'pdf'],
  [/^text\//, 'text'],
  [/^application\/(json|xml|yaml|x-yaml)$/, 'text'],
];

/** undefined for what can only be downloaded. */
export function toPreviewKind({ mimeType }: Pick<StoredFile, 'mimeType'>): PreviewKind | undefined {
  return kinds.find(([pattern]) => pattern.test(mimeType))?.[1];
}

/** Whether it may be looked at now. */
export function canPreview(file: StoredFile): boolean {
  return file.scanStatus === 'CLEAN' && toPreviewKind(file) !== undefined;
}

export const processingStatuses = ['NONE', 'PENDING', 'DONE', 'FAILED'] as const;
export type ProcessingStatus = (typeof processingStatuses)[number];

/** How a file is read. What is of no such kind is not processed: its status is NONE. */
export const processingKinds = [
  'IMAGE',
  'PDF',
  'WORD',
  'SHEET',
  'SLIDES',
  'TEXT',
  'HTML',
  'AUDIO',
  'VIDEO',
] as const;
export type ProcessingKind = (typeof processingKinds)[number];

/** What was found out about an asset's bytes, once they were known to be safe. Its text is kept apart. */
export interface AssetProcessing {
  readonly assetId: string;
  readonly status: ProcessingStatus;
  /** Why it FAILED, or what is missing although it is DONE, in plain words. */
  readonly error: string | null;
  /** In pixels, as it is shown: after the turn that a camera noted. */
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
  readonly thumbnailKey: string | null;
}

/** Of what is not processed, or not yet. */
export function noProcessing(assetId: string): AssetProcessing {
  return {
    assetId,
    status: 'NONE',
    error: null,
    width: null,
    height: null,
    durationSeconds: null,
    thumbnailKey: null,
  };
}

/** A child that was killed this often by the same bytes is not sent after them again. */
export const maxAttempts = 3;

const office = 'application/vnd.openxmlformats-officedocument';
const openDocument = 'application/vnd.oasis.opendocument';

const kindByType: ReadonlyMap<string, ProcessingKind> = new Map([
  ['application/pdf', 'PDF'],
  [`${office}.wordprocessingml.document`, 'WORD'],
  [`${office}.wordprocessingml.template`, 'WORD'],
  ['application/vnd.ms-word.document.macroenabled.12', 'WORD'],
  ['application/vnd.ms-word.template.macroenabled.12', 'WORD'],
  [`${office}.spreadsheetml.sheet`, 'SHEET'],
  [`${office}.spreadsheetml.template`, 'SHEET'],
  ['application/vnd.ms-excel.sheet.macroenabled.12', 'SHEET'],
  ['application/vnd.ms-excel.template.macroenabled.12', 'SHEET'],
  [`${office}.presentationml.presentation`, 'SLIDES'],
  [`${office}.presentationml.template`, 'SLIDES'],
  [`${office}.presentationml.slideshow`, 'SLIDES'],
  ['application/vnd.ms-powerpoint.presentation.macroenabled.12', 'SLIDES'],
  ['application/vnd.ms-powerpoint.template.macroenabled.12', 'SLIDES'],
  ['application/vnd.ms-powerpoint.slideshow.macroenabled.12', 'SLIDES'],
  [`${openDocument}.text`, 'WORD'],
  [`${openDocument}.text-template`, 'WORD'],
  [`${openDocument}.spreadsheet`, 'SHEET'],
  [`${openDocument}.spreadsheet-template`, 'SHEET'],
  [`${openDocument}.presentation`, 'SLIDES'],
  [`${openDocument}.presentation-template`, 'SLIDES'],
  ['text/html', 'HTML'],
  ['application/xhtml+xml', 'HTML'],
  ['application/json', 'TEXT'],
  ['application/ld+json', 'TEXT'],
  ['application/geo+json', 'TEXT'],
  ['application/x-ndjson', 'TEXT'],
  ['application/yaml', 'TEXT'],
  ['application/x-subrip', 'TEXT'],
  ['application/xml', 'TEXT'],
  ['message/rfc822', 'TEXT'],
  ...['jpeg', 'png', 'apng', 'gif', 'webp', 'tiff', 'heic', 'heif', 'avif'].map(
    (name) => [`image/${name}`, 'IMAGE'] as const,
  ),
]);

/** By the verified MIME type; undefined for what is not processed. */
export function findProcessingKind(mimeType: string): ProcessingKind | undefined {
  const kind = kindByType.get(mimeType);
  if (kind !== undefined) return kind;
  // Notes to be played, not a recording.
  if (mimeType === 'audio/midi') return undefined;
  if (mimeType.startsWith('text/')) return 'TEXT';
  if (mimeType.startsWith('audio/')) return 'AUDIO';
  return mimeType.startsWith('video/') ? 'VIDEO' : undefined;
}

import { toTypeNames } from '../../words/file-types.js';

/** What people call a single type. */
const names: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/gif': 'GIF',
  'image/webp': 'WebP',
  'application/pdf': 'PDF',
  'text/plain': 'Plain text',
  'text/csv': 'CSV',
  'application/msword': 'Word (.doc)',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word (.docx)',
  'application/vnd.ms-excel': 'Excel (.xls)',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel (.xlsx)',
  'application/vnd.ms-powerpoint': 'PowerPoint (.ppt)',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint (.pptx)',
};

export const kinds = ['Documents', 'Pictures', 'Audio', 'Video', 'Other'] as const;
export type Kind = (typeof kinds)[number];

export interface TypeChoice {
  readonly mimeType: string;
  readonly name: string;
}

export interface KindOfTypes {
  readonly kind: Kind;
  readonly types: readonly TypeChoice[];
}

/** The types to choose from, by kind; kinds without any are missing. */
export function toChoices(mimeTypes: readonly string[]): KindOfTypes[] {
  return kinds
    .map((kind) => ({
      kind,
      types: mimeTypes
        .filter((mimeType) => toKind(mimeType) === kind)
        .map((mimeType) => ({ mimeType, name: toName(mimeType) })),
    }))
    .filter(({ types }) => types.length > 0);
}

function toKind(mimeType: string): Kind {
  if (mimeType.startsWith('image/')) return 'Pictures';
  if (mimeType.startsWith('audio/')) return 'Audio';
  if (mimeType.startsWith('video/')) return 'Video';
  const isDocument =
    mimeType.startsWith('text/') || /pdf|msword|officedocument|ms-|opendocument/.test(mimeType);
  return isDocument ? 'Documents' : 'Other';
}

function toName(mimeType: string): string {
  if (mimeType.endsWith('/*')) return `All ${toTypeNames([mimeType])}`;
  return names[mimeType] ?? mimeType;
}

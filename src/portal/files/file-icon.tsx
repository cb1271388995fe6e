import {
  File,
  FileArchive,
  FileSpreadsheet,
  FileText,
  FileVideo,
  Folder,
  Image,
  Music,
  Presentation,
  type LucideIcon,
} from 'lucide-react';
import type { Entry, StoredFile } from './entry.js';

const byType: Readonly<Record<StoredFile['type'], LucideIcon>> = {
  DOCUMENT: FileText,
  IMAGE: Image,
  AUDIO: Music,
  VIDEO: FileVideo,
  OTHER: File,
};

const byMimeType: readonly (readonly [RegExp, LucideIcon])[] = [
  [/spreadsheet|ms-excel|text\/csv/, FileSpreadsheet],
  [/presentation|ms-powerpoint/, Presentation],
  [/zip|x-tar|gzip|x-7z/, FileArchive],
];

/** What stands for a file that has no picture of its own, and for folders. */
export function EntryIcon({ entry, size }: { entry: Entry; size: number }) {
  if (entry.kind === 'folder') return <Folder aria-hidden size={size} className="icon-folder" />;
  return <FileIcon file={entry.file} size={size} />;
}

export function FileIcon({ file, size }: { file: Pick<StoredFile, 'mimeType' | 'type'>; size: number }) {
  const { mimeType, type } = file;
  const Icon = byMimeType.find(([pattern]) => pattern.test(mimeType))?.[1] ?? byType[type];
  return <Icon aria-hidden size={size} className={`icon-${type.toLowerCase()}`} />;
}

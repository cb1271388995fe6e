import type { FileFieldsFragment, FolderFieldsFragment } from './generated/types.js';

export type StoredFile = FileFieldsFragment;
export type Folder = FolderFieldsFragment;

/** One row of a list. */
export type Entry =
  | { readonly kind: 'folder'; readonly id: string; readonly folder: Folder }
  | { readonly kind: 'file'; readonly id: string; readonly file: StoredFile };

/** Folders first, as they are given. */
export function toEntries(folders: readonly Folder[], files: readonly StoredFile[]): Entry[] {
  return [
    ...folders.map((folder) => ({ kind: 'folder', id: folder.id, folder }) as const),
    ...files.map((file) => ({ kind: 'file', id: file.id, file }) as const),
  ];
}

export function toName(entry: Entry): string {
  return entry.kind === 'folder' ? entry.folder.name : entry.file.filename;
}

/** "plan.pdf", or "3 items" for several. */
export function toNames(entries: readonly Entry[]): string {
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) return toName(first);
  const folders = entries.filter(({ kind }) => kind === 'folder').length;
  if (folders === 0) return `${entries.length} files`;
  if (folders === entries.length) return `${entries.length} folders`;
  return `${entries.length} items`;
}

export function filesOf(entries: readonly Entry[]): StoredFile[] {
  return entries.flatMap((entry) => (entry.kind === 'file' ? [entry.file] : []));
}

export function foldersOf(entries: readonly Entry[]): Folder[] {
  return entries.flatMap((entry) => (entry.kind === 'folder' ? [entry.folder] : []));
}

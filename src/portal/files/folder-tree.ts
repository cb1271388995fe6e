import type { Crumb } from './use-space-place.js';

/** Of the space itself, which is no folder. */
export const rootId = 'root';

/** A folder with as much beneath it as was read. */
export interface FolderNode extends Crumb {
  readonly children: readonly FolderNode[];
  /** false once it is known that there is nothing beneath it. */
  readonly mayHaveChildren: boolean;
}

/** The tree as far as it is unfolded. `foldersOf` says what is in a folder: undefined while that is not known. */
export function toFolderNode(
  { id, name }: Crumb,
  expanded: ReadonlySet<string>,
  foldersOf: (id: string) => readonly Crumb[] | undefined,
): FolderNode {
  const folders = foldersOf(id);
  const shown = expanded.has(id) ? (folders ?? []) : [];
  return {
    id,
    name,
    children: shown.map((folder) => toFolderNode(folder, expanded, foldersOf)),
    mayHaveChildren: folders === undefined || folders.length > 0,
  };
}

/** What was chosen or dropped, as it stands in its folders. */
export interface Chosen {
  readonly files: readonly ChosenFile[];
  /** Folders with nothing in them; all others are told by the files in them. */
  readonly emptyFolders: readonly (readonly string[])[];
}

export interface ChosenFile {
  readonly file: File;
  /** The names of the folders that it is in, from the outermost; none for a file that was chosen by itself. */
  readonly path: readonly string[];
}

/** What systems leave in folders for themselves. */
const leftovers = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** Of a file dialog: of a folder's, the browser tells the files alone. */
export function fromFileList(list: Iterable<File>): Chosen {
  const files = [...list].flatMap((file) => {
    const path = file.webkitRelativePath.split('/').slice(0, -1);
    return path.length > 0 && leftovers.has(file.name) ? [] : [{ file, path }];
  });
  return { files, emptyFolders: [] };
}

/**
 * Of a drop, with all that is in its folders. What it needs of the drop it takes at once: the browser empties it when
 * the event is over. Rejects when something can't be read.
 */
export async function fromDrop({ items }: Pick<DataTransfer, 'items'>): Promise<Chosen> {
  const dropped = [...items].filter(({ kind }) => kind === 'file');
  const entries = dropped.flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: ChosenFile[] = [];
  const emptyFolders: string[][] = [];

  async function walk(entry: FileSystemEntry, path: string[]): Promise<void> {
    if (isFile(entry)) {
      if (path.length === 0 || !leftovers.has(entry.name)) files.push({ file: await readFile(entry), path });
    } else if (isFolder(entry)) {
      const inside = [...path, entry.name];
      const children = await listFolder(entry);
      if (children.every(({ name }) => leftovers.has(name))) emptyFolders.push(inside);
      for (const child of children) await walk(child, inside);
    }
  }
  for (const entry of entries) await walk(entry, []);
  return { files, emptyFolders };
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A folder is read in pieces, of 100 in Chrome, until there is an empty one. */
async function listFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

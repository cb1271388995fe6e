import type { PortalClient } from '../../client/index.js';
import type { Toasts } from '../ui/toasts.js';
import { filesOf, foldersOf, toNames, type Entry, type Folder, type StoredFile } from './entry.js';
import type { FileCache } from './file-cache.js';
import { toFileRefusalLine } from './file-refusals.js';
import {
  DeleteFiles,
  DeleteFolder,
  DescribeFile,
  DownloadFile,
  MoveFile,
  MoveFolder,
  RenameFile,
  RenameFolder,
  RestoreFile,
} from './generated/documents.js';
import type { Place } from './place.js';

/** The service's own limit. */
const maxDeleted = 100;

/** Where something is moved to. */
export interface Target {
  /** undefined: the space's root. */
  readonly id: string | undefined;
  readonly name: string;
}

export interface FileActions {
  /** Rejects with why not. */
  rename(entry: Entry, name: string): Promise<void>;
  /** Rejects with why not. */
  describe(file: StoredFile, description: string): Promise<void>;
  /** Says itself how it went. */
  move(entries: readonly Entry[], target: Target): Promise<void>;
  /** Into the trash, with a way back; folders that are empty go for good. Resolves with the folders that are not. */
  remove(entries: readonly Entry[]): Promise<readonly Folder[]>;
  /** With everything beneath. Rejects with why not. */
  removeWhole(folders: readonly Folder[]): Promise<void>;
  /** One after another. */
  download(files: readonly StoredFile[]): Promise<void>;
  /** Onto the clipboard; `name` says what it is. */
  copy(text: string, name: string): Promise<void>;
}

/** A link that leads elsewhere ends the one before, until that one's answer has begun. */
const betweenDownloadsMs = 1_500;

export interface FileActionsDeps {
  readonly client: PortalClient;
  readonly cache: FileCache;
  readonly toasts: Pick<Toasts, 'show'>;
  readonly place: Place;
}

/** What can be done with what is in a place; the page shows at once what came of it. */
export function makeFileActions({ client, cache, toasts, place }: FileActionsDeps): FileActions {
  const here = place.kind === 'space' ? place.folderId : undefined;

  async function moveOne(entry: Entry, folderId: string | undefined): Promise<void> {
    if (entry.kind === 'folder') {
      await client.mutate(MoveFolder, { id: entry.id, parentId: folderId ?? null });
      return;
    }
    const { moveAsset } = await client.mutate(MoveFile, { id: entry.id, folderId: folderId ?? null });
    cache.put(place, moveAsset);
  }

  async function moveBack(entries: readonly Entry[]): Promise<void> {
    await tryEach(entries, (entry) =>
      moveOne(entry, entry.kind === 'file' ? (entry.file.folder?.id ?? undefined) : here),
    );
    await cache.refreshFolders();
  }

  /** Tries each; says why the first of those failed that did. Resolves with those that were done. */
  async function tryEach<T>(
    items: readonly T[],
    act: (item: T, index: number) => Promise<void>,
  ): Promise<T[]> {
    const done: T[] = [];
    const failures: unknown[] = [];
    for (const [index, item] of items.entries()) {
      try {
        await act(item, index);
        done.push(item);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      const count = items.length > 1 ? `${failures.length} of ${items.length}: ` : '';
      toasts.show({ look: 'bad', text: `${count}${toFileRefusalLine(failures[0])}` });
    }
    return done;
  }

  async function removeFiles(files: readonly StoredFile[]): Promise<void> {
    const ids = files.map(({ id }) => id);
    const chunks = Array.from({ length: Math.ceil(ids.length / maxDeleted) }, (_, index) =>
      ids.slice(index * maxDeleted, (index + 1) * maxDeleted),
    );
    const done = await tryEach(chunks, async (chunk) => {
      await client.mutate(DeleteFiles, { ids: chunk });
      cache.remove(place, chunk);
    });
    const deleted = new Set(done.flat());
    if (deleted.size === 0) return;
    const entries = files
      .filter(({ id }) => deleted.has(id))
      .map((file) => ({ kind: 'file', id: file.id, file }) as const);
    toasts.show({
      text: `${toNames(entries)} moved to the trash`,
      action: { label: 'Undo', onPress: () => void restore(entries.map(({ id }) => id)) },
    });
  }

  async function restore(ids: readonly string[]): Promise<void> {
    const done = await tryEach(ids, async (id) => {
      const { restoreAsset } = await client.mutate(RestoreFile, { id });
      cache.put(place, restoreAsset);
    });
    if (done.length > 0)
      toasts.show({ text: done.length === 1 ? 'Restored' : `${done.length} files restored` });
  }

  return {
    async rename(entry, name) {
      if (entry.kind === 'folder') {
        await client.mutate(RenameFolder, { id: entry.id, name });
        await cache.refreshFolders();
        return;
      }
      const { renameAsset } = await client.mutate(RenameFile, { id: entry.id, filename: name });
      cache.put(place, renameAsset);
    },

    async describe({ id }, description) {
      const variables = { id, description: description.trim() === '' ? null : description.trim() };
      const { describeAsset } = await client.mutate(DescribeFile, variables);
      cache.put(place, describeAsset);
    },

    async move(entries, { id: folderId, name }) {
      const moved = await tryEach(entries, (entry) => moveOne(entry, folderId));
      await cache.refreshFolders();
      if (moved.length === 0) return;
      toasts.show({
        text: `${toNames(moved)} moved to ${name}`,
        action: { label: 'Undo', onPress: () => void moveBack(moved) },
      });
    },

    async remove(entries) {
      const files = filesOf(entries);
      if (files.length > 0) await removeFiles(files);
      const full: Folder[] = [];
      const gone = await tryEach(foldersOf(entries), async (folder) => {
        try {
          await client.mutate(DeleteFolder, { id: folder.id, recursive: false });
        } catch (error) {
          if (!isNotEmpty(error)) throw error;
          full.push(folder);
        }
      });
      const deleted = gone.filter((folder) => !full.includes(folder));
      if (deleted.length > 0) toasts.show({ text: toDeletedFolders(deleted) });
      await cache.refreshFolders();
      return full;
    },

    async removeWhole(folders) {
      for (const { id } of folders) await client.mutate(DeleteFolder, { id, recursive: true });
      await Promise.all([cache.refreshFolders(), cache.refreshFiles(place)]);
      toasts.show({ text: `${toDeletedFolders(folders)}. The files are in the trash` });
    },

    async download(files) {
      await tryEach(files, async ({ id, filename }, index) => {
        if (index > 0) await new Promise((resolve) => setTimeout(resolve, betweenDownloadsMs));
        const { createDownloadUrl } = await client.mutate(DownloadFile, { id, disposition: 'ATTACHMENT' });
        save(createDownloadUrl.url, filename);
      });
    },

    async copy(text, name) {
      try {
        await navigator.clipboard.writeText(text);
        toasts.show({ text: `${name} copied` });
      } catch {
        toasts.show({ look: 'bad', text: `Your browser does not let pages copy. The ${name} is ${text}` });
      }
    },
  };
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FOLDER_NOT_EMPTY';
}

function toDeletedFolders(folders: readonly Folder[]): string {
  const [first] = folders;
  return folders.length === 1 ? `Folder ${first?.name} deleted` : `${folders.length} folders deleted`;
}

/** As a click on a link would: the browser shows how far it is, and asks where to, as it is set up. */
function save(url: string, filename: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
}

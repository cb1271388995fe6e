import type { QueryClient } from '@tanstack/react-query';
import type { StoredFile } from './entry.js';
import { changeFile, removeFiles, type FileEvent, type Pages } from './list-changes.js';
import { toOwner, type Place } from './place.js';
import type { View } from './view.js';

const listsOf = (place: Place) => ['files', 'list', toOwner(place)] as const;

export function detailsKey(id: string) {
  return ['files', 'details', id] as const;
}

/** What was read of files, kept true after changes: one's own at once, those of others when events tell of them. */
export function makeFileCache(queries: QueryClient) {
  function change(place: Place, event: FileEvent): void {
    for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: listsOf(place) })) {
      if (pages === undefined) continue;
      // As `filesKey` makes them.
      const [, , , ofPlace, view] = key as readonly [string, string, unknown, Place, View];
      const changed = changeFile(pages, { place: ofPlace, view }, event);
      if (changed !== undefined) queries.setQueryData<Pages>(key, changed);
      else void queries.invalidateQueries({ queryKey: key, exact: true }, { cancelRefetch: false });
    }
    void queries.invalidateQueries({ queryKey: detailsKey(event.assetId) });
  }

  return {
    /** In every list of the place's space or memory. */
    change,

    put: (place: Place, file: StoredFile): void =>
      change(place, { kind: 'UPDATED', assetId: file.id, asset: file }),

    remove(place: Place, ids: readonly string[]): void {
      const gone = new Set(ids);
      queries.setQueriesData<Pages>({ queryKey: listsOf(place) }, (pages) =>
        pages === undefined ? undefined : removeFiles(pages, gone),
      );
    },

    /** Reads again what is shown of the place's space or memory. */
    refreshFiles: (place: Place): Promise<void> => queries.invalidateQueries({ queryKey: listsOf(place) }),

    refreshFolders: (): Promise<void> => queries.invalidateQueries({ queryKey: ['files', 'place'] }),
  };
}

export type FileCache = ReturnType<typeof makeFileCache>;

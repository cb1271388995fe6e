import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import type { EntryAct } from './acts.js';
import { filesOf, type Entry, type Folder } from './entry.js';
import { toSpacePath, type Place } from './place.js';
import type { FileActions } from './file-actions.js';

/** What has to be asked before it is done. */
export type Asking =
  | { readonly what: 'rename'; readonly entry: Entry }
  | { readonly what: 'move'; readonly entries: readonly Entry[] }
  | { readonly what: 'remove-whole'; readonly folders: readonly Folder[] };

export interface EntryActsOptions {
  readonly place: Place;
  readonly actions: FileActions;
  readonly onOpenFile: (id: string) => void;
  /** What was selected is gone. */
  readonly onRemoved: () => void;
}

/** Does what is chosen in menus, bars and by keys. */
export function useEntryActs({ place, actions, onOpenFile, onRemoved }: EntryActsOptions) {
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState<Asking>();

  const open = useCallback(
    (entry: Entry) => {
      if (entry.kind === 'file') onOpenFile(entry.id);
      else if (place.kind === 'space') navigate(toSpacePath(place.spaceId, entry.id));
    },
    [onOpenFile, place, navigate],
  );

  const act = useCallback(
    (what: EntryAct, entries: readonly Entry[]) => {
      const [first] = entries;
      if (first === undefined) return;
      switch (what) {
        case 'open':
          return open(first);
        case 'download':
          return void actions.download(filesOf(entries));
        case 'copy-urn':
          return void (first.kind === 'file' && actions.copy(first.file.urn, 'URN'));
        case 'rename':
          return setAsking({ what, entry: first });
        case 'move':
          return setAsking({ what, entries });
        case 'remove':
          return void actions.remove(entries).then((full) => {
            onRemoved();
            if (full.length > 0) setAsking({ what: 'remove-whole', folders: full });
          });
      }
    },
    [actions, open, onRemoved],
  );

  return { asking, stopAsking: () => setAsking(undefined), open, act };
}

import { useDragAndDrop } from 'react-aria-components';
import type { Entry } from './entry.js';
import { entryDragType, readDropped, toDragItem } from './entry-drag.js';
import type { Target } from './file-actions.js';

export interface MoveByDragOptions {
  readonly entries: readonly Entry[];
  readonly isAllowed: boolean;
  readonly onMove: (entries: readonly Entry[], target: Target) => void;
}

/** Rows that are dragged onto folders; with the keyboard: Enter on a row's handle, Tab to a folder, Enter. */
export function useMoveByDrag({ entries, isAllowed, onMove }: MoveByDragOptions) {
  const findFolder = (key: unknown) => {
    const entry = entries.find(({ id }) => id === key);
    return entry?.kind === 'folder' ? entry.folder : undefined;
  };
  return useDragAndDrop<Entry>({
    isDisabled: !isAllowed,
    getItems: (_keys, items) => items.map(toDragItem),
    getAllowedDropOperations: () => ['move'],
    acceptedDragTypes: [entryDragType],
    shouldAcceptItemDrop: ({ key }) => findFolder(key) !== undefined,
    onItemDrop: ({ target, items }) => {
      const folder = findFolder(target.key);
      if (folder === undefined) return;
      void readDropped(items).then((dropped) => onMove(dropped, { id: folder.id, name: folder.name }));
    },
  });
}

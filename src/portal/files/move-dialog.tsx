import { FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { foldersOf, toNames, type Entry } from './entry.js';
import { FolderNameDialog } from './folder-name-dialog.js';
import { FolderPicker } from './folder-picker.js';
import { rootId } from './folder-tree.js';
import type { Place } from './place.js';
import type { FileActions } from './file-actions.js';

export interface MoveDialogProps {
  readonly place: Extract<Place, { kind: 'space' }>;
  readonly entries: readonly Entry[];
  readonly actions: FileActions;
  readonly canCreate: boolean;
  readonly onClose: () => void;
}

/** Asks for the folder, which may be made on the spot. */
export function MoveDialog({ place, entries, actions, canCreate, onClose }: MoveDialogProps) {
  const [target, setTarget] = useState({ id: rootId, name: 'the space’s root' });
  const [isNaming, setIsNaming] = useState(false);
  const folderId = target.id === rootId ? undefined : target.id;
  const move = () => {
    onClose();
    void actions.move(entries, { id: folderId, name: target.name });
  };
  return (
    <Dialog title={`Move ${toNames(entries)}`} isOpen onClose={onClose}>
      <FolderPicker
        spaceId={place.spaceId}
        disabledIds={foldersOf(entries).map(({ id }) => id)}
        chosen={target.id}
        onChoose={(id, name) => setTarget({ id, name })}
      />
      <div className="actions move-actions">
        {canCreate && (
          <Button look="quiet" icon={FolderPlus} onPress={() => setIsNaming(true)}>
            New folder
          </Button>
        )}
        <Button onPress={onClose}>Cancel</Button>
        <Button
          look="primary"
          onPress={move}
          isDisabled={entries.every((entry) => isIn(entry, place, folderId))}
        >
          Move here
        </Button>
      </div>
      {isNaming && (
        <FolderNameDialog
          spaceId={place.spaceId}
          parentId={folderId}
          onCreated={({ id, name }) => setTarget({ id, name })}
          onClose={() => setIsNaming(false)}
        />
      )}
    </Dialog>
  );
}

/** Whether it is there already. */
function isIn(entry: Entry, place: MoveDialogProps['place'], folderId: string | undefined): boolean {
  const its = entry.kind === 'file' ? (entry.file.folder?.id ?? undefined) : place.folderId;
  return its === folderId;
}

import { useMutation } from '@tanstack/react-query';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import type { May } from './acts.js';
import { toName, type Entry, type Folder } from './entry.js';
import { FileRefusal } from './file-refusal.js';
import { MoveDialog } from './move-dialog.js';
import { NameDialog } from './name-dialog.js';
import type { Place } from './place.js';
import type { Asking } from './use-entry-acts.js';
import type { FileActions } from './file-actions.js';

export interface EntryDialogsProps {
  readonly asking: Asking;
  readonly place: Place;
  readonly may: May;
  readonly actions: FileActions;
  readonly onClose: () => void;
}

/** Asks what has to be known before something is done. */
export function EntryDialogs({ asking, place, may, actions, onClose }: EntryDialogsProps) {
  switch (asking.what) {
    case 'rename':
      return <Rename entry={asking.entry} actions={actions} onClose={onClose} />;
    case 'move':
      // Nothing else has folders.
      if (place.kind !== 'space') return null;
      return (
        <MoveDialog
          place={place}
          entries={asking.entries}
          actions={actions}
          canCreate={may.has('ASSETS_CREATE')}
          onClose={onClose}
        />
      );
    case 'remove-whole':
      return <RemoveWhole folders={asking.folders} actions={actions} onClose={onClose} />;
  }
}

interface RenameProps {
  readonly entry: Entry;
  readonly actions: FileActions;
  readonly onClose: () => void;
}

function Rename({ entry, actions, onClose }: RenameProps) {
  const name = toName(entry);
  const dot = name.lastIndexOf('.');
  return (
    <NameDialog
      title={entry.kind === 'folder' ? 'Rename folder' : 'Rename file'}
      label="New name"
      button="Rename"
      initial={name}
      {...(entry.kind === 'file' && dot > 0 && { selectedLength: dot })}
      onSave={(next) => actions.rename(entry, next)}
      onClose={onClose}
    />
  );
}

interface RemoveWholeProps {
  readonly folders: readonly Folder[];
  readonly actions: FileActions;
  readonly onClose: () => void;
}

/** For folders that are not empty. */
function RemoveWhole({ folders, actions, onClose }: RemoveWholeProps) {
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => actions.removeWhole(folders),
    onSuccess: onClose,
  });
  const [first] = folders;
  const isOne = folders.length === 1;
  return (
    <Dialog
      title={
        isOne
          ? `Delete “${first?.name}” and all that is in it?`
          : 'Delete these folders and all that is in them?'
      }
      isOpen
      onClose={onClose}
    >
      <p className="dialog-text">
        {isOne ? 'The folder is not empty.' : `${folders.length} folders are not empty.`} The files beneath go
        into the trash for 24 hours, and come back into the space’s root when they are restored. The folders
        themselves don’t come back.
      </p>
      <FileRefusal error={error} />
      <div className="actions actions-end">
        <Button onPress={onClose}>Keep {isOne ? 'it' : 'them'}</Button>
        <Button look="danger" isPending={isPending} onPress={() => mutate()}>
          Delete all of it
        </Button>
      </div>
    </Dialog>
  );
}

import { Download, FolderInput, PencilLine, Trash2, X } from 'lucide-react';
import { Button, IconButton } from '../ui/button.js';
import { canDownload, canMove, type EntryAct, type May } from './acts.js';
import type { Entry } from './entry.js';
import type { Place } from './place.js';

export interface SelectionBarProps {
  readonly entries: readonly Entry[];
  readonly place: Place;
  readonly may: May;
  readonly onAct: (act: EntryAct, entries: readonly Entry[]) => void;
  readonly onClear: () => void;
}

/** What can be done with all that is selected at once. */
export function SelectionBar({ entries, place, may, onAct, onClear }: SelectionBarProps) {
  const downloads = entries.filter((entry) => canDownload(entry, may));
  return (
    <div className="selection" role="toolbar" aria-label="With what is selected">
      <IconButton icon={X} label="Select nothing" onPress={onClear} />
      <span className="selection-count">{entries.length} selected</span>
      <div className="selection-acts">
        {downloads.length > 0 && (
          <Button look="quiet" icon={Download} onPress={() => onAct('download', downloads)}>
            Download
          </Button>
        )}
        {entries.length === 1 && may.has('ASSETS_UPDATE') && (
          <Button look="quiet" icon={PencilLine} onPress={() => onAct('rename', entries)}>
            Rename
          </Button>
        )}
        {canMove(place, may) && (
          <Button look="quiet" icon={FolderInput} onPress={() => onAct('move', entries)}>
            Move
          </Button>
        )}
        {may.has('ASSETS_DELETE') && (
          <Button look="quiet" icon={Trash2} onPress={() => onAct('remove', entries)}>
            Delete
          </Button>
        )}
      </div>
    </div>
  );
}

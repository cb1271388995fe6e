import { useState } from 'react';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import type { Trashed } from './trash-words.js';

export interface PurgeDialogProps {
  readonly files: readonly Trashed[];
  readonly onClose: () => void;
  readonly onPurge: () => Promise<void>;
}

export function PurgeDialog({ files, onClose, onPurge }: PurgeDialogProps) {
  const [isBusy, setIsBusy] = useState(false);
  const what = files.length === 1 ? files[0]?.filename : `${files.length} files`;
  const purge = async () => {
    setIsBusy(true);
    await onPurge();
    onClose();
  };
  return (
    <Dialog title={`Delete ${what} for good?`} isOpen onClose={onClose}>
      <p className="dialog-text">Nobody can bring {files.length === 1 ? 'it' : 'them'} back after that.</p>
      <div className="actions actions-end">
        <Button onPress={onClose}>Keep {files.length === 1 ? 'it' : 'them'}</Button>
        <Button look="danger" isPending={isBusy} onPress={() => void purge()}>
          Delete for good
        </Button>
      </div>
    </Dialog>
  );
}

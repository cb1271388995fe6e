import type { ReactNode } from 'react';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { RefusalNote } from './refusal-note.js';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What pressing it does. */
  readonly label: string;
  readonly isBusy?: boolean;
  readonly error?: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before what can't be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, label, isBusy = false, error, onConfirm, onClose } = props;
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <div className="dialog-text">{children}</div>
      <RefusalNote error={error} />
      <div className="actions actions-end">
        <Button onPress={onClose}>Cancel</Button>
        <Button look="danger" isPending={isBusy} onPress={onConfirm}>
          {label}
        </Button>
      </div>
    </Dialog>
  );
}

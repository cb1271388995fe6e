import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';

export interface CancelAllProps {
  readonly count: number;
  readonly onClose: () => void;
  readonly onCancel: () => void;
}

export function CancelAll({ count, onClose, onCancel }: CancelAllProps) {
  return (
    <Dialog title={count === 1 ? 'Cancel this upload?' : `Cancel ${count} uploads?`} isOpen onClose={onClose}>
      <p className="dialog-text">What has not arrived yet is not kept. What has arrived stays.</p>
      <div className="actions actions-end">
        <Button onPress={onClose}>Go on uploading</Button>
        <Button look="danger" onPress={onCancel}>
          Cancel {count === 1 ? 'it' : 'all'}
        </Button>
      </div>
    </Dialog>
  );
}

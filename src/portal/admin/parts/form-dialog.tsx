import type { ReactNode } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { RefusalNote } from './refusal-note.js';

export interface FormDialogProps {
  readonly title: string;
  /** What is filled in. */
  readonly children: ReactNode;
  /** What sending it does. */
  readonly label: string;
  readonly isBusy: boolean;
  /** What is not told beside a field. */
  readonly error: unknown;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

/** Asks for what something new is made of. */
export function FormDialog({ title, children, label, isBusy, error, onSend, onClose }: FormDialogProps) {
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          onSend();
        }}
      >
        {children}
        <RefusalNote error={error} />
        <div className="actions actions-end">
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" isPending={isBusy}>
            {label}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

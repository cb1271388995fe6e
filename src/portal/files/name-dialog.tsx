import { useMutation } from '@tanstack/react-query';
import { useCallback, useState, type FormEvent } from 'react';
import { Form, Input, Label, TextField } from 'react-aria-components';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { FileRefusal } from './file-refusal.js';

export interface NameDialogProps {
  readonly title: string;
  readonly label: string;
  readonly button: string;
  readonly initial?: string;
  /** So much of it is selected at first: a file's name without its ending. */
  readonly selectedLength?: number;
  /** Rejects with why it can't be called that; what was typed stays. */
  readonly onSave: (name: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks for a name. */
export function NameDialog(props: NameDialogProps) {
  const { title, label, button, initial = '', selectedLength, onSave, onClose } = props;
  const [name, setName] = useState(initial);
  const { mutate, isPending, error } = useMutation({ mutationFn: onSave, onSuccess: onClose });
  const trimmed = name.trim();
  const select = useCallback(
    (input: HTMLInputElement | null) => {
      input?.focus();
      input?.setSelectionRange(0, selectedLength ?? input.value.length);
    },
    [selectedLength],
  );
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed === initial) onClose();
    else if (trimmed !== '' && !isPending) mutate(trimmed);
  };
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form className="dialog-form" onSubmit={save}>
        <TextField className="field" value={name} onChange={setName} isRequired autoComplete="off">
          <Label>{label}</Label>
          <Input className="text-input" ref={select} />
        </TextField>
        <FileRefusal error={error} />
        <div className="actions actions-end">
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" isPending={isPending} isDisabled={trimmed === ''}>
            {button}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form, Label, TextArea, TextField } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import type { StoredFile } from '../entry.js';
import { FileRefusal } from '../file-refusal.js';

export interface DescriptionFieldProps {
  readonly file: StoredFile;
  readonly canEdit: boolean;
  /** Rejects with why not; what was typed stays. */
  readonly onSave: (description: string) => Promise<void>;
}

/** What somebody wrote about the file. */
export function DescriptionField({ file, canEdit, onSave }: DescriptionFieldProps) {
  const [draft, setDraft] = useState<string>();
  const close = () => setDraft(undefined);
  const { mutate, isPending, error, reset } = useMutation({ mutationFn: onSave, onSuccess: close });
  if (draft === undefined) {
    return (
      <div className="details-description">
        {file.description !== null && <p className="details-written">{file.description}</p>}
        {canEdit && (
          <Button look="quiet" onPress={() => setDraft(file.description ?? '')}>
            {file.description === null ? 'Add a description' : 'Edit the description'}
          </Button>
        )}
      </div>
    );
  }
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) mutate(draft);
  };
  return (
    <Form className="dialog-form" onSubmit={save}>
      <TextField
        className="field"
        value={draft}
        onChange={setDraft}
        autoFocus
        onKeyDown={(event) => {
          // Of what is being written, not of the panel around it.
          if (event.key === 'Escape') close();
          else event.continuePropagation();
        }}
      >
        <Label>Description</Label>
        <TextArea rows={3} className="text-area" />
      </TextField>
      <FileRefusal error={error} />
      <div className="actions">
        <Button look="primary" type="submit" isPending={isPending}>
          Save
        </Button>
        <Button
          onPress={() => {
            reset();
            close();
          }}
        >
          Cancel
        </Button>
      </div>
    </Form>
  );
}

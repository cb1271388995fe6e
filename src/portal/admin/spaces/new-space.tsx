import { useState } from 'react';
import { useLocation } from 'wouter';
import { CreateSpace, ListSpaces } from '../generated/documents.js';
import { FormDialog } from '../parts/form-dialog.js';
import { TextEntry } from '../parts/text-entry.js';
import { useAct } from '../use-admin.js';
import { toFieldProblem, withoutFields } from '../words/refusals.js';

/** Makes a space, and goes to it. */
export function NewSpaceDialog({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const { mutate, isPending, error } = useAct(CreateSpace, [ListSpaces], ({ createSpace }) =>
    navigate(`/admin/spaces/${createSpace.id}`),
  );
  return (
    <FormDialog
      title="Create a space"
      label="Create"
      isBusy={isPending}
      error={withoutFields(error, ['name'])}
      onSend={() => mutate({ name })}
      onClose={onClose}
    >
      <TextEntry
        label="Name"
        value={name}
        onChange={setName}
        problem={toFieldProblem(error, 'name')}
        hint="Everybody in the organization sees it, until you give them another role here."
      />
    </FormDialog>
  );
}

import { useState } from 'react';
import { Form } from 'react-aria-components';
import { useLocation } from 'wouter';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { CreateSpace, ListSpaces } from '../generated/documents.js';
import { RefusalNote } from '../parts/refusal-note.js';
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
    <Dialog title="Create a space" isOpen onClose={onClose}>
      <Form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ name });
        }}
      >
        <TextEntry
          label="Name"
          value={name}
          onChange={setName}
          problem={toFieldProblem(error, 'name')}
          hint="Everybody in the organization sees it, until you give them another role here."
        />
        <RefusalNote error={withoutFields(error, ['name'])} />
        <div className="actions actions-end">
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" isPending={isPending}>
            Create
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

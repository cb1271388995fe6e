import { useState } from 'react';
import { Form } from 'react-aria-components';
import { useLocation } from 'wouter';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ListAgents, RegisterAgent } from '../generated/documents.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { TextEntry } from '../parts/text-entry.js';
import { useAct } from '../use-admin.js';
import { toFieldProblem, withoutFields } from '../words/refusals.js';
import { toAgentPath } from './agent-path.js';

/** Makes an agent known, and goes to it. */
export function RegisterAgentDialog({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [urn, setUrn] = useState('urn:agent:');
  const { mutate, isPending, error } = useAct(RegisterAgent, [ListAgents], ({ registerAgent }) =>
    navigate(toAgentPath(registerAgent.urn)),
  );
  return (
    <Dialog title="Register an agent" isOpen onClose={onClose}>
      <Form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ urn: urn.trim(), name });
        }}
      >
        <TextEntry
          label="Name"
          hint="What people see when it asks them."
          value={name}
          onChange={setName}
          problem={toFieldProblem(error, 'name')}
        />
        <TextEntry
          label="URN"
          hint="What your platform calls it. A URN that is registered already only gets the new name."
          value={urn}
          onChange={setUrn}
          problem={toFieldProblem(error, 'urn')}
        />
        <RefusalNote error={withoutFields(error, ['name', 'urn'])} />
        <div className="actions actions-end">
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" isPending={isPending}>
            Register
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

import { useState } from 'react';
import { useLocation } from 'wouter';
import { ListAgents, RegisterAgent } from '../generated/documents.js';
import { FormDialog } from '../parts/form-dialog.js';
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
    <FormDialog
      title="Register an agent"
      label="Register"
      isBusy={isPending}
      error={withoutFields(error, ['name', 'urn'])}
      onSend={() => mutate({ urn: urn.trim(), name })}
      onClose={onClose}
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
    </FormDialog>
  );
}

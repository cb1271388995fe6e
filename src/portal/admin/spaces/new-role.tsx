import { useState } from 'react';
import { Group } from 'react-aria-components';
import { CreateRole, ListRoles } from '../generated/documents.js';
import type { Permission } from '../../../client/generated/schema.js';
import { CheckBox } from '../parts/check-box.js';
import { FormDialog } from '../parts/form-dialog.js';
import { TextEntry } from '../parts/text-entry.js';
import { useAct } from '../use-admin.js';
import { toFieldProblem, withoutFields } from '../words/refusals.js';
import { permissionWords } from './permissions.js';

/** A role of the organization's own. */
export function NewRoleDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<readonly Permission[]>(['ASSETS_READ']);
  const { mutate, isPending, error } = useAct(CreateRole, [ListRoles], onClose);
  return (
    <FormDialog
      title="Create a role"
      label="Create"
      isBusy={isPending}
      error={withoutFields(error, ['name'])}
      onSend={() => mutate({ name, permissions })}
      onClose={onClose}
    >
      <TextEntry label="Name" value={name} onChange={setName} problem={toFieldProblem(error, 'name')} />
      <Group className="role-permissions" aria-label="What it allows">
        {permissionWords.map(({ id, name: permission, text }) => (
          <CheckBox
            key={id}
            isSelected={permissions.includes(id)}
            onChange={(isSelected) =>
              setPermissions(isSelected ? [...permissions, id] : permissions.filter((other) => other !== id))
            }
          >
            <strong>{permission}</strong>
            <span className="admin-hint">{text}</span>
          </CheckBox>
        ))}
      </Group>
      {permissions.length === 0 && (
        <p role="status" className="banner banner-info">
          Who has a role that allows nothing does not see the space at all.
        </p>
      )}
    </FormDialog>
  );
}

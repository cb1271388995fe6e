import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { ListRoles } from '../generated/documents.js';
import { Loaded } from '../parts/loaded.js';
import { Section } from '../parts/section.js';
import { useRead } from '../use-admin.js';
import { NewRoleDialog } from './new-role.js';
import { toPermissionNames } from './permissions.js';

/** What roles there are to give. */
export function RolesSection() {
  const query = useRead(ListRoles, {});
  const [isMaking, setIsMaking] = useState(false);
  return (
    <Section
      title="Roles"
      text="What somebody may do in a space. A role never changes once it is made."
      tools={
        <Button icon={Plus} onPress={() => setIsMaking(true)}>
          Create a role
        </Button>
      }
    >
      <Loaded query={query} name="roles">
        {({ roles }) => (
          <ul className="admin-rows" aria-label="Roles">
            {roles.map(({ id, name, permissions, builtIn }) => (
              <li key={id} className="admin-row">
                <span className="admin-row-words">
                  <strong>{name}</strong>
                  <span>{toPermissionNames(permissions)}</span>
                </span>
                {builtIn && <span className="badge">Built in</span>}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {isMaking && <NewRoleDialog onClose={() => setIsMaking(false)} />}
    </Section>
  );
}

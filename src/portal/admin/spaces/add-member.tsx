import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { AskfileError } from '../../../client/index.js';
import { Form } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { Select } from '../../ui/select.js';
import { GetSpace, ListSpaces, SetSpaceMember } from '../generated/documents.js';
import type { ListedMemberFragment, ListedRoleFragment } from '../generated/types.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { useAct } from '../use-admin.js';
import { PersonPicker } from './person-picker.js';

export interface AddMemberProps {
  readonly spaceId: string;
  readonly roles: readonly ListedRoleFragment[];
  readonly onAdded: (member: ListedMemberFragment) => void;
}

/** Gives somebody a role in the space: a person by their name, anybody else by their id. */
export function AddMember({ spaceId, roles, onAdded }: AddMemberProps) {
  const [userId, setUserId] = useState('');
  /** A new picker forgets what was typed. */
  const [round, setRound] = useState(0);
  const [roleId, setRoleId] = useState('guest');
  const adding = useAct(SetSpaceMember, [GetSpace, ListSpaces], ({ setSpaceMember }) => {
    onAdded(setSpaceMember);
    setUserId('');
    setRound(round + 1);
  });
  const isUnknown = adding.error instanceof AskfileError && adding.error.code === 'NOT_FOUND';
  return (
    <Form
      className="admin-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (userId !== '') adding.mutate({ spaceId, userId, roleId });
      }}
    >
      <div className="admin-inline">
        <PersonPicker
          key={round}
          onChange={(id) => {
            setUserId(id);
            adding.reset();
          }}
          problem={isUnknown ? 'Nobody of this id has signed in to your organization yet.' : undefined}
        />
        <Select
          label="Role"
          options={roles.map(({ id, name }) => ({ value: id, name }))}
          value={roleId}
          onChange={setRoleId}
        />
        <Button type="submit" icon={UserPlus} isPending={adding.isPending} isDisabled={userId === ''}>
          Give the role
        </Button>
      </div>
      <RefusalNote error={isUnknown ? undefined : adding.error} />
    </Form>
  );
}

import { X } from 'lucide-react';
import { Avatar } from '../../ui/avatar.js';
import { IconButton } from '../../ui/button.js';
import { Select } from '../../ui/select.js';
import { GetSpace, ListSpaces, SetSpaceMember } from '../generated/documents.js';
import type { ListedMemberFragment, ListedRoleFragment } from '../generated/types.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { useAct } from '../use-admin.js';
import { toPermissionNames } from './permissions.js';

const kinds = { USER: '', APP: 'Agent', SERVICE_ACCOUNT: 'Service account' } as const;

export interface MemberRowProps {
  readonly spaceId: string;
  readonly member: ListedMemberFragment;
  readonly roles: readonly ListedRoleFragment[];
  readonly onSet: (roleName: string) => void;
  readonly onRemove: () => void;
}

/** Whom the space gives a role; another one is in force as soon as it is picked. */
export function MemberRow({ spaceId, member, roles, onSet, onRemove }: MemberRowProps) {
  const { userId, kind, name, role } = member;
  const shownName = name ?? userId;
  const setting = useAct(SetSpaceMember, [GetSpace, ListSpaces], ({ setSpaceMember }) =>
    onSet(setSpaceMember.role.name),
  );
  // What was picked is shown until the space has been read again.
  const roleId = setting.isPending ? setting.variables.roleId : role.id;
  return (
    <li>
      <div className="admin-row member-row">
        <Avatar name={shownName} size="small" />
        <span className="admin-row-words">
          <strong>{shownName}</strong>
          <span>{[kinds[kind], name === null ? '' : userId].filter((text) => text !== '').join(' · ')}</span>
          <span>{toPermissionNames(role.permissions)}</span>
        </span>
        <Select
          label={`Role of ${shownName}`}
          isLabelHidden
          options={roles.map(({ id, name }) => ({ value: id, name }))}
          value={roleId}
          onChange={(id) => setting.mutate({ spaceId, userId, roleId: id })}
        />
        <IconButton icon={X} label={`Take the role of ${shownName} away`} onPress={onRemove} />
      </div>
      <RefusalNote error={setting.error} />
    </li>
  );
}

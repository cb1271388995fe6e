import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { GetSpace, ListRoles, ListSpaces, RemoveSpaceMember } from '../generated/documents.js';
import type { ListedMemberFragment, ListedRoleFragment, ListedSpaceFragment } from '../generated/types.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { Copyable } from '../parts/copyable.js';
import { Loaded } from '../parts/loaded.js';
import { Section } from '../parts/section.js';
import { useAct, useRead } from '../use-admin.js';
import { AddMember } from './add-member.js';
import { MemberRow } from './member-row.js';

/** To whom one space gives a role of its own. */
export function SpacePage({ id }: { id: string }) {
  const space = useRead(GetSpace, { id });
  const roles = useRead(ListRoles, {});
  return (
    <>
      <Link href="/admin/spaces" className="admin-back">
        <ArrowLeft aria-hidden size={16} />
        All spaces
      </Link>
      <Loaded query={space} name="the space">
        {({ space: found }) =>
          found === null ? (
            <p className="admin-empty">There is no such space, or your role lets you do nothing in it.</p>
          ) : (
            <Loaded query={roles} name="roles">
              {({ roles: known }) => <Members key={id} space={found} roles={known} />}
            </Loaded>
          )
        }
      </Loaded>
    </>
  );
}

interface MembersProps {
  readonly space: ListedSpaceFragment;
  readonly roles: readonly ListedRoleFragment[];
}

function Members({ space: { id, urn, name, members }, roles }: MembersProps) {
  const [removed, setRemoved] = useState<ListedMemberFragment>();
  const [said, setSaid] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);

  // A row that goes takes the focus with it.
  useEffect(() => {
    if (said !== '' && document.activeElement === document.body) heading.current?.focus();
  }, [said, members]);

  return (
    <div className="admin-sections">
      <header className="agent-title">
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {name}
          </h2>
          <Copyable text={urn} name="the URN" />
        </div>
      </header>
      <Section
        title="Roles in this space"
        text="Everybody else has the role that they have in the organization."
      >
        <AddMember
          spaceId={id}
          roles={roles}
          onAdded={(member) => setSaid(`${member.name ?? member.userId} is ${member.role.name} here`)}
        />
        <p role="status" className="admin-said">
          {said}
        </p>
        {members.length === 0 ? (
          <p className="admin-empty">Nobody has a role of their own here.</p>
        ) : (
          <ul className="admin-rows" aria-label="Members">
            {members.map((member) => (
              <MemberRow
                key={`${member.kind} ${member.userId}`}
                spaceId={id}
                member={member}
                roles={roles}
                onSet={(role) => setSaid(`${member.name ?? member.userId} is ${role} here`)}
                onRemove={() => setRemoved(member)}
              />
            ))}
          </ul>
        )}
      </Section>
      {removed && (
        <RemoveDialog
          spaceId={id}
          member={removed}
          onRemoved={() => setSaid(`${removed.name ?? removed.userId} has the organization’s role again`)}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </div>
  );
}

interface RemoveDialogProps {
  readonly spaceId: string;
  readonly member: ListedMemberFragment;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

function RemoveDialog({ spaceId, member: { userId, name }, onRemoved, onClose }: RemoveDialogProps) {
  const { mutate, isPending, error } = useAct(RemoveSpaceMember, [GetSpace, ListSpaces], () => {
    onRemoved();
    onClose();
  });
  return (
    <ConfirmDialog
      title={`Take the role of ${name ?? userId} away?`}
      label="Take it away"
      isBusy={isPending}
      error={error}
      onConfirm={() => mutate({ spaceId, userId })}
      onClose={onClose}
    >
      <p>From then on they may do here what their role in the organization lets them, at once.</p>
    </ConfirmDialog>
  );
}

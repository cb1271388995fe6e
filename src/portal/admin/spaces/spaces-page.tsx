import { ChevronRight, FolderLock, Folders, Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { usePortal } from '../../shell/portal-context.js';
import { Button } from '../../ui/button.js';
import { ListSpaces, RemoveSpaceMember } from '../generated/documents.js';
import { Loaded } from '../parts/loaded.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { Section } from '../parts/section.js';
import { useAct, useRead } from '../use-admin.js';
import { toCount } from '../words/amounts.js';
import { NewSpaceDialog } from './new-space.js';
import { RolesSection } from './roles-section.js';

/** Where the organization keeps its files, and the roles that people have there. */
export function SpacesPage() {
  const query = useRead(ListSpaces, {});
  const [isMaking, setIsMaking] = useState(false);
  return (
    <div className="admin-sections">
      <Section
        title="Spaces"
        text="Everybody’s role in the organization counts in each space, unless the space gives them another one."
        tools={
          <Button look="primary" icon={Plus} onPress={() => setIsMaking(true)}>
            Create a space
          </Button>
        }
      >
        <Loaded query={query} name="spaces">
          {({ viewer }) => {
            const { spaces, storage } = viewer.organization;
            const closed = storage.bySpace
              .flatMap(({ space }) => space ?? [])
              .filter(({ id }) => spaces.every((space) => space.id !== id));
            return (
              <ul className="admin-rows" aria-label="Spaces">
                {spaces.map(({ id, name, members }) => (
                  <li key={id}>
                    <Link href={`/admin/spaces/${id}`} className="admin-row admin-row-link">
                      <Folders aria-hidden size={20} className="admin-row-icon" />
                      <span className="admin-row-words">
                        <strong>{name}</strong>
                        <span>
                          {members.length === 0
                            ? 'No roles of its own'
                            : `${toCount(members.length, 'role')} of its own`}
                        </span>
                      </span>
                      <ChevronRight aria-hidden size={18} className="admin-row-go" />
                    </Link>
                  </li>
                ))}
                {closed.map((space) => (
                  <ClosedSpace key={space.id} space={space} />
                ))}
              </ul>
            );
          }}
        </Loaded>
      </Section>
      <RolesSection />
      {isMaking && <NewSpaceDialog onClose={() => setIsMaking(false)} />}
    </div>
  );
}

/** A space that keeps its admin out: who has done it by mistake comes back in. */
function ClosedSpace({ space: { id, name } }: { space: { id: string; name: string } }) {
  const { viewer } = usePortal();
  const { mutate, isPending, error } = useAct(RemoveSpaceMember, [ListSpaces]);
  return (
    <li>
      <div className="admin-row">
        <FolderLock aria-hidden size={20} className="admin-row-icon" />
        <span className="admin-row-words">
          <strong>{name}</strong>
          <span>Your role here lets you do nothing</span>
        </span>
        <Button look="quiet" isPending={isPending} onPress={() => mutate({ spaceId: id, userId: viewer.id })}>
          Take the role of the organization
        </Button>
      </div>
      <RefusalNote error={error} />
    </li>
  );
}

import { LogOut } from 'lucide-react';
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components';
import type { Viewer } from '../../client/index.js';
import { Avatar } from '../ui/avatar.js';

const roles = { ADMIN: 'Admin', BUILDER: 'Builder', MEMBER: 'Member', GUEST: 'Guest' } as const;

export interface UserMenuProps {
  readonly viewer: Viewer;
  readonly onSignOut: () => void;
}

/** Who is signed in, of which organization, and the way out. */
export function UserMenu({ viewer, onSignOut }: UserMenuProps) {
  const { id, name, orgRole, organization } = viewer;
  const shownName = name ?? id;
  return (
    <MenuTrigger>
      <Button className="user-button">
        <span className="user-words">
          <strong>{shownName}</strong>
          <span>{organization.name}</span>
        </span>
        <span className="visually-hidden">account</span>
        <Avatar name={shownName} size="small" />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label="Account" onAction={onSignOut}>
          <MenuSection>
            <Header className="menu-header">
              <strong>{shownName}</strong>
              <span>
                {orgRole === null ? '' : `${roles[orgRole]} of `}
                {organization.name}
              </span>
            </Header>
            <MenuItem id="sign-out" className="menu-item" textValue="Sign out">
              <LogOut aria-hidden size={18} />
              Sign out
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

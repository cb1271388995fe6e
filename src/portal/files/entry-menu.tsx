import {
  Download,
  Ellipsis,
  FolderInput,
  Info,
  Link2,
  PencilLine,
  Trash2,
  type LucideIcon,
} from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { IconButton } from '../ui/button.js';
import type { EntryAct } from './acts.js';
import { toName, type Entry } from './entry.js';

export interface EntryMenuProps {
  readonly entry: Entry;
  readonly acts: readonly EntryAct[];
  readonly onAct: (act: EntryAct, entry: Entry) => void;
}

const items: Readonly<Record<EntryAct, { readonly label: string; readonly icon: LucideIcon }>> = {
  open: { label: 'Details', icon: Info },
  download: { label: 'Download', icon: Download },
  rename: { label: 'Rename', icon: PencilLine },
  move: { label: 'Move to…', icon: FolderInput },
  'copy-urn': { label: 'Copy URN', icon: Link2 },
  remove: { label: 'Delete', icon: Trash2 },
};

/** What can be done with one file or folder. */
export function EntryMenu({ entry, acts, onAct }: EntryMenuProps) {
  if (acts.length === 0) return null;
  return (
    <MenuTrigger>
      <IconButton icon={Ellipsis} label={`More about ${toName(entry)}`} />
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={`More about ${toName(entry)}`}>
          {acts.map((act) => {
            const { label, icon: Icon } = items[act];
            return (
              <MenuItem
                key={act}
                id={act}
                textValue={label}
                className={act === 'remove' ? 'menu-item menu-item-danger' : 'menu-item'}
                onAction={() => onAct(act, entry)}
              >
                <Icon aria-hidden size={18} />
                {label}
              </MenuItem>
            );
          })}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

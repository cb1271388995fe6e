import { FilePlus2, FolderUp, Upload } from 'lucide-react';
import { useRef, type ChangeEvent } from 'react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { usePortal } from '../shell/portal-context.js';
import { Button } from '../ui/button.js';
import { fromFileList } from './chosen.js';
import type { Destination } from './kept-uploads.js';

/** Some phones can't choose a folder. */
const canChooseFolders = 'webkitdirectory' in HTMLInputElement.prototype;

export type UploadTo = Omit<Destination, 'replaces'>;

/** Files or a whole folder, by the system's own dialog. */
export function UploadButton(to: UploadTo) {
  const { uploads } = usePortal();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = ({ target }: ChangeEvent<HTMLInputElement>) => {
    uploads.add(to, fromFileList(target.files ?? []));
    // So that the same may be chosen once more.
    target.value = '';
  };
  return (
    <>
      <MenuTrigger>
        <Button look="primary" icon={Upload}>
          Upload
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu
            className="menu"
            aria-label={`Upload to ${to.name}`}
            onAction={(what) => (what === 'folder' ? folder : files).current?.click()}
          >
            <MenuItem id="files" className="menu-item" textValue="Files">
              <FilePlus2 aria-hidden size={18} />
              Files
            </MenuItem>
            {canChooseFolders && (
              <MenuItem id="folder" className="menu-item" textValue="A folder">
                <FolderUp aria-hidden size={18} />A folder
              </MenuItem>
            )}
          </Menu>
        </Popover>
      </MenuTrigger>
      <input ref={files} type="file" multiple hidden onChange={take} />
      <input
        ref={(input) => {
          folder.current = input;
          // Not among the properties that React knows.
          input?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        onChange={take}
      />
    </>
  );
}

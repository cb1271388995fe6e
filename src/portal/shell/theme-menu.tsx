import { Monitor, Moon, Sun } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useStore } from '../state/store.js';
import { themes, type Theme, type ThemeName } from '../state/theme.js';
import { IconButton } from '../ui/button.js';

const looks = {
  system: { label: 'Like the system', icon: Monitor },
  light: { label: 'Light', icon: Sun },
  dark: { label: 'Dark', icon: Moon },
} as const;

export function ThemeMenu({ theme }: { theme: Theme }) {
  const current = useStore(theme);
  return (
    <MenuTrigger>
      <IconButton icon={looks[current].icon} label={`Colours: ${looks[current].label.toLowerCase()}`} />
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label="Colours"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[current]}
          onAction={(key) => theme.set(themes.find((name) => name === key) ?? 'system')}
        >
          {themes.map((name: ThemeName) => {
            const { label, icon: Icon } = looks[name];
            return (
              <MenuItem key={name} id={name} textValue={label} className="menu-item">
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

import { LayoutGrid, Rows3 } from 'lucide-react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { Select } from '../ui/select.js';
import { Filters } from './filters.js';
import type { Layout } from './layout.js';
import type { Place } from './place.js';
import { SearchBox } from './search-box.js';
import { hasNames, toOrders, type View } from './view.js';
import { orderNames } from './words.js';

export interface ToolbarProps {
  readonly place: Place;
  readonly view: View;
  readonly onChange: (change: Partial<View>) => void;
  readonly layout: Layout;
  readonly onLayout: (layout: Layout) => void;
}

/** How files are found and shown: an encrypted memory by nothing that their names have a part in. */
export function Toolbar({ place, view, onChange, layout, onLayout }: ToolbarProps) {
  return (
    <div className="toolbar" role="group" aria-label="Find and arrange">
      {hasNames(place) ? (
        <SearchBox
          label={`Search this ${toSearched(place, view)}`}
          value={view.search}
          onSearch={(search) => onChange({ search })}
        />
      ) : (
        <p className="toolbar-note">
          Names are encrypted here, so files are not found by words or sorted by name.
        </p>
      )}
      <div className="toolbar-tools">
        <Filters place={place} view={view} onChange={onChange} />
        <Select
          label="Sort"
          isLabelHidden
          options={toOrders(place).map((order) => ({ value: order, name: orderNames[order] }))}
          value={view.orderBy}
          onChange={(orderBy) => onChange({ orderBy })}
        />
        <ToggleButtonGroup
          className="toggles"
          aria-label="Show as"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[layout]}
          onSelectionChange={(keys) => onLayout(keys.has('grid') ? 'grid' : 'list')}
        >
          <ToggleButton id="list" className="toggle" aria-label="List">
            <Rows3 aria-hidden size={18} />
          </ToggleButton>
          <ToggleButton id="grid" className="toggle" aria-label="Grid">
            <LayoutGrid aria-hidden size={18} />
          </ToggleButton>
        </ToggleButtonGroup>
      </div>
    </div>
  );
}

function toSearched(place: Place, { isEverywhere }: View): 'memory' | 'folder' | 'space' {
  if (place.kind === 'memory') return 'memory';
  return place.folderId === undefined || isEverywhere ? 'space' : 'folder';
}

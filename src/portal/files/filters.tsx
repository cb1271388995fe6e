import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { DialogTrigger, Input, Label, Popover, TextField } from 'react-aria-components';
import { Button } from '../ui/button.js';
import { Select } from '../ui/select.js';
import type { Place } from './place.js';
import { countFilters, noFilters, scanStatuses, types, type View } from './view.js';
import { scanNames, typeNames } from './words.js';

export interface FiltersProps {
  readonly place: Place;
  readonly view: View;
  readonly onChange: (change: Partial<View>) => void;
}

const any = 'ANY';

/** What is shown of the place: everything that is chosen must hold. */
export function Filters({ place, view, onChange }: FiltersProps) {
  const count = countFilters(view);
  return (
    <DialogTrigger>
      <Button icon={SlidersHorizontal}>{count === 0 ? 'Filter' : `Filter (${count})`}</Button>
      <Popover className="popover" placement="bottom end" aria-label="Filter">
        <div className="filters">
          <Select
            label="Kind"
            options={[
              { value: any, name: 'Any kind' },
              ...types.map((type) => ({ value: type, name: typeNames[type] })),
            ]}
            value={view.type ?? any}
            onChange={(type) => onChange({ type: type === any ? undefined : type })}
          />
          {/* The service filters memories by kind alone. */}
          {place.kind === 'space' && <SpaceFilters view={view} onChange={onChange} />}
          {count > 0 && (
            <Button look="quiet" onPress={() => onChange(noFilters)}>
              Clear the filters
            </Button>
          )}
        </div>
      </Popover>
    </DialogTrigger>
  );
}

function SpaceFilters({ view, onChange }: Pick<FiltersProps, 'view' | 'onChange'>) {
  return (
    <>
      <Select
        label="Security check"
        options={[
          { value: any, name: 'Any result' },
          ...scanStatuses.map((status) => ({ value: status, name: scanNames[status] })),
        ]}
        value={view.scanStatus ?? any}
        onChange={(scanStatus) => onChange({ scanStatus: scanStatus === any ? undefined : scanStatus })}
      />
      <div className="filters-days">
        <Day label="Added from" value={view.from} max={view.until} onChange={(from) => onChange({ from })} />
        <Day label="Until" value={view.until} min={view.from} onChange={(until) => onChange({ until })} />
      </div>
      <Provider key={view.provider} value={view.provider} onChange={(provider) => onChange({ provider })} />
    </>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function Day({ label, value = '', min, max, onChange }: DayProps) {
  return (
    <TextField
      className="field"
      type="date"
      value={value}
      onChange={(day) => onChange(day === '' ? undefined : day)}
    >
      <Label>{label}</Label>
      <Input className="text-input" min={min} max={max} />
    </TextField>
  );
}

interface ProviderProps {
  readonly value: string | undefined;
  readonly onChange: (provider: string | undefined) => void;
}

/** Only a whole name finds anything: it is looked for when Enter is pressed, or the field is left. */
function Provider({ value = '', onChange }: ProviderProps) {
  const [text, setText] = useState(value);
  const apply = () => {
    if (text.trim() !== value) onChange(text.trim() === '' ? undefined : text.trim());
  };
  return (
    <TextField
      className="field"
      value={text}
      onChange={setText}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply();
        else event.continuePropagation();
      }}
    >
      <Label>Made by (provider)</Label>
      <Input className="text-input" placeholder="such as elevenlabs" />
    </TextField>
  );
}

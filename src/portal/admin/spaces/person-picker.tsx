import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import {
  Button,
  ComboBox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Text,
} from 'react-aria-components';
import { usePortal } from '../../shell/portal-context.js';
import { ListPeople } from '../generated/documents.js';
import { toKey } from '../use-admin.js';

/** As many as anybody scrolls through; whoever else is found by typing on. */
const shownCount = 20;

export interface PersonPickerProps {
  /** The id of whom was picked, or what was typed, which may be the id of anybody; '' for nobody. */
  readonly onChange: (userId: string) => void;
  readonly problem: string | undefined;
}

/** One of the people of the organization, found by name or id. */
export function PersonPicker({ onChange, problem }: PersonPickerProps) {
  const { client } = usePortal();
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<{ id: string; shown: string }>();
  const search = picked?.shown === text ? '' : text.trim();
  const variables = { search, first: shownCount };
  const { data, isFetching, isPlaceholderData } = useQuery({
    queryKey: toKey(ListPeople, variables),
    queryFn: ({ signal }) => client.query(ListPeople, variables, { signal }),
    placeholderData: keepPreviousData,
  });
  const found = (data?.viewer.organization.people?.nodes ?? []).map(({ id, name }) => ({
    id,
    shown: name ?? id,
  }));
  // Those of what was typed before, until there are others: whoever types on and picks the first must not get another.
  const people = isPlaceholderData ? found.filter((person) => isMeant(person, search)) : found;

  return (
    <ComboBox
      className="field person-picker"
      allowsCustomValue
      allowsEmptyCollection
      menuTrigger="focus"
      items={people}
      inputValue={text}
      onInputChange={(next) => {
        setText(next);
        if (next !== picked?.shown) {
          setPicked(undefined);
          onChange(next.trim());
        }
      }}
      onChange={(key) => {
        const person = people.find(({ id }) => id === key);
        if (person === undefined) return;
        setPicked(person);
        setText(person.shown);
        onChange(person.id);
      }}
      isInvalid={problem !== undefined}
      validationBehavior="aria"
    >
      <Label>Person</Label>
      <span className="picker-box">
        <Input className="text-input" placeholder="Search by name or id" />
        <Button className="picker-button">
          <ChevronDown aria-hidden size={16} />
        </Button>
      </span>
      <Text slot="description" className="admin-hint">
        A service account by its id, an agent by its URN.
      </Text>
      <FieldError className="field-error">{problem}</FieldError>
      <Popover className="popover picker-popover">
        <ListBox<(typeof people)[number]>
          className="menu admin-options"
          renderEmptyState={() => (
            <p className="picker-empty">{isFetching ? 'Looking…' : 'Nobody is found by this name.'}</p>
          )}
        >
          {({ id, shown }) => (
            <ListBoxItem id={id} textValue={shown} className="menu-item">
              <span className="picker-person">
                <span>{shown}</span>
                {shown !== id && <span className="admin-id">{id}</span>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

function isMeant({ id, shown }: { id: string; shown: string }, search: string): boolean {
  return `${shown} ${id}`.toLowerCase().includes(search.toLowerCase());
}

import { Search, X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button, Input, SearchField } from 'react-aria-components';
import { maxSearchLength } from './view.js';

/** After the last key. */
const pauseMs = 300;

export interface SearchBoxProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onSearch: (text: string | undefined) => void;
}

/** Looks for what is typed as soon as the person pauses. */
export function SearchBox({ label, value = '', onSearch }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const [searched, setSearched] = useState(value);
  // It was changed elsewhere: cleared, or by going back.
  if (value !== searched) {
    setSearched(value);
    if (value !== text.trim()) setText(value);
  }

  const search = useEffectEvent(() => onSearch(text.trim() === '' ? undefined : text.trim()));
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(search, pauseMs);
    return () => clearTimeout(timer);
  }, [text, value]);

  return (
    <SearchField className="search" aria-label={label} value={text} onChange={setText}>
      <Search aria-hidden size={18} />
      <Input className="search-input" placeholder={label} maxLength={maxSearchLength} />
      <Button className="search-clear" aria-label="Clear the search">
        <X aria-hidden size={16} />
      </Button>
    </SearchField>
  );
}

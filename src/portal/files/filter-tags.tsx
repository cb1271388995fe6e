import { X } from 'lucide-react';
import { Button, Label, Tag, TagGroup, TagList } from 'react-aria-components';
import type { View } from './view.js';
import { scanNames, toDay, typeNames } from './words.js';

/** What is filtered by, each to be taken away. */
export function FilterTags({ view, onChange }: { view: View; onChange: (change: Partial<View>) => void }) {
  const { type, scanStatus, provider, from, until } = view;
  const tags: readonly { id: keyof View; name: string }[] = [
    ...(type === undefined ? [] : [{ id: 'type', name: typeNames[type] } as const]),
    ...(scanStatus === undefined ? [] : [{ id: 'scanStatus', name: scanNames[scanStatus] } as const]),
    ...(from === undefined ? [] : [{ id: 'from', name: `from ${toDay(from)}` } as const]),
    ...(until === undefined ? [] : [{ id: 'until', name: `until ${toDay(until)}` } as const]),
    ...(provider === undefined ? [] : [{ id: 'provider', name: `made by ${provider}` } as const]),
  ];
  if (tags.length === 0) return null;
  const remove = (keys: ReadonlySet<unknown>) =>
    onChange(Object.fromEntries(tags.filter(({ id }) => keys.has(id)).map(({ id }) => [id, undefined])));
  return (
    <TagGroup className="tags" onRemove={remove}>
      <Label className="visually-hidden">Filtered by</Label>
      <TagList className="tags-list" items={tags}>
        {({ name }) => (
          <Tag className="tag" textValue={name}>
            {name}
            <Button slot="remove" className="tag-remove">
              <X aria-hidden size={14} />
            </Button>
          </Tag>
        )}
      </TagList>
    </TagGroup>
  );
}

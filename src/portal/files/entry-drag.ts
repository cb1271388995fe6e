import { isTextDropItem, type DropItem } from 'react-aria-components';
import { toName, type Entry } from './entry.js';

/** What only our own rows are dragged as, and only our own folders take. */
export const entryDragType = 'application/x-askfile-entry';

export function toDragItem(entry: Entry): Record<string, string> {
  return { [entryDragType]: JSON.stringify(entry), 'text/plain': toName(entry) };
}

export async function readDropped(items: readonly DropItem[]): Promise<Entry[]> {
  const texts = await Promise.all(
    items
      .filter((item) => isTextDropItem(item))
      .filter(({ types }) => types.has(entryDragType))
      .map((item) => item.getText(entryDragType)),
  );
  // Written above; what another page might forge is no more than the person may do here anyway.
  return texts.map((text) => JSON.parse(text) as Entry);
}

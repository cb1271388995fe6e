import { makeStore } from '../state/store.js';

export const layouts = ['list', 'grid'] as const;
export type Layout = (typeof layouts)[number];

const storageKey = 'askfile.files.layout';

/** Rows or pictures, kept for the next visit. */
export function makeLayout(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const kept = storage.getItem(storageKey);
  const store = makeStore<Layout>(layouts.find((layout) => layout === kept) ?? 'list');
  return {
    ...store,
    set(layout: Layout): void {
      store.set(layout);
      storage.setItem(storageKey, layout);
    },
  };
}

import type { KeyboardEvent } from 'react';
import { toActs, type EntryAct, type May } from './acts.js';
import type { Entry } from './entry.js';
import type { Place } from './place.js';

const keys: Readonly<Record<string, EntryAct>> = { Delete: 'remove', F2: 'rename' };

export interface ShortcutsOptions {
  readonly entries: readonly Entry[];
  readonly selected: readonly Entry[];
  readonly place: Place;
  readonly may: May;
  readonly act: (act: EntryAct, entries: readonly Entry[]) => void;
}

/** As file managers have it: Delete and F2, for what is selected, or for the row that has the focus. */
export function useShortcuts({ entries, selected, place, may, act }: ShortcutsOptions) {
  return ({ key, target, currentTarget }: KeyboardEvent): void => {
    const wanted = keys[key];
    if (wanted === undefined || !(target instanceof Element)) return;
    // React tells of keys in a row's open menu, too, which is not within the list, and is about that row alone.
    if (!currentTarget.contains(target)) return;
    const focused = target.closest('[role=row]')?.getAttribute('data-key');
    const on = selected.length > 0 ? selected : entries.filter(({ id }) => id === focused);
    const isOffered = on.every((entry) => toActs(entry, place, may).includes(wanted));
    if (on.length > 0 && isOffered && (wanted !== 'rename' || on.length === 1)) act(wanted, on);
  };
}

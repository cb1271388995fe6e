import { useSyncExternalStore } from 'react';

/** Wide enough for a list with something beside it; the same as in details.css. */
const query = '(min-width: 1000px)';

const subscribe = (listener: () => void) => {
  const list = matchMedia(query);
  list.addEventListener('change', listener);
  return () => list.removeEventListener('change', listener);
};

export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

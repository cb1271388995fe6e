import { useEffect, useSyncExternalStore } from 'react';

const subscribe = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
};

/** While the page is out of sight, its tab says how many requests are open. */
export function useTitle(openCount: number): void {
  const isHidden = useSyncExternalStore(subscribe, () => document.visibilityState === 'hidden');
  useEffect(() => {
    document.title = isHidden && openCount > 0 ? `(${openCount}) Askfile` : 'Askfile';
  }, [isHidden, openCount]);
}

import { useEffect, useSyncExternalStore } from 'react';

const subscribe = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
};

/** The tab says which page it is and, while it is out of sight, how many requests are open. */
export function useTitle(pageName: string | undefined, openCount: number): void {
  const isHidden = useSyncExternalStore(subscribe, () => document.visibilityState === 'hidden');
  useEffect(() => {
    const name = pageName === undefined ? 'Askfile' : `${pageName} · Askfile`;
    document.title = isHidden && openCount > 0 ? `(${openCount}) ${name}` : name;
  }, [isHidden, openCount, pageName]);
}

import { useEffect } from 'react';
import type { Answering } from '../state/answering.js';

/** The browser asks before it closes a page that is sending a file. */
export function useLeaveGuard(answering: Pick<Answering, 'isSending'>): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (answering.isSending()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [answering]);
}

import { useEffect } from 'react';
import type { Portal } from '../state/portal.js';

/** The browser asks before it closes a page that is sending a file. */
export function useLeaveGuard(portal: Pick<Portal, 'answering' | 'uploads'> | undefined): void {
  const { answering, uploads } = portal ?? {};
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (answering?.isSending() || uploads?.isSending()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [answering, uploads]);
}

import { useEffect, useRef, type FocusEvent, type RefObject } from 'react';

/**
 * What has the focus in the tray may go with its row, or the tray itself with its last one: then `heir` has it, or the
 * page, and the keyboard does not start over at the top. Returns what makes an element watched.
 */
export function useOwnFocus(heir: RefObject<HTMLElement | null>) {
  const isWithin = useRef(false);

  // After each change: whatever it was, it may have taken the focus with it.
  useEffect(() => {
    if (isWithin.current && document.activeElement === document.body) heir.current?.focus();
  });

  useEffect(
    () => () => {
      if (!isWithin.current || document.activeElement !== document.body) return;
      document.getElementById('main')?.focus({ preventScroll: true });
    },
    [],
  );

  return {
    onFocus: () => {
      isWithin.current = true;
    },
    onBlur: ({ currentTarget, relatedTarget }: FocusEvent) => {
      // To nowhere: it may have been removed.
      if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) isWithin.current = false;
    },
  };
}

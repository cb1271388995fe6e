import { useEffect, useRef, type RefObject } from 'react';

/**
 * What has the focus may go with its row, bar or dialog: then `heir` has it, and the keyboard does not start over at
 * the top of the page. Returns the ref of what it is watched in.
 */
export function useKeptFocus(heir: RefObject<HTMLElement | null>): RefObject<HTMLDivElement | null> {
  const area = useRef<HTMLDivElement>(null);
  const isWithin = useRef(false);

  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    let left: EventTarget | null = null;
    const enter = () => {
      isWithin.current = true;
      left = null;
    };
    const leave = ({ target, relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null || !(target instanceof Node)) return;
      left = target;
      // A click beside everything lets go of the focus on purpose; what is removed loses it, and is still there while
      // that is told.
      queueMicrotask(() => {
        if (left === target && target.isConnected) isWithin.current = false;
      });
    };
    element.addEventListener('focusin', enter);
    element.addEventListener('focusout', leave);
    return () => {
      element.removeEventListener('focusin', enter);
      element.removeEventListener('focusout', leave);
    };
  }, []);

  // After each change: whatever it was, it may have taken the focus with it.
  useEffect(() => {
    // Dialogs give it back themselves, a frame later.
    const timer = setTimeout(() => {
      if (isWithin.current && document.activeElement === document.body) heir.current?.focus();
    }, 50);
    return () => clearTimeout(timer);
  });

  return area;
}

import { useEffect, useState, type FocusEvent } from 'react';
import type { EndedPrompt } from '../state/feed.js';

/** Long enough to be read; the page has been told, too. */
const shownMs = 8_000;

/**
 * What has ended goes by itself, so that nothing is left in the page, but not while the mouse or the keyboard is
 * there. Returns the props of the element whose content that is.
 */
export function useDismissal(ended: readonly EndedPrompt[], dismiss: (promptId: string) => void) {
  const [isOver, setIsOver] = useState(false);
  const [hasFocus, setHasFocus] = useState(false);
  const isHeld = isOver || hasFocus;
  const ids = ended.map(({ prompt }) => prompt.id).join(' ');

  useEffect(() => {
    if (isHeld || ids === '') return;
    const timer = setTimeout(() => ids.split(' ').forEach(dismiss), shownMs);
    return () => clearTimeout(timer);
  }, [ids, isHeld, dismiss]);

  return {
    onPointerEnter: () => setIsOver(true),
    onPointerLeave: () => setIsOver(false),
    // Who answers with the mouse has the focus there, too, and is not the one who needs the time.
    onFocus: ({ target }: FocusEvent) => setHasFocus(target.matches(':focus-visible')),
    onBlur: () => setHasFocus(false),
  };
}

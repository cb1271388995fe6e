import { useCallback, useMemo, useRef } from 'react';

/** Where the keyboard is, also within shadow roots; undefined where it is nowhere. */
function findFocus(): Element | undefined {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === null || element === document.body || element.shadowRoot !== null ? undefined : element;
}

/** Notices cards that are removed while the keyboard is in them, or in a dialog of theirs. */
export function useLostFocus() {
  const focusedCard = useRef<Element>(undefined);

  const cardProps = useMemo(
    () => ({
      // React's focus events come from a card's dialogs, too, wherever those are in the document.
      onFocus: ({ currentTarget }: { currentTarget: Element }) => {
        focusedCard.current = currentTarget;
      },
      onBlur: ({ currentTarget }: { currentTarget: Element }) => {
        // One that is being removed has not been left.
        if (currentTarget.isConnected) focusedCard.current = undefined;
      },
    }),
    [],
  );

  /** Whether one was, and the keyboard has found no other place since. Says so once. */
  const hasLostFocus = useCallback(() => {
    if (focusedCard.current?.isConnected !== false) return false;
    focusedCard.current = undefined;
    return findFocus() === undefined;
  }, []);

  return { hasLostFocus, cardProps };
}

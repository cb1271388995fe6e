import { useState } from 'react';
import { usePortal } from '../shell/portal-context.js';

/** Ends a request without sending bytes: whether that is under way, and what it was refused with. */
export function useOwnAnswer(promptId: string) {
  const { feed } = usePortal();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function give(answer: () => Promise<unknown>): Promise<void> {
    setIsBusy(true);
    setError(undefined);
    const given = answer();
    feed.expectEnd(
      promptId,
      given.then(
        () => true,
        () => false,
      ),
    );
    // The card goes when the request's end is told.
    await given.catch((refusal: unknown) => {
      setError(refusal);
      setIsBusy(false);
    });
  }

  return { isBusy, error, give };
}

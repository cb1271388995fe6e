import { LoaderCircle } from 'lucide-react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { Button } from '../ui/button.js';
import { FileRefusal } from './file-refusal.js';

export interface ListEndProps {
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Why the last try for more failed. */
  readonly error: unknown;
  readonly onMore: () => void;
}

/** Asks for more as soon as the end of what is there comes near. */
export function ListEnd({ hasMore, isLoading, error, onMore }: ListEndProps) {
  const end = useRef<HTMLDivElement>(null);
  const isWaiting = hasMore && !isLoading && error === undefined;
  const more = useEffectEvent(onMore);
  useEffect(() => {
    const element = end.current;
    if (element === null || !isWaiting) return;
    // Anew after each page: an end that is still in sight then says nothing by itself.
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) more();
      },
      { rootMargin: '800px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isWaiting]);

  return (
    <div ref={end} className="list-end">
      {isLoading && (
        <p role="status" className="list-more">
          <LoaderCircle aria-hidden size={18} className="spin" />
          Looking for more…
        </p>
      )}
      {error !== undefined && (
        <>
          <FileRefusal error={error} />
          <Button onPress={onMore}>Try again</Button>
        </>
      )}
    </div>
  );
}

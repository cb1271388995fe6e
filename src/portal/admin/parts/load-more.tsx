import { useEffect, useEffectEvent, useRef } from 'react';
import { Button } from '../../ui/button.js';
import { RefusalNote } from './refusal-note.js';

export interface LoadMoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    readonly error: unknown;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

/** The end of a list that goes on: reads the next page as soon as it is near, and when it is pressed. */
export function LoadMore({ query }: LoadMoreProps) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = query;
  const end = useRef<HTMLDivElement>(null);
  const onNear = useEffectEvent(() => {
    // After a failure the person says when to try again.
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  });

  useEffect(() => {
    const element = end.current;
    if (element === null || !hasNextPage) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onNear(), {
      rootMargin: '400px',
    });
    observer.observe(element);
    return () => observer.disconnect();
    // Observed anew after each page: the end may still be in sight.
  }, [hasNextPage, isFetchingNextPage]);

  if (!hasNextPage) return null;
  return (
    <div ref={end} className="admin-more">
      <RefusalNote error={isFetchNextPageError ? error : undefined} />
      <Button look="quiet" isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
        {isFetchingNextPage ? 'Loading more…' : 'Show more'}
      </Button>
    </div>
  );
}

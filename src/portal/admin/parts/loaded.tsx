import type { ReactNode } from 'react';
import { Button } from '../../ui/button.js';
import { RefusalNote } from './refusal-note.js';

export interface LoadedProps<Data> {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly isFetching: boolean;
    readonly refetch: () => Promise<unknown>;
  };
  /** What is being looked for, for those who can't see the place that is kept for it. */
  readonly name: string;
  readonly children: (data: Data) => ReactNode;
}

/** The place of what is being read; what was read, though it be a moment old; or why there is nothing. */
export function Loaded<Data>({ query, name, children }: LoadedProps<Data>) {
  const { data, error, isFetching, refetch } = query;
  if (data !== undefined) return children(data);
  if (error !== null && !isFetching) {
    return (
      <div className="admin-failed">
        <RefusalNote error={error} />
        <Button onPress={() => void refetch()}>Try again</Button>
      </div>
    );
  }
  return (
    <div className="admin-skeleton" role="status" aria-label={`Looking for ${name}`}>
      <span />
      <span />
      <span />
    </div>
  );
}

import { WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import type { FeedState } from '../state/feed.js';

const subscribe = (listener: () => void) => {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
};

/** Quiet, and there only while it is true; the place is kept for screen readers to hear of it. */
export function ConnectionNote({ connection }: Pick<FeedState, 'connection'>) {
  // The browser knows at once that there is no network; a connection that has gone silent shows only later.
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status" className="connection">
      {(connection === 'reconnecting' || !isOnline) && (
        <span className="connection-note">
          <WifiOff aria-hidden size={16} />
          Reconnecting… You can go on; nothing is lost.
        </span>
      )}
    </div>
  );
}

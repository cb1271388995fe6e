import { WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import type { FeedState } from '../state/feed.js';
import { network } from '../state/network.js';

/** Quiet, and there only while it is true; the place is kept for screen readers to hear of it. */
export function ConnectionNote({ connection }: Pick<FeedState, 'connection'>) {
  // The browser knows at once that there is no network; a connection that has gone silent shows only later.
  const isOnline = useSyncExternalStore(network.subscribe, network.isOnline);
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

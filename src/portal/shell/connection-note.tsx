import { WifiOff } from 'lucide-react';
import type { FeedState } from '../state/feed.js';
import { useIsConnected } from './use-is-connected.js';

/** Quiet, and there only while it is true; the place is kept for screen readers to hear of it. */
export function ConnectionNote({ connection }: Pick<FeedState, 'connection'>) {
  const isConnected = useIsConnected(connection);
  return (
    <div role="status" className="connection">
      {!isConnected && (
        <span className="connection-note">
          <WifiOff aria-hidden size={16} />
          Reconnecting… You can go on; nothing is lost.
        </span>
      )}
    </div>
  );
}

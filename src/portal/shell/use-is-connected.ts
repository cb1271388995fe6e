import { useSyncExternalStore } from 'react';
import type { FeedState } from '../state/feed.js';
import { network } from '../state/network.js';

/** As far as is known: the browser tells at once when there is no network, a silent connection shows only later. */
export function useIsConnected(connection: FeedState['connection']): boolean {
  const isOnline = useSyncExternalStore(network.subscribe, network.isOnline);
  return isOnline && connection !== 'reconnecting';
}

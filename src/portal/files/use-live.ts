import { useEffect, useMemo } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { makeFileCache } from './file-cache.js';
import { FileEvents } from './generated/documents.js';
import { toOwner, type Place } from './place.js';

/** Keeps what is shown of the place true, whoever changes it. */
export function useLive(place: Place): void {
  const { client, queries } = usePortal();
  const cache = useMemo(() => makeFileCache(queries), [queries]);
  useEffect(() => {
    const refresh = () => void cache.refreshFiles(place);
    return client.watch(FileEvents, toOwner(place), {
      onEvent: ({ assetEvents }) => cache.change(place, assetEvents),
      onGap: refresh,
      // Whatever it is, reading tells it, too, and is shown.
      onError: refresh,
    });
  }, [client, cache, place]);
}

import { useMemo } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { useToasts } from '../ui/toasts.js';
import { makeFileActions, type FileActions } from './file-actions.js';
import { makeFileCache } from './file-cache.js';
import type { Place } from './place.js';

/** The same as long as the place is. */
export function useFileActions(place: Place): FileActions {
  const { client, queries } = usePortal();
  const toasts = useToasts();
  return useMemo(
    () => makeFileActions({ client, cache: makeFileCache(queries), toasts, place }),
    [client, queries, toasts, place],
  );
}

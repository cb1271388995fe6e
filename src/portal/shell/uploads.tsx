import { Suspense, useSyncExternalStore } from 'react';
import { later } from '../ui/later.js';
import { PageBoundary } from './page-boundary.js';
import { usePortal } from './portal-context.js';

const UploadTray = later(async () => (await import('../uploads/upload-tray.js')).UploadTray);

/** What is on its way into spaces, over every page; loaded when there is something. */
export function Uploads() {
  const { state } = usePortal().uploads;
  const hasAny = useSyncExternalStore(state.subscribe, () => state.get().items.length > 0);
  return (
    <PageBoundary>
      <Suspense>{hasAny && <UploadTray />}</Suspense>
    </PageBoundary>
  );
}

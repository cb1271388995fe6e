import { Bell, BellRing } from 'lucide-react';
import type { Notifier } from '../state/notifier.js';
import { useStore } from '../state/store.js';
import { IconButton } from '../ui/button.js';

/** Offers notifications; asks the browser only when it is pressed. */
export function NotificationsButton({ notifier }: { notifier: Notifier }) {
  const state = useStore(notifier.state);
  if (state === 'not-asked') {
    return (
      <IconButton
        icon={Bell}
        label="Notify me of requests while this page is in the background"
        onPress={() => void notifier.ask()}
      />
    );
  }
  if (state !== 'on') return null;
  return (
    <span className="icon-sign" role="img" aria-label="Notifications are on" title="Notifications are on">
      <BellRing aria-hidden size={20} />
    </span>
  );
}

import { Lock } from 'lucide-react';
import { usePortal } from '../shell/portal-context.js';
import { Button } from '../ui/button.js';

/** Why there are no names, and the way to them. */
export function LockedBanner({ memoryUrn }: { memoryUrn: string }) {
  const { unlocking } = usePortal();
  const message = 'Enter its password to see the names of its files, and to open them.';
  return (
    <div className="banner banner-info locked-banner">
      <Lock aria-hidden size={20} />
      <p>
        <strong>This memory is locked</strong> The names of its files are hidden; what stands for them are
        ids.
      </p>
      <Button look="primary" onPress={() => void unlocking.ask({ memoryUrn, message })}>
        Unlock
      </Button>
    </div>
  );
}

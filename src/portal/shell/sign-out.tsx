import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { toUnsent } from '../words/requests.js';

export interface SignOutProps {
  readonly unsentCount: number;
  readonly onClose: () => void;
  readonly onSignOut: () => void;
}

/** Where signing out would cut something off. */
export function SignOut({ unsentCount, onClose, onSignOut }: SignOutProps) {
  return (
    <Dialog title="Sign out while files are being sent?" isOpen onClose={onClose}>
      <p className="dialog-text">
        {toUnsent(unsentCount)}. If you sign out, what has not arrived is not kept. What has arrived stays.
      </p>
      <div className="actions actions-end">
        <Button onPress={onClose}>Go on sending</Button>
        <Button look="danger" onPress={onSignOut}>
          Sign out
        </Button>
      </div>
    </Dialog>
  );
}

import type { Viewer } from '../../client/index.js';
import { Button } from '../ui/button.js';
import { toUnsent } from '../words/requests.js';
import { Logo } from './logo.js';

export interface ConfirmSwitchProps {
  readonly current: Viewer;
  /** Whether they have to sign in again. */
  readonly hasEnded: boolean;
  /** Whom the link signs in. */
  readonly linked: Viewer;
  /** Files of `current` that have not arrived. */
  readonly unsentCount: number;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/**
 * A link never signs in as somebody else quietly: who follows a stranger's link would send their files into the
 * stranger's account.
 */
export function ConfirmSwitch(props: ConfirmSwitchProps) {
  const { current, hasEnded, linked, unsentCount, onTake, onKeep } = props;
  return (
    <main className="notice">
      <Logo size={44} />
      <h1>Continue as {toName(linked)}?</h1>
      <p>
        {hasEnded ? 'You were' : 'You are'} signed in as <strong>{toName(current)}</strong>. The link that you
        followed signs you in as <strong>{toName(linked)}</strong>. If you did not expect that, stay.
      </p>
      {unsentCount > 0 && (
        <p>
          <strong>{toUnsent(unsentCount)}:</strong> if you continue as {toName(linked)}, what has not arrived
          is not kept.
        </p>
      )}
      <div className="actions">
        <Button look="primary" onPress={onKeep}>
          Stay {toName(current)}
        </Button>
        <Button onPress={onTake}>Continue as {toName(linked)}</Button>
      </div>
    </main>
  );
}

const toName = ({ name, id, organization }: Viewer) => `${name ?? id} (${organization.name})`;

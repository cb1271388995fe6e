import { useEffect, useEffectEvent, useState } from 'react';
import type { Viewer } from '../../client/index.js';
import { makeClient } from '../state/portal.js';
import { Button } from '../ui/button.js';
import { Logo } from './logo.js';
import { Notice } from './notice.js';

export interface ConfirmSwitchProps {
  /** Of the link. */
  readonly token: string;
  readonly keptToken: string | undefined;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/**
 * Lets a link sign in, but never quietly as somebody else: who follows a stranger's link would send their files
 * into the stranger's account.
 */
export function ConfirmSwitch({ token, keptToken, onTake, onKeep }: ConfirmSwitchProps) {
  const [choice, setChoice] = useState<{ linked: Viewer; kept: Viewer }>();

  const take = useEffectEvent(onTake);

  useEffect(() => {
    let isStale = false;
    const find = (its: string) =>
      makeClient(its)
        .viewer()
        .catch(() => undefined);
    void (async () => {
      const kept = keptToken === undefined ? undefined : await find(keptToken);
      const linked = kept === undefined ? undefined : await find(token);
      if (isStale) return;
      const isOther =
        kept !== undefined &&
        linked !== undefined &&
        (kept.id !== linked.id || kept.organization.id !== linked.organization.id);
      if (isOther) setChoice({ linked, kept });
      else take();
    })();
    return () => {
      isStale = true;
    };
  }, [token, keptToken]);

  if (choice === undefined) return <Notice title="Signing you in" isBusy />;
  return (
    <main className="notice">
      <Logo size={44} />
      <h1>Continue as {toName(choice.linked)}?</h1>
      <p>
        You are signed in as <strong>{toName(choice.kept)}</strong>. The link that you followed signs you in
        as <strong>{toName(choice.linked)}</strong>. If you did not expect that, stay.
      </p>
      <div className="actions">
        <Button look="primary" onPress={onKeep}>
          Stay {toName(choice.kept)}
        </Button>
        <Button onPress={onTake}>Continue as {toName(choice.linked)}</Button>
      </div>
    </main>
  );
}

const toName = ({ name, id, organization }: Viewer) => `${name ?? id} (${organization.name})`;

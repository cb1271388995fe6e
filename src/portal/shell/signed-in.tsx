import { useState } from 'react';
import { useStore } from '../state/store.js';
import type { ServiceInfo } from '../state/service.js';
import type { SignIn } from '../state/sign-in.js';
import type { Theme } from '../state/theme.js';
import { ConfirmSwitch } from './confirm-switch.js';
import { Notice, Unreachable } from './notice.js';
import { Shell } from './shell.js';
import { SignInPage } from './sign-in-page.js';
import { SignOut } from './sign-out.js';
import { useFollowedLink } from './use-followed-link.js';
import { useLeaveGuard } from './use-leave-guard.js';
import { useOpened } from './use-opened.js';

export interface SignedInProps {
  readonly signIn: SignIn;
  /** Of a link that was followed meanwhile. */
  readonly link: string | undefined;
  readonly info: ServiceInfo;
  readonly theme: Theme;
  /** Another link, such as that of a demo's person, or none any more. */
  readonly onLink: (token: string | undefined) => void;
  /** By this token, somebody else. */
  readonly onOther: (token: string) => void;
  readonly onSignOut: (hasExpired: boolean) => void;
}

/**
 * Everything of one person, for as long as it is shown. While it is asked who goes on, and until the person has
 * signed in again, what is being sent stays.
 */
export function SignedIn({ signIn, link, info, theme, onLink, onOther, onSignOut }: SignedInProps) {
  const { hasEnded } = useStore(signIn.state);
  const { opened, notifier, retry, setViewer } = useOpened({
    signIn,
    info,
    onRefused: () => onSignOut(true),
  });
  const portal = opened === 'unreachable' ? undefined : opened?.portal;
  const linked = useFollowedLink({
    token: link,
    current: portal?.viewer,
    onSame(viewer) {
      if (link === undefined) return;
      setViewer(viewer);
      signIn.renew(link);
      onLink(undefined);
    },
    mayLose: () => !hasEnded || (portal !== undefined && portal.countUnsent() > 0),
    onOther,
    onUseless: () => onLink(undefined),
  });
  useLeaveGuard(portal);
  const [isLeaving, setIsLeaving] = useState(false);

  if (opened === undefined) return <Notice title="Askfile" isBusy />;
  if (opened === 'unreachable') return <Unreachable onRetry={retry} />;
  if (link !== undefined && linked !== undefined) {
    return (
      <ConfirmSwitch
        current={opened.portal.viewer}
        hasEnded={hasEnded}
        linked={linked}
        unsentCount={opened.portal.countUnsent()}
        onTake={() => onOther(link)}
        onKeep={() => onLink(undefined)}
      />
    );
  }
  if (hasEnded) {
    const hasUnsent = opened.portal.countUnsent() > 0;
    return <SignInPage info={info} hasExpired hasUnsent={hasUnsent} onToken={onLink} theme={theme} />;
  }
  const { portal: shown, demoAgent } = opened;
  return (
    <>
      <Shell
        portal={shown}
        demoAgent={demoAgent}
        notifier={notifier}
        theme={theme}
        onSignOut={() => (shown.countUnsent() > 0 ? setIsLeaving(true) : onSignOut(false))}
      />
      {isLeaving && (
        <SignOut
          unsentCount={shown.countUnsent()}
          onClose={() => setIsLeaving(false)}
          onSignOut={() => onSignOut(false)}
        />
      )}
    </>
  );
}
